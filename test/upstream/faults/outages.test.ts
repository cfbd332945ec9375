import {
  accounts,
  CREATE_JOB,
  created,
  creation,
  READ_ACCOUNTS,
  READ_RUN,
  run,
  runAnswer,
} from './demand.js';
import { startScriptedUpstream } from '../../helpers/scripted-upstream.js';
import { failureOf, pause, useGatewayFixture, type GatewayFixture } from './gateway-fixture.js';

/** Makes calls one after the other. */
async function readMany(fixture: GatewayFixture, count: number) {
  const answers = [];
  for (let call = 0; call < count; call += 1) answers.push(await fixture.execute(READ_ACCOUNTS));
  return answers;
}

/** What `/readyz` reports about the API. Both probes respond with 200 throughout. */
async function health(fixture: GatewayFixture): Promise<unknown> {
  const [alive, ready] = await Promise.all(
    ['/healthz', '/readyz'].map((path) => fetch(fixture.gateway.url + path)),
  );
  expect([alive?.status, ready?.status]).toEqual([200, 200]);
  const { status, ...report } = (await ready?.json()) as Readonly<Record<string, unknown>>;
  expect(status).toBe('ready');
  return report;
}

const available = { demandApi: 'available', failing: [] };
const degraded = { demandApi: 'degraded', failing: ['GET /accounts'] };
const unreachable = { demandApi: 'unavailable', failing: [] };

describe('over many failing calls', () => {
  const env = { DEMAND_API_RETRY_BUDGET_PERCENT: '0', DEMAND_API_RETRY_BUDGET_FLOOR: '3' };
  const fixture = useGatewayFixture({ env, perTest: true });

  it('retries stay within the budget', async () => {
    fixture.on('GET /accounts', { status: 503 });
    for (const answer of await readMany(fixture, 6))
      expect(failureOf(answer)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(fixture.sent()).toHaveLength(6 + 3);
  });

  it('calls that must not be retried do not use the budget', async () => {
    fixture.on('GET /accounts', { status: 403 });
    await readMany(fixture, 6);
    fixture.on('GET /accounts', [{ status: 503 }, { status: 503 }, { status: 503 }, accounts]);
    expect(await fixture.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(fixture.sent()).toHaveLength(6 + 4);
  });

  it('a creation without a retry left has an unknown outcome', async () => {
    fixture.on('GET /accounts', { status: 503 });
    await fixture.execute(READ_ACCOUNTS);
    fixture.on(creation, [{ fault: 'reset' }, created]);
    const failed = await fixture.execute(CREATE_JOB, { key: 'key-1' });
    expect(failureOf(failed)).toMatchObject({ outcomeUnknown: true, idempotencyKey: 'key-1' });
    expect(fixture.sent(creation)).toHaveLength(1);
  });
});

describe('the breaker', () => {
  /** What is expected of an open breaker must happen within this time. */
  const PROBE_MS = 1000;
  const fixture = useGatewayFixture({
    env: {
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_BREAKER_MIN_CALLS: '5',
      DEMAND_API_BREAKER_PROBE_MS: String(PROBE_MS),
    },
    perTest: true,
  });
  const rejected = { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterSeconds: 1 };

  it('of a failing path opens, sends nothing, and closes after one probe', async () => {
    fixture.on('GET /accounts', { status: 503 });
    fixture.on(`GET ${run.path}`, runAnswer(5));
    fixture.on(creation, created);
    await readMany(fixture, 4);
    expect(await health(fixture)).toEqual(available);
    await readMany(fixture, 1);
    expect(await health(fixture)).toEqual(degraded);
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toEqual(rejected);
    expect(fixture.sent('GET /accounts')).toHaveLength(5);

    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [] });
    expect(await fixture.execute(CREATE_JOB, { key: 'key-1' })).toMatchObject({ errors: [] });

    await pause(PROBE_MS + 20);
    fixture.on('GET /accounts', { ...accounts, delayMs: 500 });
    const probing = fixture.execute(READ_ACCOUNTS);
    await fixture.untilSent(6, 'GET /accounts');
    expect(failureOf(await fixture.execute(READ_ACCOUNTS, {}, { token: 'another' }))).toEqual(rejected);
    expect(await probing).toMatchObject({ errors: [], data: { accounts: [{ name: 'Acme' }] } });
    expect(fixture.sent('GET /accounts')).toHaveLength(6);
    expect(await health(fixture)).toEqual(available);
  });

  it('of connections opens when they are refused, sends nothing at all, and closes after one probe', async () => {
    const { port } = new URL(fixture.api.url);
    fixture.on('GET /accounts', accounts);
    await fixture.api.close();
    await readMany(fixture, 5);
    expect(await health(fixture)).toEqual(unreachable);
    expect(failureOf(await fixture.execute(READ_RUN))).toEqual(rejected);
    const creating = failureOf(await fixture.execute(CREATE_JOB, { key: 'key-1' }));
    expect(creating).toEqual({ ...rejected, idempotencyKey: 'key-1' });

    const back = await startScriptedUpstream({ port: Number(port) });
    back.on('GET', run.path, runAnswer(5));
    expect(failureOf(await fixture.execute(READ_RUN))).toEqual(rejected);
    expect(back.requests).toEqual([]);
    await pause(PROBE_MS + 20);
    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [] });
    expect(await health(fixture)).toEqual(available);
    await back.close();
  });

  it('stays open if the probe fails', async () => {
    fixture.on('GET /accounts', { fault: 'reset' });
    await readMany(fixture, 5);
    await pause(PROBE_MS + 20);
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).not.toHaveProperty('retryAfterSeconds');
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toEqual(rejected);
    expect(fixture.sent()).toHaveLength(6);
    expect(await health(fixture)).toEqual(degraded);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 429])('never opens for %d', async (status) => {
    fixture.on('GET /accounts', { status, headers: { 'retry-after': '0' } });
    await readMany(fixture, 12);
    expect(fixture.sent()).toHaveLength(12);
    expect(await health(fixture)).toEqual(available);
  });

  it('does not open for disconnecting callers', async () => {
    fixture.on('GET /accounts', { fault: 'hang' });
    for (let call = 1; call <= 6; call += 1) {
      const { leave } = fixture.begin(READ_ACCOUNTS);
      await fixture.untilSent(call);
      leave();
    }
    expect(await health(fixture)).toEqual(available);
  });
});

describe.each([
  ['GET /accounts', READ_ACCOUNTS, 'http1'],
  ['GET /accounts', READ_ACCOUNTS, 'undici'],
  ['GET /accounts', READ_ACCOUNTS, 'node-fetch'],
  [creation, CREATE_JOB, 'http1'],
])('if %s hangs', (call, document, transport) => {
  const fixture = useGatewayFixture({
    env: {
      DEMAND_API_TRANSPORT: transport,
      DEMAND_API_TIMEOUT_MS: '600',
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_BREAKER_MIN_CALLS: '3',
      DEMAND_API_BREAKER_PROBE_MS: '60000',
    },
    perTest: true,
  });

  it(`it is not asked any more: ${transport}`, async () => {
    fixture.on(call, { fault: 'hang' });
    fixture.on(`GET ${run.path}`, runAnswer(5));
    for (let nth = 0; nth < 3; nth += 1)
      expect(failureOf(await fixture.execute(document))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(failureOf(await fixture.execute(document))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(fixture.sent(call)).toHaveLength(3);
    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [] });
  });
});

describe('a path that always fails', () => {
  const fixture = useGatewayFixture({
    env: {
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_TIMEOUT_MS: '600',
      DEMAND_API_BREAKER_MIN_CALLS: '5',
      DEMAND_API_BREAKER_PROBE_MS: '60000',
    },
    perTest: true,
  });

  it.each(['reset', 'hang'] as const)('by %s does not affect other paths', async (fault) => {
    fixture.on('GET /accounts', { fault });
    fixture.on(`GET ${run.path}`, runAnswer(5));
    await readMany(fixture, 5);
    expect(await health(fixture)).toEqual(degraded);
    const rejected = { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 60 };
    expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject(rejected);
    expect(await fixture.execute(READ_RUN)).toMatchObject({ errors: [] });
  });
});

describe('a breaker that opens between two attempts', () => {
  const fixture = useGatewayFixture({ env: { DEMAND_API_BREAKER_MIN_CALLS: '2' }, perTest: true });

  it('leaves the outcome of a change unknown', async () => {
    fixture.on(creation, { status: 503 });
    expect(failureOf(await fixture.execute(CREATE_JOB, { key: 'key-1' }))).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      retryAfterSeconds: 1,
      outcomeUnknown: true,
      idempotencyKey: 'key-1',
      upstream: { status: 503 },
    });
    expect(fixture.sent()).toHaveLength(2);
  });
});
