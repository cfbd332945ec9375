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
import { failureOf, pause, useStage, type Stage } from './stage.js';

/** Makes calls one after the other. */
async function readMany(stage: Stage, count: number) {
  const answers = [];
  for (let call = 0; call < count; call += 1) answers.push(await stage.execute(READ_ACCOUNTS));
  return answers;
}

/** What `/readyz` reports about the API. Both probes respond with 200 throughout. */
async function health(stage: Stage): Promise<unknown> {
  const [alive, ready] = await Promise.all(
    ['/healthz', '/readyz'].map((path) => fetch(stage.gateway.url + path)),
  );
  expect([alive?.status, ready?.status]).toEqual([200, 200]);
  const { status, ...told } = (await ready?.json()) as Readonly<Record<string, unknown>>;
  expect(status).toBe('ready');
  return told;
}

const available = { demandApi: 'available', failing: [] };
const degraded = { demandApi: 'degraded', failing: ['GET /accounts'] };
const unreachable = { demandApi: 'unavailable', failing: [] };

describe('over many failing calls', () => {
  const env = { DEMAND_API_RETRY_BUDGET_PERCENT: '0', DEMAND_API_RETRY_BUDGET_FLOOR: '3' };
  const stage = useStage({ env, perTest: true });

  it('retries stay within the budget', async () => {
    stage.on('GET /accounts', { status: 503 });
    for (const answer of await readMany(stage, 6))
      expect(failureOf(answer)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.sent()).toHaveLength(6 + 3);
  });

  it('calls that must not be retried do not use the budget', async () => {
    stage.on('GET /accounts', { status: 403 });
    await readMany(stage, 6);
    stage.on('GET /accounts', [{ status: 503 }, { status: 503 }, { status: 503 }, accounts]);
    expect(await stage.execute(READ_ACCOUNTS)).toMatchObject({ errors: [] });
    expect(stage.sent()).toHaveLength(6 + 4);
  });

  it('a creation without a retry left has an unknown outcome', async () => {
    stage.on('GET /accounts', { status: 503 });
    await stage.execute(READ_ACCOUNTS);
    stage.on(creation, [{ fault: 'reset' }, created]);
    const failed = await stage.execute(CREATE_JOB, { key: 'key-1' });
    expect(failureOf(failed)).toMatchObject({ outcomeUnknown: true, idempotencyKey: 'key-1' });
    expect(stage.sent(creation)).toHaveLength(1);
  });
});

describe('the breaker', () => {
  const stage = useStage({
    env: {
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_BREAKER_MIN_CALLS: '5',
      DEMAND_API_BREAKER_PROBE_MS: '300',
    },
    perTest: true,
  });
  const refused = { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfterSeconds: 1 };

  it('of a failing path opens, sends nothing, and closes after one probe', async () => {
    stage.on('GET /accounts', { status: 503 });
    stage.on(`GET ${run.path}`, runAnswer(5));
    stage.on(creation, created);
    await readMany(stage, 4);
    expect(await health(stage)).toEqual(available);
    await readMany(stage, 1);
    expect(await health(stage)).toEqual(degraded);
    expect(failureOf(await stage.execute(READ_ACCOUNTS))).toEqual(refused);
    expect(stage.sent('GET /accounts')).toHaveLength(5);

    expect(await stage.execute(READ_RUN)).toMatchObject({ errors: [] });
    expect(await stage.execute(CREATE_JOB, { key: 'key-1' })).toMatchObject({ errors: [] });

    await pause(320);
    stage.on('GET /accounts', { ...accounts, delayMs: 150 });
    const probing = stage.execute(READ_ACCOUNTS);
    await stage.untilSent(6, 'GET /accounts');
    expect(failureOf(await stage.execute(READ_ACCOUNTS, {}, { token: 'another' }))).toEqual(refused);
    expect(await probing).toMatchObject({ errors: [], data: { accounts: [{ name: 'Acme' }] } });
    expect(stage.sent('GET /accounts')).toHaveLength(6);
    expect(await health(stage)).toEqual(available);
  });

  it('of connections opens when they are refused, sends nothing at all, and closes after one probe', async () => {
    const { port } = new URL(stage.api.url);
    stage.on('GET /accounts', accounts);
    await stage.api.close();
    await readMany(stage, 5);
    expect(await health(stage)).toEqual(unreachable);
    expect(failureOf(await stage.execute(READ_RUN))).toEqual(refused);
    const creating = failureOf(await stage.execute(CREATE_JOB, { key: 'key-1' }));
    expect(creating).toEqual({ ...refused, idempotencyKey: 'key-1' });

    const back = await startScriptedUpstream({ port: Number(port) });
    back.on('GET', run.path, runAnswer(5));
    expect(failureOf(await stage.execute(READ_RUN))).toEqual(refused);
    expect(back.requests).toEqual([]);
    await pause(320);
    expect(await stage.execute(READ_RUN)).toMatchObject({ errors: [] });
    expect(await health(stage)).toEqual(available);
    await back.close();
  });

  it('stays open if the probe fails', async () => {
    stage.on('GET /accounts', { fault: 'reset' });
    await readMany(stage, 5);
    await pause(320);
    expect(failureOf(await stage.execute(READ_ACCOUNTS))).not.toHaveProperty('retryAfterSeconds');
    expect(failureOf(await stage.execute(READ_ACCOUNTS))).toEqual(refused);
    expect(stage.sent()).toHaveLength(6);
    expect(await health(stage)).toEqual(degraded);
  });

  it.each([400, 401, 403, 404, 409, 412, 422, 429])('never opens for %d', async (status) => {
    stage.on('GET /accounts', { status, headers: { 'retry-after': '0' } });
    await readMany(stage, 12);
    expect(stage.sent()).toHaveLength(12);
    expect(await health(stage)).toEqual(available);
  });

  it('does not open for disconnecting callers', async () => {
    stage.on('GET /accounts', { fault: 'hang' });
    for (let call = 1; call <= 6; call += 1) {
      const { leave } = stage.begin(READ_ACCOUNTS);
      await stage.untilSent(call);
      leave();
    }
    expect(await health(stage)).toEqual(available);
  });
});

describe.each([
  ['GET /accounts', READ_ACCOUNTS, 'http1'],
  ['GET /accounts', READ_ACCOUNTS, 'undici'],
  ['GET /accounts', READ_ACCOUNTS, 'node-fetch'],
  [creation, CREATE_JOB, 'http1'],
])('if %s hangs', (call, document, transport) => {
  const stage = useStage({
    env: {
      DEMAND_API_TRANSPORT: transport,
      DEMAND_API_TIMEOUT_MS: '200',
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_BREAKER_MIN_CALLS: '3',
      DEMAND_API_BREAKER_PROBE_MS: '60000',
    },
    perTest: true,
  });

  it(`it is not asked any more: ${transport}`, async () => {
    stage.on(call, { fault: 'hang' });
    stage.on(`GET ${run.path}`, runAnswer(5));
    for (let nth = 0; nth < 3; nth += 1)
      expect(failureOf(await stage.execute(document))).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(failureOf(await stage.execute(document))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(stage.sent(call)).toHaveLength(3);
    expect(await stage.execute(READ_RUN)).toMatchObject({ errors: [] });
  });
});

describe('a path that always fails', () => {
  const stage = useStage({
    env: {
      DEMAND_API_MAX_ATTEMPTS: '1',
      DEMAND_API_TIMEOUT_MS: '300',
      DEMAND_API_BREAKER_MIN_CALLS: '5',
      DEMAND_API_BREAKER_PROBE_MS: '60000',
    },
    perTest: true,
  });

  it.each(['reset', 'hang'] as const)('by %s does not affect other paths', async (fault) => {
    stage.on('GET /accounts', { fault });
    stage.on(`GET ${run.path}`, runAnswer(5));
    await readMany(stage, 5);
    expect(await health(stage)).toEqual(degraded);
    const refused = { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 60 };
    expect(failureOf(await stage.execute(READ_ACCOUNTS))).toMatchObject(refused);
    expect(await stage.execute(READ_RUN)).toMatchObject({ errors: [] });
  });
});

describe('a breaker that opens between two attempts', () => {
  const stage = useStage({ env: { DEMAND_API_BREAKER_MIN_CALLS: '2' }, perTest: true });

  it('leaves the outcome of a change unknown', async () => {
    stage.on(creation, { status: 503 });
    expect(failureOf(await stage.execute(CREATE_JOB, { key: 'key-1' }))).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
      retryAfterSeconds: 1,
      outcomeUnknown: true,
      idempotencyKey: 'key-1',
      upstream: { status: 503 },
    });
    expect(stage.sent()).toHaveLength(2);
  });
});
