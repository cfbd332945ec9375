import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Connections } from '../../../src/server/http/plain/connections.js';
import { Connection, type PlainExchange } from '../../../src/server/http/plain/connection.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../../helpers/scripted-upstream.js';
import type { TestGateway } from '../../helpers/gateway.js';
import { until } from '../../helpers/until.js';
import { startCounting, type Read } from './gateways.js';
import { answersIn, openRaw } from './raw-client.js';
import { post } from './requests.js';

const RUN = '/demand/accounts/1/projects/p/target-groups/t/fielding-runs/r';
const readRun = post({
  fields: { Authorization: 'Bearer a' },
  body: '{"query":"{ fieldingRun(id: \\"1/p/t/r\\") { id } }"}',
});

/** No call runs out of time here: what ends one is that its caller goes away. */
const PATIENT = { DEMAND_API_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' };

let upstream: ScriptedUpstream;
let gateway: TestGateway;
let read: Read;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  ({ gateway, read } = await startCounting({ demandApiUrl: upstream.url, env: PATIENT }));
});
beforeEach(() => {
  upstream.reset();
  read.plain = read.others = 0;
});
afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

function unwanted(): never {
  throw new Error('Nobody sent a request.');
}

const hasAnswers = (count: number) => (text: string) => text.split('}\n').length > count;

describe('A request in pieces', () => {
  const request = post();
  const cut = (length: number) =>
    Array.from({ length: Math.ceil(request.length / length) }, (_, nth) =>
      request.slice(nth * length, (nth + 1) * length),
    );

  test('is a plain one where they are few', async () => {
    const client = await openRaw(gateway.url);
    await client.sendInPieces(cut(Math.ceil(request.length / 5)));
    expect(answersIn(await client.until(hasAnswers(1)))).toEqual([expect.stringContaining('"Query"')]);
    expect(read).toEqual({ plain: 1, others: 0 });
    client.close();
  });

  test('is for Node.js to read where they are many', async () => {
    const client = await openRaw(gateway.url);
    await client.sendInPieces(cut(15));
    expect(answersIn(await client.until(hasAnswers(1)))).toEqual([expect.stringContaining('"Query"')]);
    expect(read).toEqual({ plain: 0, others: 1 });
    client.close();
  });
});

describe('Requests on one connection', () => {
  test('are answered in their order, one after the other', async () => {
    upstream.on('GET', RUN, { delayMs: 50, status: 404 });
    const client = await openRaw(gateway.url);
    client.send(readRun + post() + readRun);
    const answers = answersIn(await client.until(hasAnswers(3)));
    expect(answers.map((answer) => /"(?:Query|fieldingRun)"/.exec(answer)?.[0])).toEqual([
      '"fieldingRun"',
      '"Query"',
      '"fieldingRun"',
    ]);
    expect(upstream.maxInFlight()).toBe(1);
    expect(read).toEqual({ plain: 3, others: 0 });
    client.close();
  });

  test('are read no further where many come before the first has its answer', async () => {
    upstream.on('GET', RUN, { delayMs: 100, status: 404 });
    const client = await openRaw(gateway.url);
    const many = 2000;
    client.send(readRun + post().repeat(many));
    await client.until(hasAnswers(1 + many));
    expect(read).toEqual({ plain: 1 + many, others: 0 });
    client.close();
  });

  test('go on with Node.js from the first that is not plain', async () => {
    const client = await openRaw(gateway.url);
    client.send(post());
    await client.until(hasAnswers(1));
    client.send(post({ requestLine: 'POST /graphql?a=b HTTP/1.1' }));
    await client.until(hasAnswers(2));
    client.send(post());
    await client.until(hasAnswers(3));
    expect(read).toEqual({ plain: 1, others: 2 });
    client.close();
  });
});

describe('A caller who goes away', () => {
  test('takes the calls of the operation along', async () => {
    upstream.on('GET', RUN, { fault: 'hang' });
    const client = await openRaw(gateway.url);
    client.send(readRun);
    await until(() => upstream.requests.length === 1);
    client.close();
    await until(() => upstream.abandoned.length === 1 && upstream.connections() === 0);
    expect(upstream.requests).toHaveLength(1);
  });

  test('leaves no place taken, where requests of theirs waited for their turn at Node.js', async () => {
    const few = await startCounting({
      demandApiUrl: upstream.url,
      env: { ...PATIENT, MAX_REQUESTS_IN_FLIGHT: '3' },
    });
    upstream.on('GET', /\/fielding-runs\/[ab]$/, { fault: 'hang' });
    upstream.on('GET', RUN, { status: 404 });
    const client = await openRaw(few.gateway.url);
    const byNode = readRun.replace('POST /graphql', 'POST /graphql?a=b');
    client.send(byNode.replace('/t/r', '/t/a') + byNode.replace('/t/r', '/t/b'));
    await until(() => upstream.requests.length >= 2);
    client.close();
    await until(() => upstream.abandoned.length >= 2);
    const answers = await Promise.all(
      [1, 2, 3].map(() => few.gateway.execute('{ fieldingRun(id: "1/p/t/r") { id } }')),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(few.read).toEqual({ plain: 3, others: 2 });
    await few.gateway.close();
  });
});

describe('An answer', () => {
  test('to a caller who does not read waits, and the next request with it', async () => {
    upstream.on('GET', RUN, { status: 404 });
    // An answer repeats the aliases of its fields.
    const long = post({ body: `{"query":"{ ${'a'.repeat(60_000)}: __typename }"}` });
    const client = await openRaw(gateway.url);
    client.pause();
    const many = 300;
    client.send(long.repeat(many) + readRun);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(upstream.requests).toHaveLength(0);
    expect(read.plain).toBeLessThan(many);
    client.resume();
    while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(read.plain).toBe(many + 1);
    client.close();
  });

  test('is counted in bytes', async () => {
    const client = await openRaw(gateway.url);
    client.send(
      post({
        body: Buffer.from('{"query":"{ __typename # é–😀\\n}","operationName":"é–😀"}').toString('latin1'),
      }),
    );
    const [head = '', body = ''] = (await client.until(hasAnswers(1))).split('\r\n\r\n');
    expect(Buffer.from(body, 'latin1').toString()).toContain('é–😀');
    expect(head).toContain(`content-length: ${body.length}\r\n`);
    client.close();
  });
});

describe('When a gateway closes', () => {
  test('who waits for an answer gets it, and connections end', async () => {
    const closing = await startCounting({ demandApiUrl: upstream.url });
    upstream.on('GET', RUN, { delayMs: 200, status: 404 });
    const [idle, busy] = [await openRaw(closing.gateway.url), await openRaw(closing.gateway.url)];
    idle.send(post());
    await idle.until(hasAnswers(1));
    busy.send(readRun);
    while (upstream.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await closing.gateway.close();
    expect(answersIn(await busy.untilQuiet())).toEqual([
      expect.stringMatching(/connection: close[^]*fieldingRun/),
    ]);
    await idle.untilQuiet();
    expect([idle.isClosed, busy.isClosed]).toEqual([true, true]);
  });
});

describe('Connections', () => {
  /** A server of connections that does nothing by itself, with one connection to it. */
  async function startOne(keepAliveSeconds = 3) {
    const handedOver: Socket[] = [];
    const exchanges: PlainExchange[] = [];
    const left: Connection[] = [];
    let connection: Connection | undefined;
    const server = createServer((socket) => {
      connection = new Connection(socket, {
        keepAliveSeconds,
        serve: (exchange) => exchanges.push(exchange),
        handOver: (given) => handedOver.push(given),
        onLeft: (gone) => left.push(gone),
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    while (connection === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    return {
      connection,
      client,
      handedOver,
      exchanges,
      left,
      close: async () => {
        client.destroy();
        for (const socket of handedOver) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

  test('on which nothing comes are closed in their time', async () => {
    const { connection, left, close } = await startOne(3);
    for (let look = 0; look < 3; look += 1) connection.look();
    await soon();
    expect(left).toEqual([]);
    connection.look();
    await soon();
    expect(left).toEqual([connection]);
    await close();
  });

  test('that have an answer to give are not', async () => {
    const { connection, client, exchanges, left, close } = await startOne(1);
    client.write(post());
    await soon();
    for (let look = 0; look < 10; look += 1) connection.look();
    await soon();
    expect(left).toEqual([]);
    expect(connection.isIdle).toBe(false);
    exchanges[0]!.answer({ status: 200, contentType: 'application/json', body: '{}', closing: false });
    expect(String((await once(client, 'data'))[0])).toMatch(/Keep-Alive: timeout=1\r\n\r\n{}$/);
    expect(connection.isIdle).toBe(true);
    await close();
  });

  test('on which a part of a request came are handed over with it, for who has timeouts for that', async () => {
    const { connection, client, handedOver, exchanges, left, close } = await startOne();
    client.write(post().slice(0, 100));
    await soon();
    for (let look = 0; look < 2; look += 1) connection.look();
    expect(handedOver).toHaveLength(0);
    connection.look();
    expect(handedOver).toHaveLength(1);
    expect(left).toEqual([connection]);
    expect(String((await once(handedOver[0]!, 'data'))[0])).toBe(post().slice(0, 100));
    expect(exchanges).toEqual([]);
    await close();
  });

  test('are answered once, and not where the caller has gone', async () => {
    const { client, exchanges, close } = await startOne();
    client.write(post());
    await soon();
    const [exchange] = exchanges;
    const over: boolean[] = [];
    exchange!.onOver((answered) => over.push(answered));
    client.destroy();
    await soon();
    exchange!.answer({ status: 200, contentType: 'application/json', body: '{}', closing: false });
    exchange!.handOver();
    expect([exchange!.isOver, over]).toEqual([true, [false]]);
    await close();
  });

  test('have no header that could end their head', async () => {
    const { client, exchanges, close } = await startOne();
    client.write(post());
    await soon();
    const answer = { status: 200, contentType: 'application/json', body: '{}', closing: false };
    expect(() => {
      exchanges[0]!.answer({ ...answer, headers: { 'x-a': 'b\r\nx-c: d' } });
    }).toThrow(/x-a/);
    await close();
  });

  test('are looked at once a second, until there are none', async () => {
    const handOver = (socket: Socket) => socket.destroy();
    const connections = new Connections({ keepAliveSeconds: () => 0, serve: unwanted, handOver });
    const server = createServer((socket) => {
      connections.add(socket);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const start = performance.now();
    await once(client.resume(), 'close');
    expect(performance.now() - start).toBeGreaterThan(500);
    await new Promise((resolve) => server.close(resolve));
  });
});
