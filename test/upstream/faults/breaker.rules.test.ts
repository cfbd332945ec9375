import { jest } from '@jest/globals';
import { Breaker } from '../../../src/upstream/breaker.js';
import { UpstreamError } from '../../../src/upstream/errors.js';
import { HttpFailure, type HttpFailureKind, type HttpResponse } from '../../../src/upstream/http.js';
import { gate } from './stage.js';

const answer = (status: number): HttpResponse => ({
  status,
  header: () => undefined,
  body: { octets: '' },
});
const answers = (status: number) => () => Promise.resolve(answer(status));
const fails = (kind: HttpFailureKind) => () => Promise.reject(new HttpFailure(kind, undefined));

let breaker: Breaker;
beforeEach(() => {
  jest.useFakeTimers();
  breaker = new Breaker({ minCalls: 4, failureShare: 0.5, windowMs: 1000, probeAfterMs: 300 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Lets calls through the breaker, and tells what became of each: a status, a failure, or `refused`. */
async function outcomesOf(...sends: readonly (() => Promise<HttpResponse>)[]): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (const send of sends) {
    const outcome = await breaker.execute(send).then(
      (response) => response?.status ?? 'refused',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : error),
    );
    outcomes.push(outcome);
  }
  return outcomes;
}

function times<T>(count: number, value: T): T[] {
  return Array<T>(count).fill(value);
}

/** Opens the breaker, and lets the time pass until it takes a probe. */
async function openAndWait(): Promise<void> {
  await outcomesOf(...times(4, answers(503)));
  expect(breaker.takesCalls).toBe(false);
  jest.advanceTimersByTime(300);
}

describe('What counts', () => {
  it.each([
    [500, false],
    [502, false],
    [503, false],
    [504, false],
    [599, false],
    [200, true],
    [204, true],
    [301, true],
    [304, true],
    [400, true],
    [401, true],
    [404, true],
    [412, true],
    [422, true],
    [429, true],
    [499, true],
  ])('many times %d leaves it closed: %s', async (status, staysClosed) => {
    expect(await outcomesOf(...times(4, answers(status)))).toEqual(times(4, status));
    expect(breaker.takesCalls).toBe(staysClosed);
  });

  it.each([
    ['not-connected', false],
    ['broken', false],
    ['timed-out', false],
    ['aborted', true],
    ['too-large', true],
    ['undecodable', true],
  ] as const)('many times %s leaves it closed: %s', async (kind, staysClosed) => {
    expect(await outcomesOf(...times(4, fails(kind)))).toEqual(times(4, kind));
    expect(breaker.takesCalls).toBe(staysClosed);
  });
});

describe('How many', () => {
  it.each([
    { failures: 3, successes: 0, opens: false },
    { failures: 4, successes: 0, opens: true },
    { failures: 3, successes: 3, opens: false },
    { failures: 4, successes: 3, opens: true },
    { failures: 50, successes: 50, opens: false },
    { failures: 51, successes: 50, opens: true },
  ])(
    '$failures failures after $successes successes open it: $opens',
    async ({ failures, successes, opens }) => {
      await outcomesOf(...times(successes, answers(200)), ...times(failures, answers(500)));
      expect(breaker.takesCalls).toBe(!opens);
    },
  );

  it('what is past the window counts no more', async () => {
    await outcomesOf(...times(3, answers(500)));
    jest.advanceTimersByTime(1000);
    await outcomesOf(...times(3, answers(500)));
    expect(breaker.takesCalls).toBe(true);
    await outcomesOf(answers(500));
    expect(breaker.takesCalls).toBe(false);
  });
});

describe('An open breaker', () => {
  it('makes no call until the time has come, and says when', async () => {
    await outcomesOf(...times(4, answers(503)));
    const send = jest.fn(answers(200));
    expect(await outcomesOf(send, send)).toEqual(['refused', 'refused']);
    jest.advanceTimersByTime(299);
    expect(await outcomesOf(send)).toEqual(['refused']);
    expect(send).not.toHaveBeenCalled();
    expect(breaker.retryAfterSeconds).toBe(1);
  });

  it('says that it takes calls once a probe is due: a load balancer has to send one', async () => {
    await openAndWait();
    expect(breaker.takesCalls).toBe(true);
    await outcomesOf(answers(503));
    expect(breaker.takesCalls).toBe(false);
  });

  it('lets one probe through, refuses all others meanwhile, and closes when it succeeds', async () => {
    await openAndWait();
    const { opened: answered, open: answerProbe } = gate();
    const probing = breaker.execute(() => answered.then(answers(404)));
    const send = jest.fn(answers(200));
    expect(await outcomesOf(send, send)).toEqual(['refused', 'refused']);
    expect(send).not.toHaveBeenCalled();
    expect(breaker.takesCalls).toBe(false);
    answerProbe();
    expect(await probing).toMatchObject({ status: 404 });
    expect(breaker.takesCalls).toBe(true);
    expect(await outcomesOf(send)).toEqual([200]);
  });

  it('begins to count anew once it has closed', async () => {
    await openAndWait();
    await outcomesOf(answers(200), ...times(2, answers(500)));
    expect(breaker.takesCalls).toBe(true);
    await outcomesOf(answers(500));
    expect(breaker.takesCalls).toBe(false);
  });

  it.each([
    ['is answered with 503', answers(503)],
    ['breaks', fails('broken')],
    ['is left by its caller', fails('aborted')],
    ['has no time to begin', () => Promise.reject(new UpstreamError('TIMEOUT', 'late'))],
  ])('stays open where the probe %s', async (_what, probe) => {
    await openAndWait();
    const [outcome] = await outcomesOf(probe);
    expect(outcome).not.toBe('refused');
    expect(breaker.takesCalls).toBe(false);
    expect(await outcomesOf(answers(200))).toEqual(['refused']);
    jest.advanceTimersByTime(300);
    expect(await outcomesOf(answers(200))).toEqual([200]);
    expect(breaker.takesCalls).toBe(true);
  });

  it('closes where the probe is answered with too much', async () => {
    await openAndWait();
    expect(await outcomesOf(fails('too-large'))).toEqual(['too-large']);
    expect(breaker.takesCalls).toBe(true);
  });
});
