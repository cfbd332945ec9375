import { jest, describe } from '@jest/globals';
import type { ScriptedResponse } from '../../helpers/scripted-upstream.js';
import {
  accounts,
  CREATE_JOB,
  created,
  creation,
  READ_ACCOUNTS,
  changeDocument,
  changes,
  job,
  run,
  runAnswer,
} from './demand.js';
import { failureOf, until, useGatewayFixture, pause } from './gateway-fixture.js';

describe('Deadlines', () => {
  const slow: readonly (readonly [string, ScriptedResponse])[] = [
    ['says nothing', { fault: 'hang' }],
    ['waits with the headers', { ...accounts, delayMs: 30_000 }],
    ['waits with half of the body', { ...accounts, bodyDelayMs: 30_000 }],
  ];

  describe.each([
    ['An attempt', { DEMAND_API_TIMEOUT_MS: '800', DEMAND_API_MAX_ATTEMPTS: '1' }],
    ['A whole request', { REQUEST_TIMEOUT_MS: '800', DEMAND_API_TIMEOUT_MS: '30000' }],
  ])('%s that takes too long', (_what, env) => {
    const fixture = useGatewayFixture({ env, perTest: true });

    it.each(slow)('fails if the API %s, and frees the socket', async (_how, answer) => {
      fixture.on('GET /accounts', answer);
      const failed = await fixture.execute(READ_ACCOUNTS);
      expect(failureOf(failed)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true });
      expect(failed.data).toEqual({ accounts: null });
      await until(() => fixture.api.connections() === 0);
      expect(fixture.sent()).toHaveLength(1);
      expect(fixture.api.abandoned).toHaveLength(1);
    });
  });

  describe('a change with a success status', () => {
    const fixture = useGatewayFixture({ env: { DEMAND_API_TIMEOUT_MS: '1000' }, perTest: true });

    it('succeeds although its body never ends, and frees the socket', async () => {
      fixture.on(creation, { ...created, body: { any: 'thing' }, bodyDelayMs: 30_000 });
      expect(await fixture.execute(CREATE_JOB, { key: 'key-1' })).toMatchObject({ errors: [] });
      await until(() => fixture.api.connections() === 0);
      expect(fixture.sent()).toHaveLength(1);
    });
  });

  describe('the deadline of an operation', () => {
    const fixture = useGatewayFixture({
      env: {
        REQUEST_TIMEOUT_MS: '4000',
        DEMAND_API_RETRY_BASE_MS: '10000',
        DEMAND_API_RETRY_MAX_MS: '10000',
      },
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('prevents waiting for a retry that would be too late', async () => {
      jest.spyOn(Math, 'random').mockReturnValue(0.5);
      fixture.on('GET /accounts', { status: 503 });
      expect(failureOf(await fixture.execute(READ_ACCOUNTS))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(fixture.sent()).toHaveLength(1);
    });
  });

  describe('the deadline over all attempts', () => {
    const fixture = useGatewayFixture({
      env: { REQUEST_TIMEOUT_MS: '1000', DEMAND_API_TIMEOUT_MS: '400', DEMAND_API_MAX_ATTEMPTS: '20' },
    });

    it.each([
      ['GET /accounts', READ_ACCOUNTS, {}],
      [creation, CREATE_JOB, { outcomeUnknown: true, idempotencyKey: 'key-1' }],
    ])('ends them: %s', async (call, document, more) => {
      fixture.on(call, { fault: 'hang' });
      const failed = await fixture.execute(document, { key: 'key-1' });
      expect(failureOf(failed)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true, ...more });
      expect(fixture.sent().length).toBeLessThanOrEqual(3);
      const sent = fixture.sent().length;
      await until(() => fixture.api.connections() === 0);
      expect(fixture.sent()).toHaveLength(sent);
    });
  });

  describe('with one permit', () => {
    const fixture = useGatewayFixture({ env: { DEMAND_API_CONCURRENCY: '1' }, perTest: true });

    it('all calls succeed, one after the other', async () => {
      fixture.on('GET /accounts', { ...accounts, delayMs: 10 });
      const tokens = ['a', 'b', 'c', 'd', 'e'];
      const answers = await Promise.all(tokens.map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })));
      for (const answer of answers) expect(answer).toMatchObject({ errors: [], data: { accounts: [{}] } });
      expect(fixture.sent()).toHaveLength(tokens.length);
      expect(fixture.api.connections()).toBe(1);
    });
  });

  describe('with one permit and a short deadline', () => {
    const fixture = useGatewayFixture({
      env: { DEMAND_API_CONCURRENCY: '1', REQUEST_TIMEOUT_MS: '200', DEMAND_API_TIMEOUT_MS: '30000' },
      perTest: true,
    });

    it('a call that waits too long times out', async () => {
      fixture.on('GET /accounts', { fault: 'hang' });
      const [first, second] = await Promise.all(
        ['a', 'b'].map((token) => fixture.execute(READ_ACCOUNTS, {}, { token })),
      );
      for (const answer of [first!, second!])
        expect(failureOf(answer)).toEqual({ code: 'UPSTREAM_TIMEOUT', retryable: true });
    });
  });
});

describe('Callers that are gone', () => {
  /** The timeouts are long: only a disconnecting caller ends a call. */
  const fixture = useGatewayFixture({
    env: { DEMAND_API_TIMEOUT_MS: '600000', REQUEST_TIMEOUT_MS: '600000' },
    perTest: true,
  });
  const pausing = changes[1]!;

  /** Sends an operation, and disconnects when a request arrives upstream. */
  async function sendAndLeave(document: string, variables = {}): Promise<void> {
    const { leave } = fixture.begin(document, variables);
    await fixture.untilSent(1);
    leave();
  }

  /** Long enough for any further request to arrive. */
  const settle = () => pause(100);

  describe('a disconnecting caller ends', () => {
    it.each<[string, ScriptedResponse]>([
      ['a read without a response', { fault: 'hang' }],
      ['a read whose body is incomplete', { ...accounts, bodyDelayMs: 30_000 }],
    ])('%s', async (_what, answer) => {
      fixture.on('GET /accounts', answer);
      await sendAndLeave(READ_ACCOUNTS);
      await until(() => fixture.api.abandoned.length === 1 && fixture.api.connections() === 0);
      await settle();
      expect(fixture.sent()).toHaveLength(1);
    });

    it('all reads of the operation', async () => {
      fixture.on('GET /accounts', { fault: 'hang' });
      fixture.on(`GET ${run.path}`, { fault: 'hang' });
      await sendAndLeave(`{ accounts { id } fieldingRun(id: "${run.id}") { id } }`);
      await until(() => fixture.sent().length === fixture.api.abandoned.length);
      await settle();
      expect(fixture.api.connections()).toBe(0);
    });
  });

  describe('a caller that disconnects before a retry', () => {
    const patient = useGatewayFixture({
      env: { DEMAND_API_RETRY_BASE_MS: '1000', DEMAND_API_RETRY_MAX_MS: '1000' },
      perTest: true,
    });
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it.each([
      ['GET /accounts', READ_ACCOUNTS],
      [creation, CREATE_JOB],
      [pausing.call, changeDocument(pausing)],
    ])('ends the wait: %s', async (call, document) => {
      jest.spyOn(Math, 'random').mockReturnValue(0.999);
      patient.on(call, [{ status: 503 }]);
      const { leave } = patient.begin(document);
      await patient.untilSent(1);
      await pause(50);
      leave();
      await pause(1050);
      expect(patient.sent()).toHaveLength(1);
    });
  });

  describe('a disconnecting caller does not end', () => {
    it('a creation that has been sent: its response is processed', async () => {
      fixture.on(creation, { ...created, delayMs: 100 });
      await sendAndLeave(CREATE_JOB, { key: 'key-1' });
      // The gateway reports a job that the API does not show as in progress only if it recorded its creation.
      await until(async () => {
        const { data } = await fixture.execute<{ batchJob: { status: string } | null }>(
          `{ batchJob(id: "${job.id}") { status } }`,
        );
        return data?.batchJob?.status === 'PROCESSING';
      });
      expect(fixture.api.abandoned).toEqual([]);
      expect(fixture.sent(creation)).toHaveLength(1);
    });

    it('an action that has been sent, and causes no read after it', async () => {
      fixture.on(pausing.call, { ...pausing.done, delayMs: 100 });
      fixture.on(`GET ${run.path}`, runAnswer(6, 'Paused'));
      await sendAndLeave(changeDocument(pausing).replace('{ version }', '{ version status }'));
      await pause(250);
      expect(fixture.api.abandoned).toEqual([]);
      expect(fixture.sent()).toHaveLength(1);
    });

    it('a change in flight, but later steps do not start', async () => {
      fixture.on(pausing.call, { ...pausing.done, delayMs: 100 });
      const both = changeDocument(pausing).replace(
        /(mutation \{)([^]*)\}$/,
        (_all, start: string, change: string) => {
          return `${start} ${change} ${change.replace('change:', 'again:')} }`;
        },
      );
      await sendAndLeave(both);
      await pause(250);
      expect(fixture.sent()).toHaveLength(1);
      expect(fixture.api.abandoned).toEqual([]);
    });
  });

  describe('a caller that disconnects while others wait for a permit', () => {
    const narrow = useGatewayFixture({ env: { DEMAND_API_CONCURRENCY: '1' }, perTest: true });

    it('does not end a creation that waited and has been sent', async () => {
      narrow.on('GET /accounts', { ...accounts, delayMs: 100 });
      narrow.on(creation, { ...created, delayMs: 100 });
      const reading = narrow.execute(READ_ACCOUNTS);
      await narrow.untilSent(1);
      const { leave } = narrow.begin(CREATE_JOB, { key: 'key-1' });
      await narrow.untilSent(2);
      leave();
      await reading;
      const { data } = await narrow.execute<object>(`{ batchJob(id: "${job.id}") { status } }`);
      expect(data).toEqual({ batchJob: { status: 'PROCESSING' } });
      expect(narrow.api.abandoned).toEqual([]);
    });
  });
});
