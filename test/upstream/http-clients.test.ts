import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  HttpFailure,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../../src/upstream/http.js';
import { createNodeFetchClient } from '../../src/upstream/node-fetch-client.js';
import { createUndiciClient } from '../../src/upstream/undici-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

const MAX_BODY_BYTES = 10_000;

describe.each([
  ['node-fetch', createNodeFetchClient],
  ['undici', createUndiciClient],
])('the HTTP client on %s', (_name, create) => {
  let upstream: ScriptedUpstream;
  let client: HttpClient;

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
    client = create({ maxSockets: 2, maxBodyBytes: MAX_BODY_BYTES });
  });
  afterEach(async () => {
    client.close();
    await upstream.close();
  });

  const send = (request: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    client.send({
      method: 'GET',
      url: `${upstream.url}/it?a=1&a=2`,
      headers: {},
      signal: new AbortController().signal,
      ...request,
    });
  const textOf = ({ body }: HttpResponse): string | undefined => ('text' in body ? body.text : undefined);
  const failureOf = ({ body }: HttpResponse): string | undefined =>
    'failure' in body ? body.failure.kind : undefined;
  const kindOf = (sending: Promise<HttpResponse>): Promise<string> =>
    sending.then(
      () => 'none',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
    );

  test('tells status, headers in any case of letters that HTTP allows, and body', async () => {
    upstream.on('GET', '/it', { status: 418, headers: { ETag: 'W/"5"' }, body: { name: 'Zürich' } });
    const response = await send({ headers: { 'if-none-match': '"4"' } });
    expect(response.status).toBe(418);
    expect(response.header('etag')).toBe('W/"5"');
    expect(response.header('location')).toBeUndefined();
    expect(textOf(response)).toBe('{"name":"Zürich"}');
    expect(upstream.requests).toMatchObject([
      { method: 'GET', path: '/v1/it?a=1&a=2', headers: { 'if-none-match': '"4"' } },
    ]);
  });

  test('sends a body, and says so where there is none', async () => {
    upstream.on('POST', '/it', { status: 204 });
    upstream.on('PUT', '/it', { status: 202, body: {} });
    expect(textOf(await send({ method: 'POST' }))).toBe('');
    await send({ method: 'PUT', body: '{"é":1}', headers: { 'content-type': 'application/json' } });
    expect(upstream.requests).toMatchObject([
      { method: 'POST', body: '', headers: { 'content-length': '0' } },
      { method: 'PUT', body: '{"é":1}', headers: { 'content-length': '8' } },
    ]);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('reads a body in %s', async (coding, compress) => {
    upstream.on('GET', '/it', { headers: { 'content-encoding': coding }, body: compress('{"a":1}') });
    expect(textOf(await send())).toBe('{"a":1}');
  });

  test('stops at the limit, before and after decompression', async () => {
    const long = 'x'.repeat(MAX_BODY_BYTES + 1);
    upstream.on('GET', '/it', [
      { body: long },
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(long) },
      { body: long.slice(1) },
    ]);
    expect(failureOf(await send())).toBe('too-large');
    expect(failureOf(await send())).toBe('too-large');
    expect(textOf(await send())).toHaveLength(MAX_BODY_BYTES);
  });

  test('does not follow a redirect', async () => {
    upstream.on('GET', '/it', { status: 307, headers: { location: `${upstream.url}/other` } });
    const response = await send();
    expect(response.status).toBe(307);
    expect(response.header('location')).toBe(`${upstream.url}/other`);
    expect(upstream.requests).toHaveLength(1);
  });

  test('tells a request that never went out from one that may have', async () => {
    upstream.on('GET', '/it', { fault: 'reset' });
    expect(await kindOf(send())).toBe('broken');
    const { url } = upstream;
    await upstream.close();
    expect(await kindOf(send({ url: `${url}/it` }))).toBe('not-connected');
  });

  test('tells the status of an answer whose body broke off', async () => {
    upstream.on('GET', '/it', { status: 200, body: 'x'.repeat(100), fault: 'truncate' });
    const response = await send();
    expect(response.status).toBe(200);
    expect(failureOf(response)).toBe('broken');
  });

  test('can be aborted before it is sent, before the headers, and in the body, and frees the socket', async () => {
    const abort = new AbortController();
    upstream.on('GET', '/it', () => {
      abort.abort();
      return { fault: 'hang' };
    });
    expect(await kindOf(send({ signal: abort.signal }))).toBe('aborted');
    expect(await kindOf(send({ signal: abort.signal }))).toBe('aborted');
    expect(upstream.requests).toHaveLength(1);

    const later = new AbortController();
    upstream.on('GET', '/it', { body: 'x'.repeat(100), bodyDelayMs: 60_000 });
    const sending = send({ signal: later.signal });
    setTimeout(() => {
      later.abort();
    }, 50);
    expect(failureOf(await sending)).toBe('aborted');
    while (upstream.connections() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  test('keeps connections, and opens no more than it may', async () => {
    upstream.on('GET', '/it', { body: {}, delayMs: 5 });
    await Promise.all(Array.from({ length: 10 }, () => send()));
    expect(upstream.requests).toHaveLength(10);
    expect(upstream.connections()).toBeLessThanOrEqual(2);
  });
});
