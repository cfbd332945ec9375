/** Which connections become WebSockets, and what the others are received. */
import { upgradeError, type UpgradeRequest } from '../../src/server/websocket/upgrade.js';
import { openRaw } from '../helpers/raw-client.js';
import { postText } from '../helpers/http-text.js';
import { startLiveFixture, type LiveFixture } from './live-fixture.js';

const headers = {
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};
const upgrade: UpgradeRequest = { method: 'GET', url: '/graphql', headers };
const open = { isClosing: false, origins: '*' } as const;
const only = { isClosing: false, origins: ['https://app.example'] };

describe('An upgrade', () => {
  test.each<[string, UpgradeRequest, Parameters<typeof upgradeError>[1], number | undefined]>([
    ['is accepted', upgrade, open, undefined],
    ['may have a query string', { ...upgrade, url: '/graphql?a=b' }, open, undefined],
    [
      'may offer other subprotocols',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': 'x, graphql-transport-ws' } },
      open,
      undefined,
    ],
    ['of another path is rejected', { ...upgrade, url: '/other' }, open, 404],
    ['by another method is rejected', { ...upgrade, method: 'POST' }, open, 405],
    [
      'without a subprotocol is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': undefined } },
      open,
      400,
    ],
    [
      'of the older subprotocol is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-protocol': 'graphql-ws' } },
      open,
      400,
    ],
    [
      'of another version is rejected',
      { ...upgrade, headers: { ...headers, 'sec-websocket-version': '12' } },
      open,
      426,
    ],
    ['while the gateway closes is rejected', upgrade, { ...open, isClosing: true }, 503],
    [
      'from any origin is accepted where CORS allows any',
      { ...upgrade, headers: { ...headers, origin: 'https://x.example' } },
      open,
      undefined,
    ],
    [
      'from an allowed origin is accepted',
      { ...upgrade, headers: { ...headers, origin: 'https://app.example' } },
      only,
      undefined,
    ],
    [
      'from another origin is rejected',
      { ...upgrade, headers: { ...headers, origin: 'https://x.example' } },
      only,
      403,
    ],
    ['without an origin comes from no page', upgrade, only, undefined],
  ])('%s', (_, request, conditions, status) => {
    expect(upgradeError(request, conditions)?.status).toBe(status);
  });
});

describe('The server', () => {
  let fixture: LiveFixture;
  beforeAll(async () => {
    fixture = await startLiveFixture();
  });
  afterAll(() => fixture.close());

  const lines = (all: Readonly<Record<string, string>>) =>
    Object.entries({ Host: 'a', Connection: 'Upgrade', ...all })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
  const key = 'dGhlIHNhbXBsZSBub25jZQ==';

  test.each<[string, string, Readonly<Record<string, string>>, RegExp]>([
    ['another path', '/x', {}, /^HTTP\/1\.1 404 .*There is no WebSocket at this path/s],
    [
      'another subprotocol',
      '/graphql',
      { 'Sec-WebSocket-Protocol': 'graphql-ws' },
      /^HTTP\/1\.1 400 .*must offer/s,
    ],
    ['a malformed key', '/graphql', { 'Sec-WebSocket-Key': 'x' }, /^HTTP\/1\.1 400 /],
  ])('answers %s with an error and closes the connection', async (_, path, other, expected) => {
    const client = await openRaw(fixture.gateway.url);
    const all = {
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Protocol': 'graphql-transport-ws',
      ...other,
    };
    client.send(`GET ${path} HTTP/1.1\r\n${lines(all)}\r\n`);
    expect(await client.untilClosed()).toMatch(expected);
  });

  test('chooses the subprotocol, and compresses nothing', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      `GET /graphql HTTP/1.1\r\n${lines({
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
        'Sec-WebSocket-Protocol': 'x, graphql-transport-ws',
        'Sec-WebSocket-Extensions': 'permessage-deflate',
      })}\r\n`,
    );
    const text = await client.until((received) => received.includes('\r\n\r\n'));
    expect(text).toMatch(/^HTTP\/1\.1 101 .*\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n/s);
    expect(text).not.toMatch(/Extensions/i);
    client.close();
  });

  test('answers a request that would rather use HTTP/2, over HTTP/1.1', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      postText({ headers: { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'x' } }),
    );
    const answers = (text: string) => (text.match(/"__typename"/g) ?? []).length;
    expect(await client.until((text) => answers(text) === 1)).toMatch(/^HTTP\/1\.1 200 /);
    client.send(postText());
    await client.until((text) => answers(text) === 2);
    client.close();
  });

  test('does not let a WebSocket overtake an earlier request', async () => {
    const client = await openRaw(fixture.gateway.url);
    client.send(
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"query":"{ __typename }"}`.slice(
        0,
        -1,
      ),
    );
    client.send(
      `GET /graphql HTTP/1.1\r\n${lines({ Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Protocol': 'graphql-transport-ws' })}\r\n`,
    );
    expect(await client.untilClosed()).not.toMatch(/ 101 /);
  });
});
