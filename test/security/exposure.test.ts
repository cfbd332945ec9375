/** Who may call, how much of the connection they may use, and what pages may do with responses. */
import { once } from 'node:events';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { postText } from '../helpers/http-text.js';
import { openRaw, type RawClient } from '../helpers/raw-client.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { until } from '../helpers/until.js';

const upstream = await startScriptedUpstream();
const APP = 'https://app.example';
const OTHER = 'https://other.example';

let gateway: TestGateway | undefined;
let clients: RawClient[] = [];

afterEach(async () => {
  for (const client of clients) client.close();
  clients = [];
  await gateway?.close();
  gateway = undefined;
});
afterAll(() => upstream.close());

async function start(env: Readonly<Record<string, string>> = {}): Promise<TestGateway> {
  gateway = await startTestGateway({ demandApiUrl: upstream.url, env });
  return gateway;
}

async function open(url: string): Promise<RawClient> {
  const client = await openRaw(url);
  clients.push(client);
  return client;
}

function post(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer demo', ...headers },
    body: '{"query":"{ __typename }"}',
  });
}

/** What the headers of CORS allow. */
function cors({ headers }: Response) {
  return {
    origin: headers.get('access-control-allow-origin'),
    exposed: headers.get('access-control-expose-headers'),
    credentials: headers.get('access-control-allow-credentials'),
    vary: headers.get('vary'),
  };
}

/** @returns `open`, or the status with which the upgrade is rejected */
async function upgrade(url: string, origin: string | undefined): Promise<string | number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    ...(origin !== undefined && { origin }),
  });
  const result = await new Promise<string | number>((resolve) => {
    socket.on('open', () => resolve('open'));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => undefined);
  });
  socket.terminate();
  return result;
}

describe('CORS_ORIGINS', () => {
  const env = { CORS_ORIGINS: `${APP},http://localhost:3000` };

  test('lets pages of these origins read responses, and others not', async () => {
    const { url } = await start(env);
    const allowed = { origin: APP, exposed: 'retry-after', credentials: null, vary: 'Origin' };
    expect(cors(await post(url, { origin: APP }))).toEqual(allowed);
    for (const origin of [OTHER, 'null', `${APP}.evil.example`, 'https://app.example:8443']) {
      expect(cors(await post(url, { origin }))).toMatchObject({ origin: null, credentials: null });
    }
    expect(cors(await post(url))).toMatchObject({ origin: null });
  });

  test('holds for preflights', async () => {
    const { url } = await start(env);
    const ask = async (origin: string) =>
      cors(
        await fetch(`${url}/graphql`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          },
        }),
      ).origin;
    expect(await ask(APP)).toBe(APP);
    expect(await ask(OTHER)).toBeNull();
  });

  test('holds for streams of results', async () => {
    const { url } = await start(env);
    for (const accept of ['text/event-stream', 'multipart/mixed;subscriptionSpec=1.0']) {
      const response = await post(url, { origin: APP, accept });
      await response.text();
      expect(cors(response)).toMatchObject({ origin: APP, vary: 'Origin' });
      const other = await post(url, { origin: OTHER, accept });
      await other.text();
      expect(cors(other)).toMatchObject({ origin: null });
    }
  });

  test('holds for WebSockets, which have no CORS', async () => {
    const { url } = await start(env);
    expect(await upgrade(url, APP)).toBe('open');
    expect(await upgrade(url, undefined)).toBe('open');
    expect(await upgrade(url, OTHER)).toBe(403);
    expect(await upgrade(url, 'null')).toBe(403);
  });

  test('holds for errors that come before any route', async () => {
    const { url } = await start(env);
    const client = await open(url);
    client.send(`GET /%zz HTTP/1.1\r\nHost: a\r\nOrigin: ${APP}\r\n\r\n`);
    expect(await client.until((text) => text.includes('errors'))).toMatch(
      /access-control-allow-origin: https:\/\/app\.example\r\n/,
    );
    const other = await open(url);
    other.send(`GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n`);
    expect(await other.untilClosed()).not.toMatch(/access-control-allow-origin/);
  });

  test('can allow no origin', async () => {
    const { url } = await start({ CORS_ORIGINS: 'none' });
    expect(cors(await post(url, { origin: APP }))).toMatchObject({ origin: null });
    expect(await upgrade(url, APP)).toBe(403);
    expect(await upgrade(url, undefined)).toBe('open');
  });
});

describe('The headers of responses that Fastify does not send', () => {
  const NAMES =
    /^(?:access-control-[\w-]+|vary|cache-control|x-content-type-options|content-security-policy): .*$/gim;
  const request = (line: string, origin: string | undefined) =>
    `${line} HTTP/1.1\r\nHost: a\r\n${origin === undefined ? '' : `Origin: ${origin}\r\n`}\r\n`;

  /** The headers of a response that all responses have, sorted. */
  async function sharedIn(url: string, line: string, origin: string | undefined) {
    const client = await open(url);
    client.send(request(line, origin));
    const text = await client.until((received) => received.includes('\r\n\r\n'));
    return [...text.matchAll(NAMES)].map(([header]) => header.trim()).sort();
  }

  test.each(['*', APP, `${APP},http://localhost:3000`, 'none'])(
    'are those that it sends with CORS_ORIGINS=%s',
    async (origins) => {
      const { url } = await start({ CORS_ORIGINS: origins });
      for (const origin of [APP, OTHER, 'null', undefined]) {
        const byFastify = await sharedIn(url, 'GET /nothing', origin);
        expect(byFastify.length).toBeGreaterThanOrEqual(3);
        // Fastify cannot read this path.
        expect(await sharedIn(url, 'GET /%zz', origin)).toEqual(byFastify);
        // For this Node.js has no response.
        expect(await sharedIn(url, 'CONNECT a:80', origin)).toEqual(byFastify);
      }
    },
  );

  test('are those that it sends on one connection too many', async () => {
    const { url } = await start({ CORS_ORIGINS: APP, MAX_CONNECTIONS_PER_ADDRESS: '1' });
    const byFastify = await sharedIn(url, 'GET /nothing', APP);
    expect(await sharedIn(url, 'GET /nothing', APP)).toEqual(byFastify);
  });
});

describe('MAX_CONNECTIONS_PER_ADDRESS', () => {
  const env = { MAX_CONNECTIONS_PER_ADDRESS: '2', CLIENT_TIMEOUT_MS: '5000' };
  const isAnswered = (text: string) => /"(?:__typename|errors)"/.test(text);

  test('answers the requests of one connection more with 429, and closes it', async () => {
    const { url } = await start(env);
    const [one, two] = [await open(url), await open(url)];
    one.send(postText());
    expect(await one.until(isAnswered)).toMatch(/^HTTP\/1\.1 200 /);
    const third = await open(url);
    third.send(postText());
    const text = await third.untilClosed();
    expect(text).toMatch(/^HTTP\/1\.1 429 .*\r\nretry-after: 1\r\n/s);
    expect(text).toMatch(/"code":"RATE_LIMITED","retryable":true,"retryAfterSeconds":1,"traceId"/);
    // The others are not affected, and there is room when one of them closes.
    two.send(postText());
    expect(await two.until(isAnswered)).toMatch(/^HTTP\/1\.1 200 /);
    two.close();
    await until(async () => {
      const next = await open(url);
      next.send(postText());
      const isAccepted = (await next.until(isAnswered)).startsWith('HTTP/1.1 200 ');
      if (!isAccepted) next.close();
      return isAccepted;
    });
  });

  test('closes one connection more that sends nothing', async () => {
    const { url } = await start(env);
    await open(url);
    await open(url);
    const third = await open(url);
    expect(await third.untilClosed()).toBe('');
  });

  test('counts WebSockets', async () => {
    const { url } = await start(env);
    const sockets = [1, 2].map(
      () => new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws'),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    expect(await upgrade(url, undefined)).toBe(429);
    for (const socket of sockets) socket.terminate();
  });

  test('does not count those of a trusted proxy', async () => {
    const { url } = await start({ ...env, TRUST_PROXY: 'loopback' });
    for (let count = 0; count < 4; count += 1) {
      const client = await open(url);
      client.send(postText());
      expect(await client.until(isAnswered)).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

describe('The head of a request', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, nth) => [`X-${nth}`, 'a']));

  test('may have 100 headers', async () => {
    const { url } = await start();
    const client = await open(url);
    client.send(postText({ headers: many(97) }));
    expect(await client.until((text) => text.includes('__typename'))).toMatch(/^HTTP\/1\.1 200 /);
    const other = await open(url);
    other.send(postText({ headers: many(98) }));
    expect(await other.untilClosed()).toMatch(/^HTTP\/1\.1 431 .*more than 100 headers/s);
  });

  test('of an upgrade may not have more either', async () => {
    const { url } = await start();
    const client = await open(url);
    const headers = Object.entries(many(100)).map(([name, value]) => `${name}: ${value}\r\n`);
    client.send(
      `GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers.join('')}\r\n`,
    );
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 431 /);
  });

  test.each([
    ['target', `GET /graphql?query=${'a'.repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['header', `GET /graphql HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(17_000)}\r\n\r\n`],
  ])('may not have a longer %s than 16 KiB', async (_what, text) => {
    const { url } = await start();
    const client = await open(url);
    client.send(text);
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('Responses', () => {
  test('with GraphQL can load nothing, and cannot be framed or stored', async () => {
    const { url } = await start();
    for (const path of ['/graphql', '/healthz', '/nothing']) {
      const { headers } = await fetch(url + path);
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('that are pages restrict what the page may load', async () => {
    const { url } = await start();
    for (const path of ['/graphql', '/graphiql']) {
      const { headers } = await fetch(url + path, { headers: { accept: 'text/html' } });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(policy).toMatch(/script-src '(?:nonce|sha256)-/);
      expect(policy).not.toMatch(/script-src[^;]*'unsafe-|, /);
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('strict-transport-security')).toBe(false);
    }
  });
});
