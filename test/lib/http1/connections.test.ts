import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  createHttp1Client,
  HttpFailure,
  type HttpClient,
  type HttpResponse,
} from '../../../src/lib/http1/http1-client.js';
import { Cancellation } from './cancellation.js';
import { startRawServer, until, type RawResponder, type RawServer } from './raw-server.js';

const STATUS_LINE = Buffer.from('HTTP/1.1 200 OK\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('the HTTP/1.1 client', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  async function start(
    respond: RawResponder,
    { maxSockets = 2, host = '127.0.0.1' } = {},
  ): Promise<{ server: RawServer; client: HttpClient }> {
    const server = await startRawServer(respond, { host });
    const baseUrl = `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`;
    const client = createHttp1Client({ baseUrl, maxSockets, maxBodyBytes: 1000 });
    opened.push(client, server);
    return { server, client };
  }

  const get = (client: HttpClient, path = '/', cancellation = new Cancellation()) =>
    client.send({ method: 'GET', path, sharedHeaders: {}, headers: {}, cancellation });
  const textOf = async (sending: Promise<HttpResponse>) => {
    const { body } = await sending;
    return 'latin1' in body ? body.latin1 : body.failure.kind;
  };
  const kindOf = (sending: Promise<unknown>) =>
    sending.then(
      () => 'none',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : 'no HttpFailure'),
    );
  const pathsOf = ({ requests }: RawServer) => requests.map((request) => request.split(' ')[1]);

  /** A server that does not respond by itself. `held` has the socket of each request by its path. */
  async function startHolding(options = {}) {
    const held = new Map<string, Socket>();
    const started = await start((socket, _nth, request) => {
      held.set(request.split(' ')[1]!, socket);
    }, options);
    return { ...started, held };
  }

  describe('keeps connections', () => {
    test('for sequential requests', async () => {
      const { server, client } = await start((socket) => socket.write(OK));
      for (const path of ['/1', '/2', '/3']) expect(await textOf(get(client, path))).toBe('ok');
      expect(server.opened()).toBe(1);
    });

    test('and reuses the most recently used one first', async () => {
      const { client, server, held } = await startHolding();
      const both = [get(client, '/1'), get(client, '/2')];
      await until(() => held.size === 2);
      held.get('/2')!.write(OK);
      await both[1];
      held.get('/1')!.write(OK);
      await both[0];
      const third = get(client, '/3');
      await until(() => held.size === 3);
      expect(held.get('/3')).toBe(held.get('/1'));
      held.get('/3')!.write(OK);
      await third;
      expect(server.opened()).toBe(2);
    });

    test.each([
      [
        'the server sends `Connection: close`',
        'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok',
      ],
      ['the server speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      ['bytes follow the response', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ])('but not if %s', async (_why, response) => {
      const { server, client } = await start((socket) => socket.write(response));
      expect(await textOf(get(client))).toBe('ok');
      await until(() => server.open() === 0);
      expect(await textOf(get(client))).toBe('ok');
      expect(server.opened()).toBe(2);
    });

    test('but not if unrequested bytes arrive', async () => {
      const sockets: Socket[] = [];
      const { server, client } = await start((socket) => {
        sockets.push(socket);
        socket.write(OK);
      });
      await get(client);
      sockets[0]!.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
      await until(() => server.open() === 0);
      expect(await textOf(get(client))).toBe('ok');
      expect(server.opened()).toBe(2);
    });

    const kept = (seconds: number) =>
      `HTTP/1.1 200 OK\r\nKeep-Alive: timeout=${seconds}\r\nContent-Length: 2\r\n\r\nok`;

    test.each([0, 1])('but not if the server closes them after %i s', async (seconds) => {
      const { server, client } = await start((socket) => socket.write(kept(seconds)));
      // Without a pause in which anything else could close the connection.
      for (const path of ['/1', '/2', '/3']) expect(await textOf(get(client, path))).toBe('ok');
      expect(server.opened()).toBe(3);
    });

    test.each([
      ['until a second before the timeout of the server', kept(10), 9000],
      ['for at most ten minutes', kept(100_000), 600_000],
      ['for four seconds if the server sends no timeout', OK, 4000],
    ])('%s', async (_how, response, keptMs) => {
      const { server, client } = await start((socket) => socket.write(response));
      let passed = 0;
      const begun = Math.ceil(performance.now());
      const clock = jest.spyOn(performance, 'now').mockImplementation(() => begun + passed);
      try {
        await get(client, '/1');
        passed += keptMs - 1;
        await get(client, '/2');
        expect(server.opened()).toBe(1);
        passed += keptMs;
        await get(client, '/3');
        expect(server.opened()).toBe(2);
      } finally {
        clock.mockRestore();
      }
    });

    test('and closes them before the server does', async () => {
      const { server, client } = await start((socket) => socket.write(kept(2)));
      await get(client);
      expect(server.open()).toBe(1);
      // The server itself never closes one.
      await until(() => server.open() === 0);
      expect(await textOf(get(client))).toBe('ok');
    });

    test('without keeping the process alive while they are idle', async () => {
      const { client, server, held } = await startHolding();
      const sending = get(client);
      await until(() => held.size === 1);
      const busy = referencedSockets();
      held.get('/')!.write(OK);
      await sending;
      // The server's socket still does.
      expect(referencedSockets()).toBe(busy - 1);
      const again = get(client, '/again');
      expect(referencedSockets()).toBe(busy);
      await until(() => held.size === 2);
      held.get('/again')!.write(OK);
      await again;
      expect(server.opened()).toBe(1);
    });
  });

  describe('if the server closes a connection', () => {
    test('opens another one', async () => {
      const { server, client } = await start((socket) => socket.end(OK));
      expect(await textOf(get(client, '/1'))).toBe('ok');
      await until(() => server.open() === 0);
      expect(await textOf(get(client, '/2'))).toBe('ok');
      expect(pathsOf(server)).toEqual(['/1', '/2']);
    });

    test.each<[string, (socket: Socket) => unknown]>([
      ['closed', (socket) => socket.end()],
      ['reset', (socket) => socket.resetAndDestroy()],
    ])('fails the request that meets a %s connection, and does not repeat it', async (_how, then) => {
      const { server, client } = await start((socket, nth) => (nth === 0 ? socket.write(OK) : then(socket)), {
        maxSockets: 1,
      });
      expect(await textOf(get(client, '/1'))).toBe('ok');
      expect(await kindOf(get(client, '/2'))).toBe('broken');
      expect(await textOf(get(client, '/3'))).toBe('ok');
      expect(pathsOf(server)).toEqual(['/1', '/2', '/3']);
      expect(server.opened()).toBe(2);
    });

    test('fails all requests to a server that no longer listens', async () => {
      const { server, client } = await start((socket) => socket.write(OK), { maxSockets: 5 });
      await Promise.all(Array.from({ length: 5 }, () => get(client)));
      await server.close();
      const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf(get(client))));
      expect(kinds).not.toContain('none');
      expect(kinds.slice(5)).toEqual(Array.from({ length: 15 }, () => 'not-connected'));
    });
  });

  describe('limits the number of connections', () => {
    test('and sends queued requests in order', async () => {
      const { server, client } = await start((socket) => socket.write(OK), { maxSockets: 1 });
      const paths = ['/1', '/2', '/3', '/4'];
      await Promise.all(paths.map((path) => get(client, path)));
      expect(pathsOf(server)).toEqual(paths);
      expect(server.opened()).toBe(1);
    });

    test('also if each carries only one request', async () => {
      let inFlight = 0;
      let most = 0;
      const { client, server } = await start(
        (socket) => {
          most = Math.max(most, (inFlight += 1));
          setTimeout(() => {
            inFlight -= 1;
            socket.end('HTTP/1.1 200 OK\r\n\r\nok');
          }, 2);
        },
        { maxSockets: 3 },
      );
      const texts = await Promise.all(Array.from({ length: 20 }, () => textOf(get(client))));
      expect(texts).toEqual(Array.from({ length: 20 }, () => 'ok'));
      expect([server.opened(), most]).toEqual([20, 3]);
    });

    test('and never sends a request that is cancelled in the queue', async () => {
      const { client, server, held } = await startHolding({ maxSockets: 1 });
      const cancellation = new Cancellation();
      const first = get(client, '/1');
      const second = get(client, '/2', cancellation);
      const third = get(client, '/3');
      cancellation.cancel();
      expect(await kindOf(second)).toBe('aborted');
      await until(() => held.has('/1'));
      held.get('/1')!.write(OK);
      await first;
      await until(() => held.has('/3'));
      held.get('/3')!.write(OK);
      await third;
      expect(pathsOf(server)).toEqual(['/1', '/3']);
    });

    test('and sends a queued request after an earlier one is cancelled', async () => {
      const { client, held } = await startHolding({ maxSockets: 1 });
      const cancellation = new Cancellation();
      const first = get(client, '/1', cancellation);
      const second = get(client, '/2');
      await until(() => held.has('/1'));
      cancellation.cancel();
      expect(await kindOf(first)).toBe('aborted');
      await until(() => held.has('/2'));
      held.get('/2')!.write(OK);
      expect(await textOf(second)).toBe('ok');
    });

    test('and ends all requests of one cancellation', async () => {
      const { client, server } = await startHolding({ maxSockets: 2 });
      const cancellation = new Cancellation();
      const kinds = ['/1', '/2', '/3', '/4'].map((path) => kindOf(get(client, path, cancellation)));
      await until(() => server.requests.length === 2);
      cancellation.cancel();
      expect(await Promise.all(kinds)).toEqual(['aborted', 'aborted', 'aborted', 'aborted']);
      await until(() => server.open() === 0);
      expect(server.requests).toHaveLength(2);
    });
  });

  describe('when it is closed', () => {
    test('closes idle connections at once', async () => {
      const { client, server } = await start((socket) => socket.write(OK));
      await get(client);
      client.close();
      await until(() => server.open() === 0);
    });

    test('closes busy connections after their response', async () => {
      const { client, server, held } = await startHolding();
      const sending = get(client, '/1');
      await until(() => held.size === 1);
      client.close();
      held.get('/1')!.write(OK);
      expect(await textOf(sending)).toBe('ok');
      await until(() => server.open() === 0);
    });

    test('rejects queued and new requests', async () => {
      const { client, server, held } = await startHolding({ maxSockets: 1 });
      const first = get(client, '/1');
      const second = kindOf(get(client, '/2'));
      await until(() => held.size === 1);
      client.close();
      expect(await second).toBe('not-connected');
      expect(await kindOf(get(client, '/3'))).toBe('not-connected');
      held.get('/1')!.write(OK);
      await first;
      await until(() => server.open() === 0);
      expect(server.requests).toHaveLength(1);
    });
  });

  test.each(['127.0.0.1', 'localhost', ...(hasIPv6() ? ['::1'] : [])])('connects to %s', async (host) => {
    const { client, server } = await start((socket) => socket.write(OK), { host });
    expect(await textOf(get(client))).toBe('ok');
    expect(server.requests[0]).toContain(`\r\nhost: ${host === '::1' ? '[::1]' : host}:${server.port}\r\n`);
  });

  test.each([
    ['head', '\0'.repeat(10), 'broken'],
    ['chunk size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n', 'none'],
    ['chunk that is too large', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n', 'none'],
  ])('closes the connection after a malformed %s', async (_where, bytes, kind) => {
    const { client, server } = await start((socket) => socket.write(bytes));
    expect(await kindOf(get(client))).toBe(kind);
    await until(() => server.open() === 0);
  });

  test('settles every request, whatever the server sends', async () => {
    let bytes = Buffer.alloc(0);
    const { client } = await start((socket) => socket.end(bytes));
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), fc.boolean(), async (random, isHead) => {
        bytes = isHead ? Buffer.concat([STATUS_LINE, random]) : Buffer.from(random);
        expect(['none', 'broken']).toContain(await kindOf(get(client)));
      }),
    );
  });
});

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
}

/** The number of sockets that keep the process alive. */
function referencedSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}
