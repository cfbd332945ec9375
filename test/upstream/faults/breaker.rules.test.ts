import { jest } from '@jest/globals';
import { Breakers } from '../../../src/upstream/resilience/breakers.js';
import { UpstreamError } from '../../../src/upstream/errors.js';
import { HttpFailure, type HttpFailureKind, type HttpResponse } from '../../../src/upstream/http/http.js';
import { gate } from './waiting.js';

const answer = (status: number): HttpResponse => ({
  status,
  header: () => undefined,
  body: { latin1: '' },
});
const answers = (status: number) => () => Promise.resolve(answer(status));
const fails = (kind: HttpFailureKind) => () => Promise.reject(new HttpFailure(kind, undefined));

const GET_ACCOUNTS = { method: 'GET', path: '/accounts' } as const;
let breakers: Breakers;
beforeEach(() => {
  jest.useFakeTimers();
  breakers = new Breakers({ minCalls: 4, failureShare: 0.5, windowMs: 1000, probeAfterMs: 300 });
});
afterEach(() => {
  jest.useRealTimers();
});

type Route = Parameters<Breakers['execute']>[0];
type Send = Parameters<Breakers['execute']>[1];

/** Makes calls of `/accounts`, and returns the outcome of each: a status, a failure, or `rejected`. */
function outcomesOf(...sends: readonly Send[]): Promise<unknown[]> {
  return outcomesAt(GET_ACCOUNTS, ...sends);
}

async function outcomesAt(route: Route, ...sends: readonly Send[]): Promise<unknown[]> {
  const outcomes: unknown[] = [];
  for (const send of sends) {
    const outcome = await breakers.execute(route, send).then(
      (response) => response?.status ?? 'rejected',
      (error: unknown) => (error instanceof HttpFailure ? error.kind : error),
    );
    outcomes.push(outcome);
  }
  return outcomes;
}

function isClosed(): boolean {
  const { connections, paths } = breakers.states;
  return !connections && paths.length === 0;
}

function times<T>(count: number, value: T): T[] {
  return Array<T>(count).fill(value);
}

/** Opens the breaker, and advances the clock until a probe is due. */
async function openAndWait(): Promise<void> {
  await outcomesOf(...times(4, answers(503)));
  expect(isClosed()).toBe(false);
  jest.advanceTimersByTime(300);
}

describe('a result', () => {
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
  ])('of %d, repeated, leaves it closed: %s', async (status, staysClosed) => {
    expect(await outcomesOf(...times(4, answers(status)))).toEqual(times(4, status));
    expect(isClosed()).toBe(staysClosed);
  });

  it.each([
    ['not-connected', false],
    ['broken', false],
    ['timed-out', false],
    ['aborted', true],
    ['too-large', true],
    ['undecodable', true],
  ] as const)('of %s, repeated, leaves it closed: %s', async (kind, staysClosed) => {
    expect(await outcomesOf(...times(4, fails(kind)))).toEqual(times(4, kind));
    expect(isClosed()).toBe(staysClosed);
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
      expect(isClosed()).toBe(!opens);
    },
  );

  it('calls outside the window do not count', async () => {
    await outcomesOf(...times(3, answers(500)));
    jest.advanceTimersByTime(1000);
    await outcomesOf(...times(3, answers(500)));
    expect(isClosed()).toBe(true);
    await outcomesOf(answers(500));
    expect(isClosed()).toBe(false);
  });
});

describe('an open breaker', () => {
  it('makes no call until a probe is due, and reports when that is', async () => {
    await outcomesOf(...times(4, answers(503)));
    const send = jest.fn(answers(200));
    expect(await outcomesOf(send, send)).toEqual(['rejected', 'rejected']);
    jest.advanceTimersByTime(299);
    expect(await outcomesOf(send)).toEqual(['rejected']);
    expect(send).not.toHaveBeenCalled();
    expect(breakers.retryAfterSeconds).toBe(1);
  });

  it('reports to the sender whether the call is a probe', async () => {
    const send = jest.fn<(isProbe: boolean) => Promise<HttpResponse>>(answers(503));
    await outcomesOf(...times(4, send));
    jest.advanceTimersByTime(300);
    await outcomesOf(send);
    expect(send.mock.calls).toEqual([[false], [false], [false], [false], [true]]);
  });

  it('lets one probe through, rejects all other calls meanwhile, and closes when it succeeds', async () => {
    await openAndWait();
    const { opened: answered, open: answerProbe } = gate();
    const probing = breakers.execute(GET_ACCOUNTS, () => answered.then(answers(404)));
    const send = jest.fn(answers(200));
    expect(await outcomesOf(send, send)).toEqual(['rejected', 'rejected']);
    expect(send).not.toHaveBeenCalled();
    expect(isClosed()).toBe(false);
    answerProbe();
    expect(await probing).toMatchObject({ status: 404 });
    expect(isClosed()).toBe(true);
    expect(await outcomesOf(send)).toEqual([200]);
  });

  it('starts a new count when it closes', async () => {
    await openAndWait();
    await outcomesOf(answers(200), ...times(2, answers(500)));
    expect(isClosed()).toBe(true);
    await outcomesOf(answers(500));
    expect(isClosed()).toBe(false);
  });

  it.each([
    ['gets a 503', answers(503)],
    ['loses its connection', fails('broken')],
    ['loses its caller', fails('aborted')],
    ['misses its deadline before it starts', () => Promise.reject(new UpstreamError('TIMEOUT', 'late'))],
  ])('stays open if the probe %s', async (_what, probe) => {
    await openAndWait();
    const [outcome] = await outcomesOf(probe);
    expect(outcome).not.toBe('rejected');
    expect(isClosed()).toBe(false);
    expect(await outcomesOf(answers(200))).toEqual(['rejected']);
    jest.advanceTimersByTime(300);
    expect(await outcomesOf(answers(200))).toEqual([200]);
    expect(isClosed()).toBe(true);
  });

  it('closes if the response to the probe is too large', async () => {
    await openAndWait();
    expect(await outcomesOf(fails('too-large'))).toEqual(['too-large']);
    expect(isClosed()).toBe(true);
  });
});

describe('a failing path', () => {
  const other = { method: 'GET', path: '/demand/accounts/7/projects/P1' } as const;
  const pooled = () => Promise.reject(new HttpFailure('broken', undefined, { pooled: true }));
  const cut = () => Promise.reject(new HttpFailure('broken', undefined, { answered: true }));
  const slow = () => Promise.reject(new HttpFailure('timed-out', undefined, { answered: true }));

  it.each([
    ['503', answers(503), { connections: false, paths: ['GET /accounts'] }],
    ['a timeout', fails('timed-out'), { connections: false, paths: ['GET /accounts'] }],
    ['an incomplete response at the timeout', slow, { connections: false, paths: ['GET /accounts'] }],
    ['a response that is cut off', cut, { connections: false, paths: ['GET /accounts'] }],
    ['a reset', fails('broken'), { connections: false, paths: ['GET /accounts'] }],
    ['a refused connection', fails('not-connected'), { connections: true, paths: [] }],
    ['a connection that died while idle', pooled, { connections: false, paths: [] }],
  ])('opens the breaker of %s', async (_what, send, states) => {
    await outcomesOf(...times(4, send));
    expect(breakers.states).toEqual(states);
    const rejected = states.connections ? 'rejected' : 200;
    expect(await outcomesAt(other, answers(200))).toEqual([rejected]);
  });

  it.each<[string, Route, string]>([
    ['another path', other, 'GET /demand/accounts/{account_id}/projects/{project_id}'],
    ['another method', { method: 'PUT', path: '/accounts' }, 'PUT /accounts'],
  ])('does not affect %s', async (_what, route, name) => {
    await outcomesOf(...times(4, answers(503)));
    await outcomesAt(route, ...times(3, answers(503)), answers(200));
    expect(breakers.states.paths).toEqual(['GET /accounts']);
    expect(await outcomesOf(answers(200))).toEqual(['rejected']);
    await outcomesAt(route, ...times(4, answers(503)));
    expect(breakers.states.paths).toEqual(['GET /accounts', name]);
    jest.advanceTimersByTime(300);
    expect(await outcomesAt(route, answers(200))).toEqual([200]);
    expect(breakers.states.paths).toEqual(['GET /accounts']);
  });

  it('is the same for all ids and queries', async () => {
    const routes = [7, 8, 9].map((id) => ({
      method: 'GET' as const,
      path: `/demand/accounts/${id}/projects?limit=${id}`,
    }));
    for (const route of [...routes, routes[0]!]) await outcomesAt(route, answers(503));
    expect(await outcomesAt(routes[1]!, answers(200))).toEqual(['rejected']);
  });
});

describe('connections that recover', () => {
  const other = { method: 'POST', path: '/demand/accounts/7/projects/P1/batch-jobs/pause-them' } as const;

  it('are detected by one probe of any path', async () => {
    await outcomesOf(...times(4, fails('not-connected')));
    jest.advanceTimersByTime(300);
    const { opened: answered, open: answerProbe } = gate();
    const probing = breakers.execute(other, () => answered.then(answers(503)));
    expect(await outcomesOf(answers(200))).toEqual(['rejected']);
    answerProbe();
    expect(await probing).toMatchObject({ status: 503 });
    expect(isClosed()).toBe(true);
    expect(await outcomesOf(answers(200))).toEqual([200]);
  });

  it('do not close the breaker of a path', async () => {
    await outcomesOf(...times(4, answers(503)));
    jest.advanceTimersByTime(200);
    await outcomesAt(other, ...times(5, fails('not-connected')));
    expect(breakers.states).toEqual({ connections: true, paths: ['GET /accounts'] });
    jest.advanceTimersByTime(299);
    expect(await outcomesAt(other, answers(200))).toEqual(['rejected']);
    jest.advanceTimersByTime(1);
    expect(await outcomesAt(other, answers(200))).toEqual([200]);
    expect(breakers.states).toEqual({ connections: false, paths: ['GET /accounts'] });
  });
});
