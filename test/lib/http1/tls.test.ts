import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Cancellation } from '../../../src/upstream/cancellation.js';
import { createHttp1Client, HttpFailure, type HttpClient } from '../../../src/lib/http1/http1-client.js';
import { octetsOf } from '../../helpers/octets.js';
import { startScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { selfSigned } from './certificate.js';
import { startRawServer, until, type RawResponder, type RawServer } from './raw-server.js';

const here = selfSigned('localhost');
const elsewhere = selfSigned('elsewhere.example');

const large = 'Zürich'.repeat(30_000);
const answers: RawResponder = (socket) => {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(large)}\r\n\r\n${large}`);
};

describe('the HTTP/1.1 client over TLS', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  async function serve(certificate: typeof here, answer: RawResponder): Promise<RawServer> {
    const server = await startRawServer(answer, {
      tls: { ...certificate, ALPNProtocols: ['h2', 'http/1.1'] },
    });
    opened.unshift(server);
    return server;
  }
  function connect({ port }: { port: number }, ca?: string, host = 'localhost'): HttpClient {
    const baseUrl = `https://${host}:${port}`;
    const client = createHttp1Client({ baseUrl, maxSockets: 1, maxBodyBytes: 1_000_000 }, ca ? { ca } : {});
    opened.unshift(client);
    return client;
  }
  const get = (client: HttpClient, cancellation = new Cancellation()) =>
    client.send({ method: 'GET', path: '/', sharedHeaders: {}, headers: {}, cancellation });
  const kindOf = (answer: Promise<unknown>) =>
    answer.then(
      () => 'none',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
    );

  test('speaks HTTP/1.1 with a server whose certificate is trusted, and uses its connection again', async () => {
    const seen: unknown[] = [];
    const server = await serve(here, (socket, nth, request) => {
      const { alpnProtocol, servername } = socket as TLSSocket & { servername: unknown };
      seen.push([alpnProtocol, servername, nth]);
      answers(socket, nth, request);
    });
    const client = connect(server, here.cert);
    for (const nth of [0, 1]) {
      expect((await get(client)).body).toEqual({ latin1: octetsOf(large) });
      expect(seen[nth]).toEqual(['http/1.1', 'localhost', nth]);
    }
  });

  test('resumes the session of a connection that was trusted', async () => {
    const resumed: boolean[] = [];
    const server = await serve(here, (socket) => {
      resumed.push((socket as TLSSocket).isSessionReused());
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    const client = connect(server, here.cert);
    await get(client);
    await until(() => server.open() === 0);
    await get(client);
    expect(resumed).toEqual([false, true]);
  });

  test.each([
    ['nobody vouches for its certificate', here, undefined],
    ['its certificate is for another name', elsewhere, elsewhere.cert],
  ])('sends nothing to a server where %s', async (_why, certificate, ca) => {
    const server = await serve(certificate, answers);
    const client = connect(server, ca);
    // The second one must not profit from a session of the first.
    for (let nth = 0; nth < 2; nth += 1) expect(await kindOf(get(client))).toBe('not-connected');
    expect(server.requests).toEqual([]);
  });

  test('sends nothing to a server that speaks no TLS', async () => {
    const server = await startScriptedUpstream();
    opened.push(server);
    const client = connect({ port: Number(new URL(server.url).port) }, here.cert);
    expect(await kindOf(get(client))).toBe('not-connected');
    expect(server.requests).toEqual([]);
  });

  test('verifies an address as an address', async () => {
    const server = await serve(here, answers);
    expect(await kindOf(get(connect(server, here.cert, '127.0.0.1')))).toBe('not-connected');
  });

  test('can be cancelled before the connection is secure, and frees the socket', async () => {
    const cancellation = new Cancellation();
    const server = await startRawServer(answers);
    opened.push(server);
    const sending = get(connect(server), cancellation);
    await until(() => server.open() === 1);
    cancellation.cancel();
    expect(await kindOf(sending)).toBe('aborted');
    await until(() => server.open() === 0);
  });
});
