import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
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
import { expectAttempts, failureOf, pause, useGatewayFixture } from './gateway-fixture.js';

const rateLimited = (retryAfter?: string): ScriptedResponse => ({
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
});

/** Less than the default cooldown of one second. */
const fixture = useGatewayFixture({ env: { REQUEST_TIMEOUT_MS: '800' } });

const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

describe('A 429', () => {
  it.each([
    ['no `Retry-After`', () => undefined, 1, 1],
    ['seconds', () => '30', 30, 30],
    ['more than an hour', () => '86400', 86_399, 86_400],
    ['a date', inAnHour, 3_598, 3_600],
    ['garbage', () => 'soon', 1, 1],
    ['a negative number', () => '-5', 1, 1],
    ['a fraction', () => '1.5', 1, 1],
  ])('with %s fails if the wait is too long, and reports it', async (_what, retryAfter, least, most) => {
    fixture.on('GET /accounts', [rateLimited(retryAfter()), accounts]);
    fixture.on(creation, created);

    const rejected = failureOf(await fixture.execute(READ_ACCOUNTS));
    expect(rejected).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    const again = failureOf(await fixture.execute(CREATE_JOB, { key: 'key-1' }));
    expect(again).toMatchObject({ code: 'RATE_LIMITED', retryable: true, idempotencyKey: 'key-1' });

    for (const { retryAfterSeconds } of [rejected, again]) {
      expect(retryAfterSeconds).toBeGreaterThanOrEqual(least);
      expect(retryAfterSeconds).toBeLessThanOrEqual(most);
    }
    expectAttempts(fixture.sent(), 1);
  });

  it('pauses its own credential, and no other', async () => {
    fixture.on('GET /accounts', ({ headers }) =>
      headers.authorization === 'Bearer busy' ? rateLimited('60') : accounts,
    );
    fixture.on(`GET ${run.path}`, runAnswer(5));
    const read = (document: string, token: string) => fixture.execute(document, {}, { token });

    expect(failureOf(await read(READ_ACCOUNTS, 'busy'))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await read(READ_ACCOUNTS, 'idle')).toMatchObject({ errors: [] });
    expect(failureOf(await read(READ_RUN, 'busy'))).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await read(READ_RUN, 'idle')).toMatchObject({ errors: [] });
    expect(fixture.sent().map(({ headers }) => headers.authorization)).toEqual([
      'Bearer busy',
      'Bearer idle',
      'Bearer idle',
    ]);
  });
});

describe('with enough time', () => {
  const patient = useGatewayFixture();

  it('all calls of the credential wait for the `Retry-After` of a 429, then succeed', async () => {
    patient.on('GET /accounts', [rateLimited('1'), accounts]);
    patient.on(`GET ${run.path}`, runAnswer(5));

    const first = patient.execute(READ_ACCOUNTS);
    await patient.untilSent(1);
    await pause(50);
    const second = patient.execute(READ_RUN);
    await pause(200);
    expect(patient.sent()).toHaveLength(1);

    expect(await first).toMatchObject({ errors: [], data: { accounts: [{ name: 'Acme' }] } });
    expect(await second).toMatchObject({ errors: [], data: { fieldingRun: { version: '5' } } });
    expect(patient.sent('GET /accounts')).toHaveLength(2);
    expect(patient.sent(`GET ${run.path}`)).toHaveLength(1);
  });
});

describe('with one permit', () => {
  const narrow = useGatewayFixture({ env: { DEMAND_API_CONCURRENCY: '1' }, perTest: true });

  it('calls that waited while their credential received a 429 are not sent', async () => {
    narrow.on('GET /accounts', { ...rateLimited('60'), delayMs: 100 });
    narrow.on(`GET ${run.path}`, runAnswer(5));
    const first = narrow.execute(READ_ACCOUNTS);
    await narrow.untilSent(1);
    const [rejected, waited] = await Promise.all([first, narrow.execute(READ_RUN)]);
    expect(failureOf(rejected)).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(failureOf(waited)).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
    expect(narrow.sent()).toHaveLength(1);
  });
});

describe('without retries', () => {
  const single = useGatewayFixture({ env: { DEMAND_API_MAX_ATTEMPTS: '1' } });

  it.each([undefined, 'soon'])(
    'a 429 with `Retry-After: %s` reports the default cooldown',
    async (retryAfter) => {
      single.on('GET /accounts', rateLimited(retryAfter));
      single.on(creation, rateLimited(retryAfter));
      const read = failureOf(await single.execute(READ_ACCOUNTS, {}, { token: `read-${retryAfter}` }));
      const made = failureOf(
        await single.execute(CREATE_JOB, { key: 'key-1' }, { token: `make-${retryAfter}` }),
      );
      for (const failure of [read, made]) {
        expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAfterSeconds: 1 });
      }
      expect(single.sent()).toHaveLength(2);
    },
  );
});
