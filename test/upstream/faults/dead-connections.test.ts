import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { startTestGateway, type TestGateway } from '../../helpers/gateway.js';
import { accounts, CREATE_JOB, creation, job, READ_ACCOUNTS } from './demand.js';
import { failureOf, until } from './gateway-fixture.js';

const POOLED = 10;

/** How a request fails on a connection that died silently. */
const DEATHS: Readonly<Record<string, (socket: Socket) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  closed: (socket) => socket.end(),
  deaf: () => undefined,
};

/** A REST server whose connections can die. */
interface Mortal {
  readonly url: string;
  /** Method and path of all requests, and whether each came on a connection that had died. */
  readonly requests: { readonly call: string; readonly dead: boolean; readonly key: unknown }[];
  /** Holds responses until this many requests have arrived. */
  holdUntil(count: number): void;
  /** Kills all connections. */
  die(how: (socket: Socket) => void): void;
  close(): Promise<void>;
}

async function startMortal(): Promise<Mortal> {
  const sockets = new Set<Socket>();
  const dead = new Map<Socket, (socket: Socket) => void>();
  const requests: Mortal['requests'] = [];
  let held: (() => void)[] = [];
  let hold = 1;
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      const { method, url = '', socket, headers } = request;
      const death = dead.get(socket);
      const call = `${method} ${url.replace('/v1', '')}`;
      requests.push({ call, dead: death !== undefined, key: headers['idempotency-key'] });
      if (death !== undefined) {
        death(socket);
        return;
      }
      held.push(() => {
        if (call === creation) response.writeHead(201, { location: job.path }).end();
        else response.end(JSON.stringify(accounts.body));
      });
      if (held.length < hold) return;
      for (const answer of held) answer();
      held = [];
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    holdUntil: (count) => (hold = count),
    die(how) {
      requests.length = 0;
      for (const socket of sockets) dead.set(socket, how);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const MATTERS = [
  ['reads', READ_ACCOUNTS, 'GET /accounts', 'http1'],
  ['reads', READ_ACCOUNTS, 'GET /accounts', 'undici'],
  ['reads', READ_ACCOUNTS, 'GET /accounts', 'node-fetch'],
  ['creations', CREATE_JOB, creation, 'http1'],
  ['creations', CREATE_JOB, creation, 'node-fetch'],
] as const;

describe.each(MATTERS)('connections of %s that died while idle', (_what, document, call, transport) => {
  let api: Mortal;
  let gateway: TestGateway;
  afterEach(async () => {
    await gateway.close();
    await api.close();
  });

  let nth = 0;
  const send = () =>
    gateway.execute<Record<string, unknown>, object>(
      document,
      { key: `key-${(nth += 1)}` },
      { token: `token-${nth}` },
    );

  /** A gateway with this many connections, all dead. */
  async function startWithDead(how: (socket: Socket) => void, env: Readonly<Record<string, string>>) {
    api = await startMortal();
    const quick = {
      DEMAND_API_TRANSPORT: transport,
      DEMAND_API_MAX_ATTEMPTS: '2',
      DEMAND_API_RETRY_BASE_MS: '1',
    };
    gateway = await startTestGateway({ demandApiUrl: api.url, env: { ...quick, ...env } });
    // What a gateway does for the first time takes long. The requests that are held wait for the last of them, within one attempt's time.
    await send();
    api.requests.length = 0;
    api.holdUntil(POOLED);
    await Promise.all(Array.from({ length: POOLED }, send));
    expect(api.requests).toHaveLength(POOLED);
    api.holdUntil(1);
    api.die(how);
  }

  const nothingToSpare = {
    DEMAND_API_RETRY_BUDGET_PERCENT: '0',
    DEMAND_API_RETRY_BUDGET_FLOOR: '0',
    DEMAND_API_BREAKER_MIN_CALLS: '1',
    DEMAND_API_BREAKER_FAILURE_PERCENT: '1',
  };

  it.each(['reset', 'closed'])('cost a call one attempt if they are %s', async (how) => {
    await startWithDead(DEATHS[how]!, nothingToSpare);
    expect(await send()).toMatchObject({ errors: [] });
    expect(api.requests.map((request) => ({ ...request, key: undefined }))).toEqual([
      { call, dead: true, key: undefined },
      { call, dead: false, key: undefined },
    ]);
    expect(new Set(api.requests.map(({ key }) => key)).size).toBe(1);
    expect(await send()).toMatchObject({ errors: [] });
    expect(api.requests).toHaveLength(3);
  });

  it.each(['reset', 'closed'])('cost concurrent calls one attempt each if they are %s', async (how) => {
    await startWithDead(DEATHS[how]!, nothingToSpare);
    for (const answer of await Promise.all(Array.from({ length: POOLED }, send)))
      expect(answer).toMatchObject({ errors: [] });
    expect(api.requests.filter(({ dead }) => !dead)).toHaveLength(POOLED);
    expect(api.requests.filter(({ dead }) => dead).length).toBeLessThanOrEqual(POOLED);
    const { demandApi } = (await (await fetch(`${gateway.url}/readyz`)).json()) as { demandApi: unknown };
    expect(demandApi).toBe('available');
  });

  it('cost a call one attempt if they are silently dead', async () => {
    await startWithDead(DEATHS['deaf']!, { DEMAND_API_TIMEOUT_MS: '3000' });
    expect(await send()).toMatchObject({ errors: [] });
    expect(api.requests.map(({ dead }) => dead)).toEqual([true, false]);
  });

  it('do not count as a probe', async () => {
    await startWithDead(DEATHS['deaf']!, {
      ...nothingToSpare,
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_TIMEOUT_MS: '3000',
      DEMAND_API_BREAKER_PROBE_MS: '1',
    });
    expect(failureOf(await send())).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(await send()).toMatchObject({ errors: [] });
    expect(api.requests.map(({ dead }) => dead)).toEqual([true, false]);
  });

  it('cause no second attempt if only one is allowed', async () => {
    await startWithDead(DEATHS['reset']!, { DEMAND_API_MAX_ATTEMPTS: '1' });
    expect(failureOf(await send())).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(api.requests.map(({ dead }) => dead)).toEqual([true]);
    expect(await send()).toMatchObject({ errors: [] });
    await until(() => api.requests.length === 2);
    expect(api.requests.map(({ dead }) => dead)).toEqual([true, false]);
  });
});
