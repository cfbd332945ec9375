import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { Cancellation } from '../../src/cancellation.js';
import { HttpFailure, type HttpClient, type HttpResponse } from '../../src/upstream/http/http.js';
import { createNodeFetchClient } from '../../src/upstream/http/node-fetch-client.js';
import { startTestProxy, type TestProxy } from '../helpers/proxy.js';
import { startScriptedUpstream } from '../helpers/scripted-upstream.js';
import { selfSigned } from '../lib/http1/certificate.js';
import { until } from '../lib/http1/raw-server.js';

const { key, cert } = selfSigned('localhost');

interface Target {
  readonly url: string;
  /** The request line that the proxy receives. */
  readonly asked: (method: string, path: string) => string;
  /** The requests received, e.g. `GET /v1/it`, and their headers. */
  readonly requests: readonly { readonly call: string; readonly headers: object }[];
  close(): Promise<unknown>;
}

async function startPlain(): Promise<Target> {
  const upstream = await startScriptedUpstream();
  upstream.on('GET', '/it', { body: 'answer' });
  upstream.on('POST', '/it', { status: 204 });
  return {
    url: upstream.url,
    asked: (method, path) => `${method} ${upstream.url}${path}`,
    get requests() {
      return upstream.requests.map(({ method, path, headers }) => ({ call: `${method} ${path}`, headers }));
    },
    close: () => upstream.close(),
  };
}

async function startSecure(): Promise<Target> {
  const requests: { call: string; headers: object }[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    requests.push({ call: `${request.method} ${request.url}`, headers: request.headers });
    response.writeHead(request.method === 'GET' ? 200 : 204);
    response.end(request.method === 'GET' ? 'answer' : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}/v1`,
    asked: () => `CONNECT localhost:${port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe.each([
  ['HTTP', startPlain],
  ['HTTPS', startSecure],
])('a client of a server on %s, through a proxy', (_protocol, startTarget) => {
  let target: Target;
  let proxy: TestProxy;
  let client: HttpClient;

  beforeEach(async () => {
    target = await startTarget();
    proxy = await startTestProxy();
    client = clientThrough(`http://127.0.0.1:${proxy.port}`);
  });
  afterEach(async () => {
    client.close();
    await proxy.close();
    await target.close();
  });

  function clientThrough(proxyUrl: string): HttpClient {
    const { demandApi } = readConfig({
      DEMAND_API_URL: target.url,
      HTTP_PROXY: proxyUrl,
      HTTPS_PROXY: proxyUrl,
    });
    return createNodeFetchClient(
      { baseUrl: target.url, maxSockets: 2, maxBodyBytes: 1000 },
      { proxy: demandApi.proxy, secure: { ca: cert } },
    );
  }
  const send = (method: 'GET' | 'POST' = 'GET', cancellation = new Cancellation()) =>
    client.send({
      method,
      path: '/it?a=1',
      sharedHeaders: { authorization: 'Bearer secret' },
      headers: {},
      body: method === 'GET' ? undefined : '{}',
      cancellation,
    });
  const kindOf = (sending: Promise<HttpResponse>) =>
    sending.then(
      ({ status }) => `answered with ${status}`,
      (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
    );

  test('reads and changes, and reuses connections', async () => {
    const answer = await send();
    expect([answer.status, answer.body]).toEqual([200, { latin1: 'answer' }]);
    expect((await send('POST')).status).toBe(204);
    expect((await send()).status).toBe(200);
    expect(target.requests.map(({ call }) => call)).toEqual([
      'GET /v1/it?a=1',
      'POST /v1/it?a=1',
      'GET /v1/it?a=1',
    ]);
    expect(proxy.requests[0]).toBe(target.asked('GET', '/it?a=1'));
    expect(proxy.connections()).toBe(1);
    expect(proxy.credentials.every((each) => each === undefined)).toBe(true);
  });

  test('opens no more connections than allowed', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send()));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(proxy.connections()).toBeLessThanOrEqual(2);
  });

  test('sends its credentials to the proxy only, and those of the caller to the server only', async () => {
    client.close();
    client = clientThrough(`http://us%65r:p%40ss%3Aw@127.0.0.1:${proxy.port}`);
    for (const method of ['GET', 'GET', 'POST'] as const) await send(method);
    const basic = `Basic ${Buffer.from('user:p@ss:w').toString('base64')}`;
    expect(new Set(proxy.credentials)).toEqual(new Set([basic]));
    expect(target.requests).toHaveLength(3);
    for (const { headers } of target.requests) {
      expect(headers).toMatchObject({ authorization: 'Bearer secret' });
      expect(JSON.stringify(headers)).not.toContain(basic);
    }
  });

  test('sends nothing if the proxy is unreachable', async () => {
    await proxy.close();
    expect(await kindOf(send())).toBe('not-connected');
    expect(await kindOf(send('POST'))).toBe('not-connected');
    expect(target.requests).toEqual([]);
  });

  test('sends nothing if the proxy requires credentials, and returns no response', async () => {
    proxy.refuse(407);
    expect(await kindOf(send())).toBe('not-connected');
    expect(await kindOf(send('POST'))).toBe('not-connected');
    expect(target.requests).toEqual([]);
  });

  test('can be cancelled while the proxy is silent, and frees the socket', async () => {
    proxy.refuse(0);
    const cancellation = new Cancellation();
    const sending = kindOf(send('POST', cancellation));
    await until(() => proxy.requests.length === 1);
    cancellation.cancel();
    expect(await sending).toBe('aborted');
    await until(() => proxy.connections() === 0);
  });

  test('sends a request that needs a fresh connection on a new one', async () => {
    await send();
    await client.send({
      ...{ method: 'GET', path: '/it', sharedHeaders: {}, headers: {}, fresh: true },
      cancellation: new Cancellation(),
    });
    await until(() => proxy.connections() === 1);
    expect(target.requests).toHaveLength(2);
    expect(proxy.requests).toHaveLength(2);
  });
});

describe('a tunnel that the proxy refuses', () => {
  test.each([400, 403, 404, 204, 500, 502, 503, -1])(
    'with %i is not a response of the server: nothing has been sent',
    async (status) => {
      const proxy = await startTestProxy();
      proxy.refuse(status);
      const client = createNodeFetchClient(
        { baseUrl: 'https://localhost:1/v1', maxSockets: 2, maxBodyBytes: 1000 },
        { proxy: { url: `http://127.0.0.1:${proxy.port}`, authorization: undefined } },
      );
      const cancellation = new Cancellation();
      const request = { method: 'POST', path: '/it', sharedHeaders: {}, headers: {}, cancellation } as const;
      await expect(client.send(request)).rejects.toMatchObject({ kind: 'not-connected' });
      expect(proxy.requests).toEqual(['CONNECT localhost:1']);
      client.close();
      await proxy.close();
    },
  );

  test('to a server with an untrusted certificate carries nothing', async () => {
    const target = await startSecure();
    const proxy = await startTestProxy();
    const client = createNodeFetchClient(
      { baseUrl: target.url, maxSockets: 2, maxBodyBytes: 1000 },
      { proxy: { url: `http://127.0.0.1:${proxy.port}`, authorization: undefined } },
    );
    const cancellation = new Cancellation();
    const request = { method: 'GET', path: '/it', sharedHeaders: {}, headers: {}, cancellation } as const;
    await expect(client.send(request)).rejects.toMatchObject({ kind: 'not-connected' });
    expect(target.requests).toEqual([]);
    client.close();
    await proxy.close();
    await target.close();
  });
});
