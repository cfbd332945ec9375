import { jest } from '@jest/globals';
import type { Answer } from '../../helpers/gateway.js';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import {
  accounts,
  changeDocument,
  changes,
  CREATE_JOB,
  created,
  creation,
  draftJob,
  job,
  LAUNCH_DRAFT,
  READ_ACCOUNTS,
  READ_RUN,
  run,
  runAnswer,
} from './demand.js';
import {
  BROKEN,
  expectAttempts,
  failureOf,
  useGatewayFixture,
  type GatewayFixture,
  pause,
} from './gateway-fixture.js';

describe('Retries', () => {
  const pausing = changes[1]!;
  const rateLimited = (retryAfter: string): ScriptedResponse => ({
    status: 429,
    headers: { 'retry-after': retryAfter },
  });

  /** A call of each kind: its operation, its response, and the extensions of its failure besides the code. */
  const kinds = [
    {
      kind: 'a read',
      call: 'GET /accounts',
      document: READ_ACCOUNTS,
      done: accounts,
      data: { accounts: [{ name: 'Acme' }] },
      carried: {},
      ofCall: {},
      whereLost: {},
    },
    {
      kind: 'a creation',
      call: creation,
      document: CREATE_JOB,
      done: created,
      data: { pauseTargetGroups: { batchJob: { id: job.id }, idempotencyKey: 'key-1', userErrors: [] } },
      carried: { 'idempotency-key': 'key-1' },
      ofCall: { idempotencyKey: 'key-1' },
      whereLost: { outcomeUnknown: true },
    },
    {
      kind: 'an action',
      call: pausing.call,
      document: changeDocument(pausing),
      done: pausing.done,
      data: { change: { fieldingRun: { version: '6' }, userErrors: [] } },
      carried: { 'if-match': 'W/"5"' },
      ofCall: {},
      whereLost: { outcomeUnknown: true },
    },
    {
      kind: 'the launch of a draft',
      call: `POST ${draftJob.path.replace(/\/J1$/, '')}`,
      document: LAUNCH_DRAFT,
      done: { status: 201, headers: { location: draftJob.path } },
      data: {
        launchDraftTargetGroup: {
          draftLaunchJob: { id: draftJob.id },
          idempotencyKey: 'key-1',
          userErrors: [],
        },
      },
      carried: { 'idempotency-key': 'key-1' },
      ofCall: { idempotencyKey: 'key-1' },
      whereLost: { outcomeUnknown: true },
    },
  ] as const;

  type Kind = (typeof kinds)[number];

  async function make(
    { call, document }: Kind,
    answers: readonly ScriptedResponse[],
    fixture: GatewayFixture,
  ): Promise<Answer<object>> {
    fixture.on(call, answers);
    return await fixture.execute<object>(document, { key: 'key-1' });
  }

  describe.each(kinds)('$kind', (kind) => {
    const fixture = useGatewayFixture({ env: { DEMAND_API_TIMEOUT_MS: '1000' } });
    const { call, done, data, carried, ofCall, whereLost } = kind;

    it.each([
      ...Object.entries(BROKEN),
      ['a 429 that asks for no wait', rateLimited('0')],
      ['a 429 that asks to wait until a time that has passed', rateLimited('Mon, 01 Jan 2024 00:00:00 GMT')],
    ])('is retried after %s', async (_what, answer) => {
      expect(await make(kind, [answer, done], fixture)).toMatchObject({ data, errors: [] });
      expectAttempts(fixture.sent(call), 2);
      expect(fixture.sent(call)[0]?.headers).toMatchObject(carried);
    });

    it('is retried after a series of different failures', async () => {
      const answers = [{ fault: 'reset' }, { status: 503 }, rateLimited('0'), done] as const;
      expect(await make(kind, answers, fixture)).toMatchObject({ data, errors: [] });
      expectAttempts(fixture.sent(call), 4);
    });

    it.each([408, 425, 501, 502, 503, 504, 507])('fails after four attempts with %d', async (status) => {
      const answer = await make(kind, [{ status, body: { id: 'e-1', object: 'x' } }], fixture);
      expect(failureOf(answer)).toEqual({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
        upstream: { status, errorId: 'e-1' },
        ...ofCall,
        ...whereLost,
      });
      expectAttempts(fixture.sent(call), 4);
    });

    it('fails after four resets', async () => {
      const answer = await make(kind, [{ fault: 'reset' }], fixture);
      expect(failureOf(answer)).toEqual({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
        ...ofCall,
        ...whereLost,
      });
      expectAttempts(fixture.sent(call), 4);
    });

    it('fails after four 429s, with a known outcome', async () => {
      const answer = await make(kind, [rateLimited('0')], fixture);
      expect(failureOf(answer)).toEqual({
        code: 'RATE_LIMITED',
        retryable: true,
        retryAfterSeconds: 0,
        upstream: { status: 429 },
        ...ofCall,
      });
      expectAttempts(fixture.sent(call), 4);
    });

    it('is not retried before the `Retry-After` of a 503', async () => {
      const answer = await make(kind, [{ status: 503, headers: { 'retry-after': '60' } }, done], fixture);
      expect(failureOf(answer)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 60 });
      expectAttempts(fixture.sent(call), 1);
    });
  });

  describe.each(kinds)('$kind without a response', (kind) => {
    const fixture = useGatewayFixture({ env: { DEMAND_API_TIMEOUT_MS: '300' } });

    it.each<[string, ScriptedResponse]>([
      ['says nothing', { fault: 'hang' }],
      ['does not come to the headers', { status: 503, delayMs: 30_000 }],
    ])('fails after four attempts if the API %s', async (_what, answer) => {
      expect(failureOf(await make(kind, [answer], fixture))).toEqual({
        code: 'UPSTREAM_TIMEOUT',
        retryable: true,
        ...kind.ofCall,
        ...kind.whereLost,
      });
      expectAttempts(fixture.sent(kind.call), 4);
    });
  });

  describe('a 500', () => {
    const fixture = useGatewayFixture();
    const [read, keyed, conditional, launch] = kinds;

    it.each([read, keyed, launch])('allows a retry of $kind', async (kind) => {
      expect(await make(kind, [{ status: 500 }, kind.done], fixture)).toMatchObject({ data: kind.data });
      expectAttempts(fixture.sent(kind.call), 2);
    });

    it('prevents a retry of an action, and leaves its outcome unknown', async () => {
      const answer = await make(conditional, [{ status: 500 }, conditional.done], fixture);
      expect(failureOf(answer)).toEqual({
        code: 'UPSTREAM_UNAVAILABLE',
        retryable: true,
        outcomeUnknown: true,
        upstream: { status: 500 },
      });
      expectAttempts(fixture.sent(conditional.call), 1);
    });
  });

  describe('a rejection is final', () => {
    const fixture = useGatewayFixture();

    /** The code of the error or of the user error; `null` if the result is null. */
    function verdict({ data, errors }: Answer<object>): unknown {
      if (errors.length > 0) return errors[0]?.extensions?.['code'];
      const [value] = Object.values(data ?? {}) as { userErrors: { code?: string; __typename?: string }[] }[];
      const userError = value?.userErrors[0];
      return userError === undefined ? null : (userError.code ?? userError.__typename);
    }

    it.each([
      [400, 'BAD_USER_INPUT', 'VALIDATION_FAILED', 'ValidationError', 'VALIDATION_FAILED'],
      [401, 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
      [403, 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
      [404, null, 'NOT_FOUND', 'NotFoundError', 'NOT_FOUND'],
      [
        412,
        'UPSTREAM_BAD_RESPONSE',
        'UPSTREAM_BAD_RESPONSE',
        'VersionConflictError',
        'UPSTREAM_BAD_RESPONSE',
      ],
      [422, 'UPSTREAM_BAD_RESPONSE', 'INVALID_STATE', 'InvalidStateError', 'INVALID_STATE'],
    ])('%d: %s, %s, %s, %s', async (status, ...verdicts) => {
      for (const [index, kind] of kinds.entries()) {
        const answer = await make(kind, [{ status }], fixture);
        expect(verdict(answer)).toBe(verdicts[index]);
        expect(answer.errors[0]?.extensions?.['outcomeUnknown']).toBeUndefined();
        expectAttempts(fixture.sent(kind.call), 1);
      }
    });
  });

  describe('a body that is cut off', () => {
    const fixture = useGatewayFixture();
    const [read, keyed, conditional] = kinds;
    const launching = { ...conditional, ...changes[0]!, document: changeDocument(changes[0]!) };

    it('causes a retry of a read', async () => {
      const answer = await make(read, [{ ...read.done, fault: 'truncate' }, read.done], fixture);
      expect(answer).toMatchObject({ data: read.data, errors: [] });
      expectAttempts(fixture.sent(read.call), 2);
    });

    it.each([
      [keyed, { ...keyed.done, body: { any: 'thing' }, fault: 'truncate' }],
      [launching, { ...launching.done, fault: 'truncate' }],
      [launching, { ...launching.done, body: 'no JSON' }],
      [launching, { ...launching.done, body: '' }],
    ] as [Kind, ScriptedResponse][])('does not affect $0.kind with a success status', async (kind, done) => {
      expect(await make(kind, [done], fixture)).toMatchObject({ data: kind.data, errors: [] });
      expectAttempts(fixture.sent(kind.call), 1);
    });
  });
});

describe('Cooldowns', () => {
  const rateLimited = (retryAfter?: string): ScriptedResponse => ({
    status: 429,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });

  /** Just less than the default cooldown of one second. */
  const fixture = useGatewayFixture({ env: { REQUEST_TIMEOUT_MS: '990' } });

  const inAnHour = () => new Date(Date.now() + 3_600_000).toUTCString();

  describe('A 429', () => {
    // The clock stands still, at a whole millisecond, so that all of the cooldown is left for the second call, however late it comes.
    beforeEach(() => {
      jest.spyOn(performance, 'now').mockReturnValue(Math.ceil(performance.now()));
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

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
      patient.on('GET /accounts', [rateLimited('2'), accounts]);
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
});
