/** What callers may ask for in a minute, over all transports. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../helpers/gateway.js';
import { startTestIssuer, type TestIssuer } from '../helpers/issuer.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { startScriptedUpstream, type ScriptedUpstream } from '../helpers/scripted-upstream.js';
import { EACH_STREAM, EACH_TRANSPORT, TRANSPORTS, type Reply, type SendOptions } from './transports.js';

/** Of several operations, whatever the smallest costs. */
const LIMIT = 60;
const MOST = LIMIT + 1;
const POST = TRANSPORTS['POST']!;
const ACCOUNTS = { query: '{ accounts { id } }' };
const UPDATES = { query: 'subscription { fieldingRunUpdated(id: "101/p/t/r") { status } }' };

let upstream: ScriptedUpstream;
let gateways: TestGateway[] = [];

beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
beforeEach(() => {
  upstream.reset();
  upstream.on('GET', '/accounts', { body: { accounts: [{ id: 101, name: 'One' }] } });
});
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  gateways = [];
});
afterAll(() => upstream.close());

async function start(env: Readonly<Record<string, string>>): Promise<TestGateway> {
  const gateway = await startTestGateway({ demandApiUrl: upstream.url, env });
  gateways.push(gateway);
  return gateway;
}

/** Asks by POST until an operation is rejected. @returns how many were not */
async function useUp(gateway: TestGateway, options: SendOptions = {}): Promise<number> {
  for (let count = 0; count < MOST; count += 1) {
    const { status } = await POST(gateway.url, ACCOUNTS, options);
    if (status === 429) return count;
    expect(status).toBe(200);
  }
  throw new Error('No operation was rejected.');
}

/** That a reply is the rejection, and that nothing was sent upstream for it. */
function expectRejected({ data, errors }: Reply, message = /^You may ask/): void {
  expect(data ?? undefined).toBeUndefined();
  expect(errors).toEqual([
    {
      message: expect.stringMatching(message),
      extensions: {
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterSeconds: expect.any(Number),
        traceId: expect.any(String),
      },
    },
  ]);
  expect(errors[0]!.extensions!['retryAfterSeconds']).toBeGreaterThan(0);
  expect(errors[0]!.extensions!['retryAfterSeconds']).toBeLessThanOrEqual(60);
}

describe('A principal that has used up its limit', () => {
  test.each(EACH_TRANSPORT)('is rejected over %s, and nothing is read', async (_name, send) => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
    expect(await useUp(gateway)).toBeGreaterThan(1);
    const before = upstream.requests.length;
    const reply = await send(gateway.url, ACCOUNTS);
    expectRejected(reply);
    expect(upstream.requests).toHaveLength(before);
    if (reply.headers?.get('content-type')?.startsWith('application/json')) {
      const { retryAfterSeconds } = reply.errors[0]!.extensions!;
      expect(reply.status).toBe(429);
      expect(reply.headers.get('retry-after')).toBe(String(retryAfterSeconds));
    }
  });

  test.each(EACH_STREAM)('opens no subscription over %s', async (_name, send) => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
    await useUp(gateway);
    const before = upstream.requests.length;
    expectRejected(await send(gateway.url, UPDATES));
    expect(upstream.requests).toHaveLength(before);
  });

  test('is rejected by GET over Server-Sent Events, too', async () => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
    await useUp(gateway);
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(UPDATES.query)}`, {
      headers: { accept: 'text/event-stream', authorization: 'Bearer demo' },
    });
    expect(await response.text()).toContain('RATE_LIMITED');
  });

  test('starts no job', async () => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
    await useUp(gateway);
    const before = upstream.requests.length;
    const query =
      'mutation { pauseTargetGroups(input: { targetGroupIds: ["101/p/t"], idempotencyKey: "k" }) { batchJob { id } } }';
    expectRejected(await POST(gateway.url, { query }));
    expect(upstream.requests).toHaveLength(before);
  });

  test('has been charged what its operations cost', async () => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: '1000' });
    const cost = async (query: string) => {
      const { text } = await POST(gateway.url, { query }, { token: query });
      return (JSON.parse(text) as { extensions: { cost: { estimated: number } } }).extensions.cost.estimated;
    };
    const large = '{ accounts { id projects { nodes { id } } } }';
    const [less, more] = [await cost(ACCOUNTS.query), await cost(large)];
    expect(more).toBeGreaterThan(less);
    const left = 1000 - Math.min(1000, more);
    expect((await POST(gateway.url, { query: large })).status).toBe(200);
    expect(await useUp(gateway)).toBe(Math.floor(left / less));
  });

  test('does not affect the limits of others', async () => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
    const used = await useUp(gateway);
    expect(await useUp(gateway, { token: 'other' })).toBe(used);
  });
});

test('A subscription costs something when it is opened', async () => {
  upstream.on('GET', /fielding-runs/, { status: 404 });
  const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
  const [, send] = EACH_STREAM[0]!;
  for (let count = 0; count < MOST; count += 1) {
    const { errors } = await send(gateway.url, UPDATES);
    if (errors[0]?.extensions?.['code'] === 'RATE_LIMITED') {
      expect(count).toBeGreaterThan(0);
      return;
    }
  }
  throw new Error('No subscription was rejected.');
});

test('An invalid operation costs nothing', async () => {
  const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: String(LIMIT) });
  for (let count = 0; count < MOST; count += 1) {
    expect((await POST(gateway.url, { query: '{ nothing }' })).status).toBe(400);
  }
  expect(await useUp(gateway)).toBeGreaterThan(1);
});

test.each(EACH_TRANSPORT)(
  'Over %s, a request without a known operation costs nothing, and gets an error',
  async (_name, send) => {
    const gateway = await start({ RATE_LIMIT_COST_PER_MINUTE: '1' });
    const query = 'query A { accounts { id } } query B { accounts { name } }';
    for (let count = 0; count < 3; count += 1) {
      const { errors } = await send(gateway.url, { query });
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    }
    expect(upstream.requests).toEqual([]);
  },
);

test('Without a limit, nothing is counted', async () => {
  const gateway = await start({});
  for (let count = 0; count < MOST; count += 1) {
    expect((await POST(gateway.url, ACCOUNTS)).status).toBe(200);
  }
});

describe('Where clients can invent tokens, an address', () => {
  const env = { RATE_LIMIT_COST_PER_MINUTE: String(LIMIT), RATE_LIMIT_ADDRESS_COST_PER_MINUTE: '100' };

  /** Asks with a new token each time until an operation is rejected. */
  async function invent(
    gateway: TestGateway,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    for (let count = 0; count < 101; count += 1) {
      const reply = await POST(gateway.url, ACCOUNTS, { token: `token-${count}`, headers });
      if (reply.status === 429) return reply;
    }
    throw new Error('No operation was rejected.');
  }

  test('has a limit of its own', async () => {
    const gateway = await start(env);
    expectRejected(await invent(gateway), /^Clients at your address may ask for a cost of 100 /);
  });

  test('charges principals nothing for what it rejects', async () => {
    const gateway = await start({ ...env, TRUST_PROXY: 'loopback' });
    const others = { 'x-forwarded-for': '192.0.2.1' };
    await invent(gateway, others);
    for (let count = 0; count < MOST; count += 1) {
      expectRejected(await POST(gateway.url, ACCOUNTS, { headers: others }), /^Clients at your address/);
    }
    expect(await useUp(gateway, { headers: { 'x-forwarded-for': '192.0.2.2' } })).toBeGreaterThan(1);
  });

  test('cannot be chosen by the client', async () => {
    const gateway = await start(env);
    await invent(gateway, { 'x-forwarded-for': '192.0.2.1' });
    const other = { token: 'new', headers: { 'x-forwarded-for': '192.0.2.2' } };
    expectRejected(await POST(gateway.url, ACCOUNTS, other), /^Clients at your address/);
  });

  test('is the one that a trusted proxy reports', async () => {
    const gateway = await start({ ...env, TRUST_PROXY: 'loopback' });
    await invent(gateway, { 'x-forwarded-for': '198.51.100.7, 192.0.2.1' });
    const from = (address: string) => ({ token: address, headers: { 'x-forwarded-for': address } });
    expect((await POST(gateway.url, ACCOUNTS, from('192.0.2.2'))).status).toBe(200);
    expectRejected(await POST(gateway.url, ACCOUNTS, from('203.0.113.5, 192.0.2.1')), /^Clients at/);
    expectRejected(await POST(gateway.url, ACCOUNTS, from('::ffff:192.0.2.1')), /^Clients at/);
  });

  test('is that of the upgrade for operations over WebSocket, whatever they say themselves', async () => {
    const gateway = await start({ ...env, TRUST_PROXY: 'loopback' });
    await invent(gateway, { 'x-forwarded-for': '192.0.2.1' });
    const ask = (upgrade: string, params: string) =>
      TRANSPORTS['WebSocket']!(gateway.url, ACCOUNTS, {
        token: 'new',
        headers: { 'x-forwarded-for': params },
        upgradeHeaders: { 'x-forwarded-for': upgrade },
      });
    expectRejected(await ask('192.0.2.1', '192.0.2.2'), /^Clients at your address/);
    expect((await ask('192.0.2.2', '192.0.2.1')).errors).toEqual([]);
  });

  test('is that of callers without a token, too', async () => {
    const gateway = await start({ ...env, TRUST_PROXY: '1' });
    const from = (address: string) => ({ token: null, headers: { 'x-forwarded-for': address } });
    let rejected = 0;
    for (let count = 0; count < 101; count += 1) {
      if ((await POST(gateway.url, ACCOUNTS, from('192.0.2.1'))).status === 429) rejected += 1;
    }
    expect(rejected).toBeGreaterThan(0);
    expect((await POST(gateway.url, ACCOUNTS, from('192.0.2.2'))).status).toBe(200);
  });
});

describe('With tokens that the gateway verifies', () => {
  let issuer: TestIssuer;
  beforeAll(async () => {
    issuer = await startTestIssuer();
  });
  afterAll(() => issuer.close());

  test('an address whose tokens were rejected too often is not looked at any further', async () => {
    const gateway = await start({
      ...issuer.env,
      RATE_LIMIT_AUTH_FAILURES_PER_MINUTE: '3',
      TRUST_PROXY: 'loopback',
    });
    const forwarded = (address: string) => ({ 'x-forwarded-for': address });
    const headers = forwarded('2001:db8::1');
    const query = { query: '{ __typename }' };
    expect((await POST(gateway.url, query, { token: null, headers })).status).toBe(401);
    for (let count = 0; count < 3; count += 1) {
      expect((await POST(gateway.url, query, { token: `guess-${count}`, headers })).status).toBe(401);
    }
    // Another address in the same network.
    const again = { token: await issuer.token(), headers: forwarded('2001:db8::ffff:2') };
    const reply = await POST(gateway.url, query, again);
    expect(reply.status).toBe(429);
    expectRejected(reply, /^Too many tokens from your address were rejected/);
    expect(reply.headers?.get('retry-after')).toMatch(/^\d+$/);
    const elsewhere = { token: await issuer.token(), headers: forwarded('2001:db8:1::1') };
    expect((await POST(gateway.url, query, elsewhere)).status).toBe(200);
  });

  test('the limit belongs to the subject, whatever its token', async () => {
    const gateway = await start({ ...issuer.env, RATE_LIMIT_COST_PER_MINUTE: '3' });
    const ask = async (sub: string) => {
      const token = await issuer.token({ claims: { sub } });
      return (await POST(gateway.url, { query: '{ __typename }' }, { token })).status;
    };
    expect([await ask('one'), await ask('one'), await ask('one'), await ask('one')]).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await ask('two')).toBe(200);
  });
});

(hasRedis ? describe : describe.skip)('Processes that share a Redis', () => {
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await TestRedis.start();
  });
  afterEach(() => redis.close());

  test('share the limits, which keep no token and no address', async () => {
    const env = { RATE_LIMIT_COST_PER_MINUTE: String(LIMIT), REDIS_URL: redis.url };
    const [one, two] = [await start(env), await start(env)];
    await useUp(one);
    expectRejected(await POST(two.url, ACCOUNTS));
    const keys = (await redis.command('KEYS', '*')) as string[];
    expect(keys.filter((key) => key.includes(':rate:'))).not.toEqual([]);
    expect(keys.join()).not.toMatch(/demo|127\.0\.0\.1/);
  });

  test('apply their own limits while Redis is unreachable, without delaying requests', async () => {
    const env = { RATE_LIMIT_COST_PER_MINUTE: String(LIMIT), REDIS_URL: redis.url };
    const [one, two] = [await start(env), await start(env)];
    await useUp(one);
    await redis.stop();
    const used = await useUp(one);
    expect(await useUp(two)).toBe(used);
  });
});
