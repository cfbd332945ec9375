import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createHttp1Client, HttpFailure, type HttpClient } from '../../../src/lib/http1/http1-client.js';
import { Cancellation } from './cancellation.js';
import { selfSigned } from './certificate.js';
import { startRawServer, until, type RawResponder, type RawServer } from './raw-server.js';

const localhost = selfSigned('localhost');
const elsewhere = selfSigned('elsewhere.example');

const large = 'Zürich'.repeat(30_000);
const respond: RawResponder = (socket) => {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(large)}\r\n\r\n${large}`);
};

describe('the HTTP/1.1 client over TLS', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  async function serve(certificate: typeof localhost, respondWith: RawResponder): Promise<RawServer> {
    const server = await startRawServer(respondWith, {
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
  const kindOf = (sending: Promise<unknown>) =>
    sending.then(
      () => 'none',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
    );

  test('speaks HTTP/1.1 with a trusted server and reuses the connection', async () => {
    const seen: unknown[] = [];
    const server = await serve(localhost, (socket, nth, request) => {
      const { alpnProtocol, servername } = socket as TLSSocket & { servername: unknown };
      seen.push([alpnProtocol, servername, nth]);
      respond(socket, nth, request);
    });
    const client = connect(server, localhost.cert);
    for (const nth of [0, 1]) {
      expect((await get(client)).body).toEqual({ latin1: Buffer.from(large).toString('latin1') });
      expect(seen[nth]).toEqual(['http/1.1', 'localhost', nth]);
    }
  });

  test('resumes the session of a trusted connection', async () => {
    const resumed: boolean[] = [];
    const server = await serve(localhost, (socket) => {
      resumed.push((socket as TLSSocket).isSessionReused());
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
    const client = connect(server, localhost.cert);
    await get(client);
    await until(() => server.open() === 0);
    await get(client);
    expect(resumed).toEqual([false, true]);
  });

  test.each([
    ['an untrusted certificate', localhost, undefined],
    ['a certificate for another name', elsewhere, elsewhere.cert],
  ])('sends nothing to a server with %s', async (_why, certificate, ca) => {
    const server = await serve(certificate, respond);
    const client = connect(server, ca);
    // The second request must not resume a session of the first.
    for (let nth = 0; nth < 2; nth += 1) expect(await kindOf(get(client))).toBe('not-connected');
    expect(server.requests).toEqual([]);
  });

  test('sends no request to a server without TLS', async () => {
    const requests: unknown[] = [];
    // Rejects the TLS handshake as a malformed request. `startRawServer` would wait for the end of it.
    const server = createServer((request, response) => {
      requests.push(request.url);
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    opened.push(server);
    const client = connect(server.address() as AddressInfo, localhost.cert);
    expect(await kindOf(get(client))).toBe('not-connected');
    expect(requests).toEqual([]);
  });

  test('does not accept a certificate for a host name from an address', async () => {
    const server = await serve(localhost, respond);
    expect(await kindOf(get(connect(server, localhost.cert, '127.0.0.1')))).toBe('not-connected');
  });

  test('closes the socket if the request is cancelled during the handshake', async () => {
    const cancellation = new Cancellation();
    const server = await startRawServer(respond);
    opened.push(server);
    const sending = get(connect(server), cancellation);
    await until(() => server.open() === 1);
    cancellation.cancel();
    expect(await kindOf(sending)).toBe('aborted');
    await until(() => server.open() === 0);
  });
});
