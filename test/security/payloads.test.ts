/** Bodies that are too large, or would be once they are decoded. */
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { openRaw } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

const MIB = 1024 * 1024;
const HUGE = 50 * MIB;
const MUTATION = 'mutation { pauseTargetGroups(input: { targetGroupIds: ["101/p/t"] }) { batchJob { id } } }';

let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  gateway = await startTestGateway({ demandApiUrl: upstream.url });
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

describe('A body of 50 MB', () => {
  const head = (framing: string) =>
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer demo\r\n${framing}\r\n\r\n`;

  test('is rejected by its announcement, before any of it is sent', async () => {
    const client = await openRaw(gateway.url);
    client.send(head(`Content-Length: ${HUGE}`));
    expect(await client.until((text) => text.includes('"errors"'))).toMatch(/^HTTP\/1\.1 413 /);
    client.close();
  });

  test('in chunks is rejected once it is too large, however it begins', async () => {
    const client = await openRaw(gateway.url);
    client.send(head('Transfer-Encoding: chunked'));
    const first = JSON.stringify({ query: MUTATION });
    client.send(`${first.length.toString(16)}\r\n${first}\r\n`);
    const chunk = `${MIB.toString(16)}\r\n${' '.repeat(MIB)}\r\n`;
    for (let sent = 0; sent < HUGE && !client.isClosed; sent += MIB) client.send(chunk);
    expect(await client.until((text) => text.includes('"errors"'))).toMatch(/^HTTP\/1\.1 413 /);
    client.close();
    expect(upstream.requests).toEqual([]);
  });

  test('as a WebSocket message closes the connection', async () => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const code = await new Promise<number>((resolve) => {
      socket.on('open', () => {
        const payload = { query: MUTATION, variables: { a: ' '.repeat(2 * MIB) } };
        socket.send('{"type":"connection_init","payload":{"authorization":"Bearer demo"}}');
        socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload }));
      });
      socket.on('error', () => undefined);
      socket.on('close', resolve);
    });
    // RFC 6455, 7.4.1, or the connection is gone before the code is read.
    expect([1006, 1009]).toContain(code);
    expect(upstream.requests).toEqual([]);
  });
});

describe('A compressed body', () => {
  const bomb = Buffer.from(`{"query":${JSON.stringify(MUTATION)},"variables":{"a":"${' '.repeat(HUGE)}"}}`);

  test.each([
    ['deflate', deflateSync(bomb, { level: 1 })],
    ['gzip', gzipSync(bomb, { level: 1 })],
    ['gzip, gzip', gzipSync(gzipSync(bomb, { level: 1 }))],
    ['br', Buffer.from('a')],
  ])('in %s is rejected, and not decoded', async (encoding, body) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer demo',
        'content-encoding': encoding,
      },
      body,
    });
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-encoding')).toBe('identity');
    expect(upstream.requests).toEqual([]);
  });
});
