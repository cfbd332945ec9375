import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { Cancellation } from '../../../src/upstream/cancellation.js';
import {
  createHttp1Client,
  HttpFailure,
  type HttpClient,
  type HttpResponse,
} from '../../../src/lib/http1/http1-client.js';
import { startRawServer, until, type RawResponder, type RawServer } from './raw-server.js';

const STATUS_LINE = Buffer.from('HTTP/1.1 200 OK\r\n');
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('connections of the HTTP/1.1 client', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  async function start(
    answer: RawResponder,
    { maxSockets = 2, host = '127.0.0.1' } = {},
  ): Promise<{ server: RawServer; client: HttpClient }> {
    const server = await startRawServer(answer, { host });
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

  /** A server that answers when it is told to; `held` has the sockets that wait, by their paths. */
  async function startHolding(options = {}) {
    const held = new Map<string, Socket>();
    const started = await start((socket, _nth, request) => {
      held.set(request.split(' ')[1]!, socket);
    }, options);
    return { ...started, held };
  }

  describe('are used again', () => {
    test('by one request after the other', async () => {
      const { server, client } = await start((socket) => socket.write(OK));
      for (const path of ['/1', '/2', '/3']) expect(await textOf(get(client, path))).toBe('ok');
      expect(server.opened()).toBe(1);
    });

    test('the one that was used last first', async () => {
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
      ['the server says so', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'],
      ['it keeps none', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
      ['there is more than the answer', `${OK}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ])('but not where %s', async (_why, answer) => {
      const { server, client } = await start((socket) => socket.write(answer));
      expect(await textOf(get(client))).toBe('ok');
      await until(() => server.open() === 0);
      expect(await textOf(get(client))).toBe('ok');
      expect(server.opened()).toBe(2);
    });

    test('but not where something comes that nobody asked for', async () => {
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

    test.each([0, 1])('but not where the server closes them within %i s', async (seconds) => {
      const { server, client } = await start((socket) => socket.write(kept(seconds)));
      // One after the other, without a moment in which anything else could close the first.
      for (const path of ['/1', '/2', '/3']) expect(await textOf(get(client, path))).toBe('ok');
      expect(server.opened()).toBe(3);
    });

    test.each([
      ['as long as it says, but for a second', kept(10), 9000],
      ['for ten minutes, however long it says', kept(100_000), 600_000],
      ['for four seconds, where it says nothing', OK, 4000],
    ])('%s', async (_how, answer, keptMs) => {
      const { server, client } = await start((socket) => socket.write(answer));
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

    test('until the server is about to close them', async () => {
      const { server, client } = await start((socket) => socket.write(kept(2)));
      await get(client);
      expect(server.open()).toBe(1);
      // The server itself never closes one.
      await until(() => server.open() === 0);
      expect(await textOf(get(client))).toBe('ok');
    });

    test('and hold the process only while they carry something', async () => {
      const { client, server, held } = await startHolding();
      const sending = get(client);
      await until(() => held.size === 1);
      const busy = socketsThatHoldTheProcess();
      held.get('/')!.write(OK);
      await sending;
      // The server's end of it goes on doing so.
      expect(socketsThatHoldTheProcess()).toBe(busy - 1);
      const again = get(client, '/again');
      expect(socketsThatHoldTheProcess()).toBe(busy);
      await until(() => held.size === 2);
      held.get('/again')!.write(OK);
      await again;
      expect(server.opened()).toBe(1);
    });
  });

  describe('that the server has closed', () => {
    test('are not used again', async () => {
      const { server, client } = await start((socket) => socket.end(OK));
      expect(await textOf(get(client, '/1'))).toBe('ok');
      await until(() => server.open() === 0);
      expect(await textOf(get(client, '/2'))).toBe('ok');
      expect(pathsOf(server)).toEqual(['/1', '/2']);
    });

    test.each<[string, (socket: Socket) => unknown]>([
      ['closed', (socket) => socket.end()],
      ['reset', (socket) => socket.resetAndDestroy()],
    ])('fail what was just being sent where they were %s, and send it only once', async (_how, then) => {
      const { server, client } = await start((socket, nth) => (nth === 0 ? socket.write(OK) : then(socket)), {
        maxSockets: 1,
      });
      expect(await textOf(get(client, '/1'))).toBe('ok');
      expect(await kindOf(get(client, '/2'))).toBe('broken');
      expect(await textOf(get(client, '/3'))).toBe('ok');
      expect(pathsOf(server)).toEqual(['/1', '/2', '/3']);
      expect(server.opened()).toBe(2);
    });

    test('fail what is sent where nobody listens any more', async () => {
      const { server, client } = await start((socket) => socket.write(OK), { maxSockets: 5 });
      await Promise.all(Array.from({ length: 5 }, () => get(client)));
      await server.close();
      const kinds = await Promise.all(Array.from({ length: 20 }, () => kindOf(get(client))));
      expect(kinds).not.toContain('none');
      expect(kinds.slice(5)).toEqual(Array.from({ length: 15 }, () => 'not-connected'));
    });
  });

  describe('are so many at most', () => {
    test('further requests wait, and go out in order', async () => {
      const { server, client } = await start((socket) => socket.write(OK), { maxSockets: 1 });
      const paths = ['/1', '/2', '/3', '/4'];
      await Promise.all(paths.map((path) => get(client, path)));
      expect(pathsOf(server)).toEqual(paths);
      expect(server.opened()).toBe(1);
    });

    test('also where each is good for one answer', async () => {
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

    test('a request that is cancelled while it waits is never sent, and those after it are', async () => {
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

    test('a request takes the place of one that is cancelled', async () => {
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

    test('one cancellation ends all that listen to it', async () => {
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

  describe('of a client that is closed', () => {
    test('close at once where they are idle', async () => {
      const { client, server } = await start((socket) => socket.write(OK));
      await get(client);
      client.close();
      await until(() => server.open() === 0);
    });

    test('close after their exchange where they are in use', async () => {
      const { client, server, held } = await startHolding();
      const sending = get(client, '/1');
      await until(() => held.size === 1);
      client.close();
      held.get('/1')!.write(OK);
      expect(await textOf(sending)).toBe('ok');
      await until(() => server.open() === 0);
    });

    test('are given to none that waits, nor opened for any', async () => {
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

  test.each(['127.0.0.1', 'localhost', ...(hasIPv6() ? ['::1'] : [])])('go to %s', async (host) => {
    const { client, server } = await start((socket) => socket.write(OK), { host });
    expect(await textOf(get(client))).toBe('ok');
    expect(server.requests[0]).toContain(`\r\nhost: ${host === '::1' ? '[::1]' : host}:${server.port}\r\n`);
  });

  test.each([
    ['before its head', '\0'.repeat(10), 'broken'],
    ['in its body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n', 'none'],
    ['at its end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n', 'none'],
  ])('are closed where an answer goes wrong %s, although the server goes on', async (_where, bytes, kind) => {
    const { client, server } = await start((socket) => socket.write(bytes));
    expect(await kindOf(get(client))).toBe(kind);
    await until(() => server.open() === 0);
  });

  test('end every exchange, whatever comes', async () => {
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

/** Those that are unref'd are not among them. */
function socketsThatHoldTheProcess(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length;
}
