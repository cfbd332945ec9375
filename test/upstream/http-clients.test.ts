import type { Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Cancellation } from '../../src/cancellation.js';
import {
  HttpFailure,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from '../../src/upstream/http/http.js';
import { createHttp1Client } from '../../src/lib/http1/http1-client.js';
import { createNodeFetchClient } from '../../src/upstream/http/node-fetch-client.js';
import { createUndiciClient } from '../../src/upstream/http/undici-client.js';
import { startRawServer, until } from '../lib/http1/raw-server.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';

const MAX_BODY_BYTES = 10_000;

const CLIENTS = [
  { name: 'node-fetch', create: createNodeFetchClient, carriesChanges: true },
  { name: 'undici', create: createUndiciClient, carriesChanges: true },
  { name: 'sockets', create: createHttp1Client, carriesChanges: false },
];

const GET = { method: 'GET', path: '/it', sharedHeaders: {}, headers: {} } as const;

function textOf({ body }: HttpResponse): string | undefined {
  return 'latin1' in body ? Buffer.from(body.latin1, 'latin1').toString() : undefined;
}

function failureOf({ body }: HttpResponse): string | undefined {
  return 'failure' in body ? body.failure.kind : undefined;
}

function kindOf(sending: Promise<HttpResponse>): Promise<string> {
  return sending.then(
    () => 'none',
    (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
  );
}

describe.each(CLIENTS)('the HTTP client on $name', ({ create, carriesChanges }) => {
  let upstream: ScriptedUpstream;
  let client: HttpClient;

  beforeEach(async () => {
    upstream = await startScriptedUpstream();
    client = create({ baseUrl: upstream.url, maxSockets: 2, maxBodyBytes: MAX_BODY_BYTES });
  });
  afterEach(async () => {
    client.close();
    await upstream.close();
  });

  const send = (request: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    client.send({
      method: 'GET',
      path: '/it?a=1&a=2',
      sharedHeaders: { 'user-agent': 'test' },
      headers: {},
      cancellation: new Cancellation(),
      ...request,
    });

  test('returns status, headers in any letter case, and body', async () => {
    upstream.on('GET', '/it', { status: 418, headers: { ETag: 'W/"5"' }, body: { name: 'Zürich' } });
    const response = await send({ headers: { 'if-none-match': '"4"' } });
    expect(response.status).toBe(418);
    expect(response.header('etag')).toBe('W/"5"');
    expect(response.header('location')).toBeUndefined();
    expect(textOf(response)).toBe('{"name":"Zürich"}');
    expect(upstream.requests).toMatchObject([
      {
        method: 'GET',
        path: '/v1/it?a=1&a=2',
        headers: { host: new URL(upstream.url).host, 'user-agent': 'test', 'if-none-match': '"4"' },
      },
    ]);
  });

  if (carriesChanges) test('sends a body, and an explicit length of 0 without one', sendsBodies);
  else test('supports reads only', rejectsBodies);

  async function rejectsBodies() {
    expect(await kindOf(send({ method: 'POST' }))).toBe('no HttpFailure');
    expect(await kindOf(send({ body: '{}' }))).toBe('no HttpFailure');
    expect(upstream.requests).toEqual([]);
  }

  async function sendsBodies() {
    upstream.on('POST', '/it', { status: 204 });
    upstream.on('PUT', '/it', { status: 202, body: {} });
    expect(textOf(await send({ method: 'POST' }))).toBe('');
    await send({ method: 'PUT', body: '{"é":1}', headers: { 'content-type': 'application/json' } });
    expect(upstream.requests).toMatchObject([
      { method: 'POST', body: '', headers: { 'content-length': '0' } },
      { method: 'PUT', body: '{"é":1}', headers: { 'content-length': '8' } },
    ]);
  }

  const plain = (text: string) => Buffer.from(text);
  test.each<[string, (text: string) => Buffer]>([
    ['gzip', gzipSync],
    ['GZip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    // Some servers send raw deflate.
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['gzip, identity', gzipSync],
    [' identity ,, gzip ', gzipSync],
    ['deflate, gzip', (text) => gzipSync(deflateSync(text))],
    ['gzip,br,deflate', (text) => deflateSync(brotliCompressSync(gzipSync(text)))],
    ['utf-8, gzip', gzipSync],
    ['', plain],
    ['identity', plain],
    ['utf-8', plain],
    ['UTF-8; q=1', plain],
    ['iso-8859-1', plain],
    ['none', plain],
    ['aws-chunked', plain],
    ['application/json', plain],
  ])('reads a body in %j', async (coding, encode) => {
    upstream.on('GET', '/it', { headers: { 'content-encoding': coding }, body: encode('{"a":"Zürich"}') });
    expect(textOf(await send())).toBe('{"a":"Zürich"}');
    expect(upstream.requests[0]?.headers['accept-encoding']).toBeUndefined();
  });

  test('reads several Content-Encoding headers as one list', async () => {
    const headers = { 'content-encoding': ['gzip', 'br'] };
    upstream.on('GET', '/it', { headers, body: brotliCompressSync(gzipSync('{"a":1}')) });
    expect(textOf(await send())).toBe('{"a":1}');
  });

  const gzipped = gzipSync('{"a":1}');
  test.each<[string, Buffer]>([
    ['gzip', plain('no gzip')],
    ['gzip', gzipped.subarray(0, -9)],
    ['deflate', plain('no deflate')],
    ['br', plain('no brotli')],
    ['br, gzip', gzipped],
    ['gzip, zstd', gzipped],
    ['zstd', plain('{}')],
    ['compress', plain('{}')],
    ['X-Compress', plain('{}')],
    [Array(6).fill('gzip').join(), [1, 2, 3, 4, 5, 6].reduce((bytes) => gzipSync(bytes), plain('{}'))],
  ])('returns the status if a body in %j cannot be decoded', async (coding, body) => {
    upstream.on('GET', '/it', { status: 418, headers: { 'content-encoding': coding, etag: '"5"' }, body });
    const response = await send();
    expect([response.status, response.header('etag'), failureOf(response)]).toEqual([
      418,
      '"5"',
      'undecodable',
    ]);
  });

  test('stops at the limit, before and after decompression', async () => {
    const long = 'x'.repeat(MAX_BODY_BYTES + 1);
    upstream.on('GET', '/it', [
      { body: long },
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(long) },
      { headers: { 'content-encoding': 'deflate' }, body: deflateRawSync(long) },
      { headers: { 'content-encoding': 'gzip, br' }, body: brotliCompressSync(gzipSync(long)) },
      { body: long.slice(1) },
    ]);
    expect(failureOf(await send())).toBe('too-large');
    expect(failureOf(await send())).toBe('too-large');
    expect(failureOf(await send())).toBe('too-large');
    expect(failureOf(await send())).toBe('too-large');
    expect(textOf(await send())).toHaveLength(MAX_BODY_BYTES);
  });

  test('does not follow redirects', async () => {
    upstream.on('GET', '/it', { status: 307, headers: { location: `${upstream.url}/other` } });
    const response = await send();
    expect(response.status).toBe(307);
    expect(response.header('location')).toBe(`${upstream.url}/other`);
    expect(upstream.requests).toHaveLength(1);
  });

  test('reports a connection that was dead when it was reused', async () => {
    upstream.on('GET', '/it', [
      { body: {} },
      { fault: 'reset' },
      { fault: 'reset' },
      { body: {}, fault: 'truncate' },
    ]);
    await send();
    await expect(send()).rejects.toMatchObject({ kind: 'broken', pooled: true });
    await expect(send()).rejects.toMatchObject({ kind: 'broken', pooled: false });
    expect(upstream.requests).toHaveLength(3);
  });

  test('distinguishes a request that was never sent from one that may have been', async () => {
    upstream.on('GET', '/it', { fault: 'reset' });
    expect(await kindOf(send())).toBe('broken');
    await upstream.close();
    expect(await kindOf(send())).toBe('not-connected');
  });

  test('returns the status of a response whose body was cut off', async () => {
    upstream.on('GET', '/it', { status: 200, body: 'x'.repeat(100), fault: 'truncate' });
    const response = await send();
    expect(response.status).toBe(200);
    expect(failureOf(response)).toBe('broken');
  });

  test('can be cancelled before it is sent, before the headers, and in the body, and frees the socket', async () => {
    const cancellation = new Cancellation();
    upstream.on('GET', '/it', () => {
      cancellation.cancel();
      return { fault: 'hang' };
    });
    expect(await kindOf(send({ cancellation }))).toBe('aborted');
    expect(await kindOf(send({ cancellation }))).toBe('aborted');
    expect(upstream.requests).toHaveLength(1);

    const later = new Cancellation();
    upstream.on('GET', '/it', { body: 'x'.repeat(100), bodyDelayMs: 60_000 });
    const sending = send({ cancellation: later });
    setTimeout(() => {
      later.cancel();
    }, 300);
    expect(failureOf(await sending)).toBe('aborted');
    await until(() => upstream.connections() === 0);
  });

  test('sends a request that needs a fresh connection on a new one, and closes the idle ones', async () => {
    upstream.on('GET', '/it', { body: {}, delayMs: 5 });
    await Promise.all([send(), send()]);
    expect(upstream.connections()).toBe(2);
    expect((await send({ fresh: true })).status).toBe(200);
    await until(() => upstream.connections() === 1);
  });

  test('reuses connections, and opens no more than allowed', async () => {
    upstream.on('GET', '/it', { body: {}, delayMs: 5 });
    await Promise.all(Array.from({ length: 10 }, () => send()));
    expect(upstream.requests).toHaveLength(10);
    expect(upstream.connections()).toBeLessThanOrEqual(2);
  });
});

describe.each(CLIENTS)('a response to the HTTP client on $name', ({ create }) => {
  /** The response to a GET from a server that sends these bytes and closes the connection. */
  async function answerTo(...pieces: readonly string[]): Promise<HttpResponse> {
    const server = await startRawServer((socket) => void sendPieces(socket, pieces));
    const client = create({
      baseUrl: `http://127.0.0.1:${server.port}`,
      maxSockets: 1,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    try {
      return await client.send({ ...GET, cancellation: new Cancellation() });
    } finally {
      client.close();
      await server.close();
    }
  }

  test.each([
    ['in chunks', ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '3\r\na', 'bc\r\n', '0\r\n\r\n']],
    ['in one chunk', ['HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n']],
    ['until the connection closes', ['HTTP/1.1 200 OK\r\n\r\n', 'ab', 'c']],
    ['of HTTP/1.0', ['HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc']],
    ['without a reason', ['HTTP/1.1 200\r\ncontent-length:3\r\n\r\nabc']],
    [
      'after others that inform',
      ['HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\n', 'Content-Length:  3 \r\n\r\nabc'],
    ],
    ['in the middle of everything', ['HTTP/1.1 20', '0 OK\r\nContent-Len', 'gth: 3\r', '\n\r\na', 'bc']],
    [
      'before what belongs to no answer',
      ['HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'HTTP/1.1 500 No\r\n\r\n'],
    ],
  ])('may come %s', async (_how, pieces) => {
    const answer = await answerTo(...pieces);
    expect([answer.status, textOf(answer)]).toEqual([200, 'abc']);
  });

  test('with a keep-alive timeout has its connection closed earlier', async () => {
    const server = await startRawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 3\r\n\r\nabc');
    });
    const client = create({
      baseUrl: `http://127.0.0.1:${server.port}`,
      maxSockets: 1,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    await client.send({ ...GET, cancellation: new Cancellation() });
    // The server never closes connections.
    await until(() => server.open() === 0);
    client.close();
    await server.close();
  });

  test.each([204, 304])('with %i has no body', async (status) => {
    const answer = await answerTo(`HTTP/1.1 ${status} It\r\nContent-Encoding: gzip\r\nETag: "5"\r\n\r\n`);
    expect([answer.status, answer.header('etag'), textOf(answer)]).toEqual([status, '"5"', '']);
  });

  test('with 304 has none, although it has the length of another response', async () => {
    const answer = await answerTo('HTTP/1.1 304 It\r\nContent-Length: 7\r\nConnection: close\r\n\r\n');
    expect([answer.status, textOf(answer)]).toEqual([304, '']);
  });

  test('is UTF-8, wherever it is split', async () => {
    const [first, second] = [Buffer.from('Zü').subarray(0, 2), Buffer.from('Zürich').subarray(2)];
    const answer = await answerTo(
      'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n',
      first.toString('latin1'),
      second.toString('latin1'),
    );
    expect(textOf(answer)).toBe('Zürich');
  });

  test.each([
    [
      'two framings',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc'],
    ['no number for its length', 'HTTP/1.1 200 OK\r\nContent-Length: 0x3\r\n\r\nabc'],
    ['a space before a colon', 'HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabc'],
    ['another protocol', '220 Hello\r\n\r\n'],
    ['no end to its head', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n'],
    ['nothing in it', ''],
  ])('with %s is an error', async (_flaw, bytes) => {
    expect(await kindOf(answerTo(bytes))).toBe('broken');
  });

  test.each([
    ['a length', 'Content-Length: 4\r\n\r\nabc'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
    ['chunks of no size', 'Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n'],
  ])('in %s has its status even if its body is malformed', async (_framing, rest) => {
    const answer = await answerTo(`HTTP/1.1 418 I\r\n${rest}`);
    expect([answer.status, failureOf(answer)]).toEqual([418, 'broken']);
  });
});

/** Makes it likely that each piece is read separately. */
async function sendPieces(socket: Socket, pieces: readonly string[]): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece, 'latin1');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  socket.end();
}
