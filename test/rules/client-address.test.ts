import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ClientAddresses, clientNetwork } from '../../src/server/http/client-address.js';

/** A request over a connection from `remoteAddress`. */
function request(remoteAddress: string, forwardedFor?: string): IncomingMessage {
  return {
    socket: { remoteAddress },
    connection: { remoteAddress },
    headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
  } as unknown as IncomingMessage;
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
  ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['', ''],
  ['unknown', 'unknown'],
  ['0x7f.1', '0x7f.1'],
])('The network of %s is %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});

describe('Without trusted proxies', () => {
  const addresses = new ClientAddresses(undefined);

  test('the address is that of the connection, whatever the client says', () => {
    expect(addresses.of(request('192.0.2.1', '198.51.100.1'))).toBe('192.0.2.1');
  });

  test("no address is a proxy's", () => {
    expect(addresses.isProxy('127.0.0.1')).toBe(false);
  });
});

describe.each([
  ['networks', ['10.0.0.0/8', 'loopback']],
  ['two proxies', 2],
] as const)('With trusted %s', (_what, trusted) => {
  const addresses = new ClientAddresses(trusted);

  test.each([
    ['no header', undefined, '10.0.0.1'],
    ['one proxy', '192.0.2.1', '192.0.2.1'],
    ['two proxies', '192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['what the client sent itself', '198.51.100.1, 192.0.2.1, 10.0.0.2', '192.0.2.1'],
    ['ports', '192.0.2.1:4711, 10.0.0.2', '192.0.2.1'],
    ['IPv6 with a port', '[2001:db8::1]:4711, 10.0.0.2', '2001:db8:0:0::/64'],
    ['no address', 'unknown, 10.0.0.2', '10.0.0.2'],
    ['an empty header', '', '10.0.0.1'],
  ])('%s', (_case, header, address) => {
    expect(addresses.of(request('10.0.0.1', header))).toBe(address);
  });

  test('the other end of a connection can be a proxy', () => {
    expect(addresses.isProxy('10.1.2.3')).toBe(true);
    expect(addresses.isProxy('::ffff:10.1.2.3')).toBe(true);
  });
});

test('A connection that does not come from a trusted network counts with its own address', () => {
  const addresses = new ClientAddresses(['10.0.0.0/8']);
  expect(addresses.of(request('192.0.2.9', '198.51.100.1'))).toBe('192.0.2.9');
  expect(addresses.isProxy('192.0.2.9')).toBe(false);
});
