/**
 * What a browser sends on behalf of a page of another site without asking first: "simple" requests (Fetch, 4.1), and WebSockets.
 * It adds cookies to them, and never `Authorization`.
 */
import { request as httpRequest } from 'node:http';
import { Client, fetchExchange } from '@urql/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { demo } from '../../src/emulator/index.js';
import { startTestEmulator, type TestEmulator } from '../helpers/emulator.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';

const groupId = `${demo.accountId}/${demo.projectId}/${demo.live.targetGroupId}`;
const QUERY = '{ accounts { name } }';
const MUTATION = `mutation { pauseTargetGroups(input: { targetGroupIds: ["${groupId}"] }) { batchJob { id } userErrors { code } } }`;
const SUBSCRIPTION = `subscription { fieldingRunUpdated(id: "${groupId}/${demo.live.fieldingRunId}") { status } }`;

/** What a browser adds by itself. */
const AMBIENT = {
  cookie: 'session=demo; authorization=Bearer%20demo',
  origin: 'https://evil.example',
  referer: 'https://evil.example/',
  'sec-fetch-site': 'cross-site',
};

let emulator: TestEmulator;
let gateway: TestGateway;

beforeAll(async () => {
  emulator = await startTestEmulator();
  gateway = await startTestGateway({ demandApiUrl: emulator.url });
});
beforeEach(() => emulator.control.reset());
afterAll(async () => {
  await gateway.close();
  await emulator.close();
});

interface Simple {
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `fetch` of Node.js adds headers, and rejects some that browsers send. */
function send({
  method,
  path = '/graphql',
  headers,
  body,
}: Simple): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    httpRequest(gateway.url + path, { method, headers: { ...AMBIENT, ...headers } }, (response) => {
      let text = '';
      response
        .on('data', (chunk: Buffer) => (text += chunk.toString()))
        .on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end(body);
  });
}

const encoded = encodeURIComponent;
const json = (query: string) => JSON.stringify({ query });
const form = (query: string) => `query=${encoded(query)}&variables=%7B%7D`;
const multipart = (query: string) =>
  `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${json(query)}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{}\r\n--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\nContent-Type: application/json\r\n\r\n{}\r\n--x--\r\n`;

const SIMPLE: readonly (readonly [string, (query: string) => Simple])[] = [
  [
    'an address, as an image or a script has',
    (query) => ({ method: 'GET', path: `/graphql?query=${encoded(query)}` }),
  ],
  [
    'a link',
    (query) => ({
      method: 'GET',
      path: `/graphql?query=${encoded(query)}`,
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'upgrade-insecure-requests': '1' },
    }),
  ],
  ['a prefetch by HEAD', (query) => ({ method: 'HEAD', path: `/graphql?query=${encoded(query)}` })],
  [
    'an EventSource',
    (query) => ({
      method: 'GET',
      path: `/graphql?query=${encoded(query)}`,
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' },
    }),
  ],
  [
    'a multipart stream by GET',
    (query) => ({
      method: 'GET',
      path: `/graphql?query=${encoded(query)}`,
      headers: { accept: 'multipart/mixed;subscriptionSpec=1.0' },
    }),
  ],
  [
    'a GET with a safelisted content type',
    (query) => ({
      method: 'GET',
      path: `/graphql?query=${encoded(query)}`,
      headers: { 'content-type': 'text/plain; a=application/json' },
    }),
  ],
  ['a POST without a content type', (query) => ({ method: 'POST', body: json(query) })],
  [
    'a beacon',
    (query) => ({
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=UTF-8' },
      body: json(query),
    }),
  ],
  [
    'text that claims to be JSON',
    (query) => ({
      method: 'POST',
      headers: { 'content-type': 'text/plain; application/json' },
      body: json(query),
    }),
  ],
  [
    'a form with JSON as the name of a field',
    (query) => ({ method: 'POST', headers: { 'content-type': 'text/plain' }, body: `${json(query)}=` }),
  ],
  [
    'a form',
    (query) => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form(query),
    }),
  ],
  [
    'a form with the query in its address',
    (query) => ({
      method: 'POST',
      path: `/graphql?query=${encoded(query)}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: '',
    }),
  ],
  [
    'an upload',
    (query) => ({
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: multipart(query),
    }),
  ],
  [
    'a form that wants a stream',
    (query) => ({
      method: 'POST',
      headers: { 'content-type': 'text/plain', accept: 'text/event-stream' },
      body: json(query),
    }),
  ],
];

describe.each([
  ['query', QUERY],
  ['mutation', MUTATION],
  ['subscription', SUBSCRIPTION],
])('A %s by', (_kind, query) => {
  test.each(SIMPLE)('%s is rejected, and nothing is sent upstream', async (_how, simple) => {
    const { status, text } = await send(simple(query));
    // Clients of streams read errors only with a status of 200; a link shows Apollo Sandbox, outside production.
    const isRejected = status >= 400 || text.includes('{"errors":[') || text.includes('<title>Apollo Server');
    expect({ status, text, isRejected }).toMatchObject({ isRejected: true });
    expect(text).not.toMatch(/Northwind|"data":\{/);
    expect(await emulator.control.requests()).toEqual([]);
  });
});

describe('A WebSocket of a page of another site', () => {
  interface Message {
    readonly type: string;
    readonly payload?: unknown;
  }

  /** Everything that the server answers to one operation. */
  function ask(query: string): Promise<Message> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: AMBIENT,
    });
    return new Promise<Message>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => socket.send('{"type":"connection_init"}'));
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as Message;
        if (message.type === 'connection_ack') {
          socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
        } else resolve(message);
      });
    }).finally(() => socket.terminate());
  }

  test.each([
    ['query', QUERY],
    ['mutation', MUTATION],
    ['subscription', SUBSCRIPTION],
  ])('has no credential for a %s: cookies count for nothing', async (_kind, query) => {
    const { payload } = await ask(query);
    expect(JSON.stringify(payload)).toContain('"code":"UNAUTHENTICATED"');
    expect(JSON.stringify(payload)).not.toMatch(/Northwind/);
    expect(await emulator.control.effects()).toEqual([]);
    for (const { headers } of await emulator.control.requests()) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['cookie']));
      expect(headers).not.toHaveProperty('authorization');
    }
  });
});

describe('What a page may send with `Authorization`', () => {
  test('is requested first, and answered', async () => {
    const preflight = await fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test("are urql's queries by GET, as it sends them by default", async () => {
    const methods: (string | undefined)[] = [];
    const client = new Client({
      url: `${gateway.url}/graphql`,
      exchanges: [fetchExchange],
      preferGetMethod: true,
      fetchOptions: { headers: { authorization: 'Bearer demo' } },
      fetch: (input, init) => {
        methods.push(init?.method);
        return fetch(input, init);
      },
    });
    const { data, error } = await client.query<{ accounts: unknown[] }>(QUERY, {}).toPromise();
    expect(error).toBeUndefined();
    expect(data?.accounts).not.toEqual([]);
    expect(methods).toEqual(['GET']);
  });
});
