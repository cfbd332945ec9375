import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../src/config.js';
import { retireWithinMs } from '../../src/main/workers/timing.js';
import { postText } from '../helpers/http-text.js';
import { openRaw, type RawClient } from '../helpers/raw-client.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { until } from '../helpers/until.js';

/** Clients that are slow, greedy or rude cost the gateway little, and others nothing. */
describe('Clients that are slow, greedy or rude', () => {
  const RUN = '/demand/accounts/1/projects/p/target-groups/t/fielding-runs/r';
  const readRun = postText({
    headers: { Authorization: 'Bearer a' },
    body: '{"query":"{ fieldingRun(id: \\"1/p/t/r\\") { id } }"}',
  });

  /** Shorter than `CLIENT_TIMEOUT_MS` and `REQUEST_TIMEOUT_MS`. */
  const CLOSE_WITHIN_MS = 8_000;

  const account = (id: number) => ({ id, name: 'A' });

  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  const clients: RawClient[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    upstream.reset();
    await gateway.close();
  });
  afterAll(() => upstream.close());

  async function start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    gateway = await startTestGateway({ demandApiUrl: upstream.url, env });
  }

  async function connect(): Promise<RawClient> {
    const client = await openRaw(gateway.url);
    clients.push(client);
    return client;
  }

  /** Fails if the gateway still waits for its clients when their requests could have timed out. */
  async function expectToClose(): Promise<void> {
    const closed = gateway.close().then(() => 'closed');
    expect(await Promise.race([closed, sleep(CLOSE_WITHIN_MS, 'still open', { ref: false })])).toBe('closed');
  }

  const connectMany = (count: number) => Promise.all(Array.from({ length: count }, connect));
  /** Whether so many have begun. It looks only at what has arrived since: megabytes arrive in hundreds of pieces. */
  function responses(count: number): (text: string) => boolean {
    const start = 'HTTP/1.1 ';
    let begun = 0;
    let end = 0;
    return (text) => {
      for (let at = text.indexOf(start, end); at >= 0; at = text.indexOf(start, end)) {
        begun += 1;
        end = at + start.length;
      }
      end = Math.max(end, text.length - start.length + 1);
      return begun >= count;
    };
  }

  /** The status and the error of a response, as a client reads it. */
  function errorIn(text: string): unknown {
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const { errors } = JSON.parse(body) as { errors: readonly { extensions: { code: string } }[] };
    return {
      status: Number(head.split(' ')[1]),
      close: /^connection: close\r?$/im.test(head),
      errors,
    };
  }

  const error = (status: number, message: RegExp) => ({
    status,
    close: true,
    errors: [
      {
        message: expect.stringMatching(message),
        extensions: expect.objectContaining({ code: expect.any(String), traceId: expect.any(String) }),
      },
    ],
  });

  describe('A request that does not arrive in time', () => {
    test.each([
      ['its body is missing', postText().slice(0, -5)],
      ['its head is incomplete', 'POST /graphql HTTP/1.1\r\nHost: a\r\n'],
    ])('is answered with 408 when %s', async (_, bytes) => {
      await start({ CLIENT_TIMEOUT_MS: '200' });
      const client = await connect();
      client.send(bytes);
      expect(errorIn(await client.untilClosed())).toEqual(error(408, /in time/));
    });

    test('holds no slot while it arrives', async () => {
      await start({ MAX_REQUESTS_IN_FLIGHT: '2' });
      for (const client of await connectMany(70)) client.send(postText().slice(0, -5));
      await sleep(50);
      expect(await gateway.execute('{ __typename }')).toMatchObject({ status: 200 });
    });

    test('is not waited for by a gateway that closes', async () => {
      await start();
      const client = await connect();
      client.send(postText().slice(0, -5));
      await sleep(50);
      await expectToClose();
      await client.untilClosed();
    });
  });

  describe('A request that is not HTTP', () => {
    test.each<[string, string, number, RegExp]>([
      ['nonsense', 'nonsense\r\n\r\n', 400, /not valid HTTP/],
      ['another version', 'GET / HTTP/9\r\n\r\n', 505, /HTTP\/1\.1/],
      ['two lengths', postText({ headers: { 'Content-length': '5' } }), 400, /not valid HTTP/],
      ['large headers', postText({ headers: { 'X-Large': 'x'.repeat(20_000) } }), 431, /16 KiB/],
    ])('is answered with a GraphQL error: %s', async (_, bytes, status, message) => {
      await start();
      const client = await connect();
      client.send(bytes);
      expect(errorIn(await client.untilClosed())).toEqual(error(status, message));
    });

    test.each([
      ['a request that ends the connection', { Connection: 'close' }],
      ['another request', {}],
    ])('does not cut off the response to %s before it', async (_, headers) => {
      await start();
      upstream.on('GET', '/accounts', {
        body: { accounts: Array.from({ length: 30 }, (_, id) => account(id)) },
      });
      const alias = 'a'.repeat(900_000);
      const client = await connect();
      client.pause();
      client.send(
        postText({
          headers: { Authorization: 'Bearer a', ...headers },
          body: `{"query":"{ accounts { ${alias}: __typename } }"}`,
        }),
      );
      await until(() => upstream.requests.length === 1);
      // The operating system has taken a part of the response, and the gateway still has the rest.
      await sleep(300);
      client.send('nonsense\r\n\r\n');
      await sleep(50);
      client.resume();
      const text = await client.untilClosed();
      expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
      expect(text).toMatch(/:"Account"\}\]\},"extensions":\{.*\}\n$/);
    });

    test('is not answered in place of the request before it', async () => {
      await start();
      upstream.on('GET', RUN, { delayMs: 100, status: 404 });
      const client = await connect();
      client.send(`${readRun}nonsense\r\n\r\n`);
      const text = await client.untilClosed();
      expect(text).toMatch(/^HTTP\/1\.1 200/);
      expect(text).not.toMatch(/not valid HTTP/);
    });
  });

  describe('Requests that are pipelined', () => {
    test('are handled one after another, in order', async () => {
      await start();
      upstream.on('GET', RUN, { delayMs: 50, status: 404 });
      const client = await connect();
      client.send(readRun + postText() + readRun);
      const text = await client.until(responses(3));
      expect(text.match(/"data":\{"\w+"/g)).toEqual([
        '"data":{"fieldingRun"',
        '"data":{"__typename"',
        '"data":{"fieldingRun"',
      ]);
      expect(upstream.maxInFlight()).toBe(1);
    });

    test('are all answered, even if there are many', async () => {
      await start();
      upstream.on('GET', RUN, { delayMs: 100, status: 404 });
      const client = await connect();
      client.send(readRun + postText().repeat(1000));
      await client.until(responses(1001));
    }, 60_000);

    test('end with the connection if all clients together have sent too many', async () => {
      await start();
      upstream.on('GET', RUN, { fault: 'hang' });
      const client = await connect();
      client.send(readRun + 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
      await client.untilClosed();
      const good = await connect();
      good.send(postText().repeat(100));
      await good.until(responses(100));
    });

    test('are answered, if they are few, while greedy clients have sent too many', async () => {
      await start();
      upstream.on('GET', RUN, { fault: 'hang' });
      const tiny = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
      const greedy = await connectMany(2);
      // They have different tokens, because equal reads of one would be one request.
      for (const [nth, client] of greedy.entries()) {
        client.send(readRun.replace('Bearer a', `Bearer ${nth}`) + tiny.repeat(1000));
      }
      await until(() => upstream.requests.length === 2);
      const good = await connect();
      good.send(tiny.repeat(5));
      await good.until(responses(5));
      expect(greedy.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    });

    test('end with a response that closes the connection', async () => {
      await start();
      const client = await connect();
      client.send(postText({ headers: { Connection: 'close' } }) + postText());
      expect((await client.untilClosed()).match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    });

    test('do not keep a closing gateway waiting', async () => {
      await start();
      upstream.on('GET', RUN, { delayMs: 200, status: 404 });
      const client = await connect();
      client.send(readRun + readRun.repeat(50));
      await until(() => upstream.requests.length === 1);
      await gateway.close();
      expect((await client.untilClosed()).match(/HTTP\/1\.1 200/g)).toHaveLength(1);
    });
  });

  describe('A client that goes away', () => {
    test('cancels the calls of its operation', async () => {
      await start({ DEMAND_API_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' });
      await until(() => upstream.connections() === 0);
      const abandonedBefore = upstream.abandoned.length;
      upstream.on('GET', RUN, { fault: 'hang' });
      const client = await connect();
      client.send(readRun + readRun);
      await until(() => upstream.requests.length === 1);
      client.close();
      await until(() => upstream.abandoned.length === abandonedBefore + 1 && upstream.connections() === 0);
      expect(upstream.requests).toHaveLength(1);
    });
  });

  describe('A client that does not read', () => {
    /** A response repeats the alias of a field. */
    const large = postText({ body: `{"query":"{ ${'a'.repeat(900_000)}: __typename }"}` });

    test('holds one response, and no slot', async () => {
      await start({ MAX_REQUESTS_IN_FLIGHT: '2' });
      for (const client of await connectMany(5)) {
        client.pause();
        client.send(large.repeat(10) + readRun);
      }
      await sleep(300);
      expect(await gateway.execute('{ __typename }')).toMatchObject({ status: 200 });
      expect(upstream.requests).toEqual([]);
    });

    test('is disconnected in time', async () => {
      await start({ CLIENT_TIMEOUT_MS: '300' });
      const client = await connect();
      client.pause();
      client.send(large.repeat(10));
      await sleep(1500);
      client.resume();
      const text = await client.untilClosed();
      expect(text.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(10);
    });

    test('gets all responses if it reads them in time', async () => {
      await start();
      const client = await connect();
      client.pause();
      client.send(large.repeat(10) + postText());
      await sleep(300);
      client.resume();
      await client.until(responses(11));
      await client.until((text) => /\{"data":\{"__typename":"Query"\},[^\n]*\n$/.test(text.slice(-2_000)));
    });

    test('is not waited for by a gateway that closes', async () => {
      await start();
      const client = await connect();
      client.pause();
      client.send(large.repeat(10));
      await sleep(300);
      await expectToClose();
    });
  });

  test('A body in thousands of tiny chunks is rejected with 400', async () => {
    await start();
    const client = await connect();
    const head =
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    client.send(head + '1\r\nx\r\n'.repeat(5000));
    expect(errorIn(await client.until(responses(1)))).toEqual(error(400, /at most 4096 are allowed/i));
  });

  describe('Bodies that have not arrived whole', () => {
    test('are bounded in sum: the largest is rejected with 503', async () => {
      await start();
      const [small] = await connectMany(1);
      small!.send(postText({ headers: { 'Content-Length': '2' }, body: '{' }));
      await sleep(50);
      const half = (missing: number) =>
        postText({
          headers: { 'Content-Length': String(1024 * 1024) },
          body: 'x'.repeat(1024 * 1024 - missing),
        });
      const [first, ...others] = await connectMany(40);
      first!.send(half(1));
      await sleep(300);
      for (const client of others) client.send(half(100_000));
      expect(errorIn(await first!.until(responses(1)))).toEqual(error(503, /too many large requests/));
      expect(await gateway.execute('{ __typename }')).toMatchObject({ status: 200 });
      small!.send('}');
      expect(errorIn(await small!.until(responses(1)))).toMatchObject({ status: 400 });
    });
  });
});

describe('Connections that are kept alive', () => {
  async function withGateway(env: Readonly<Record<string, string>>, use: (url: string) => Promise<void>) {
    const gateway = await startTestGateway({ demandApiUrl: 'http://127.0.0.1:1/v1', env });
    try {
      await use(gateway.url);
    } finally {
      await gateway.close();
    }
  }

  test('an unused connection is closed after KEEP_ALIVE_TIMEOUT_MS', async () => {
    await withGateway({ KEEP_ALIVE_TIMEOUT_MS: '100' }, async (url) => {
      const client = await openRaw(url);
      client.send('GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n');
      expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 200 /);
    });
  });

  test.each([
    [{}, 'timeout=72'],
    [{ KEEP_ALIVE_TIMEOUT_MS: '620000' }, 'timeout=620'],
  ])('the Keep-Alive header states the timeout: %j', async (env, expected) => {
    await withGateway(env, async (url) => {
      const response = await fetch(`${url}/healthz`);
      await response.text();
      expect(response.headers.get('keep-alive')).toBe(expected);
    });
  });

  test('a worker that is replaced waits for unused connections to end', () => {
    const environment = { KEEP_ALIVE_TIMEOUT_MS: '620000', REQUEST_TIMEOUT_MS: '15000' };
    expect(retireWithinMs(readConfig(environment))).toBe(636_000);
    expect(retireWithinMs(readConfig({}))).toBe(88_000);
  });
});
