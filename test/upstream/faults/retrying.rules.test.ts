import {
  UpstreamError,
  type UpstreamErrorCode,
  type UpstreamErrorDetails,
} from '../../../src/upstream/errors.js';
import { RetryBudget } from '../../../src/upstream/resilience/retry-budget.js';
import type { CallKind } from '../../../src/upstream/http/call.js';
import { retryDelayMs } from '../../../src/upstream/resilience/retry.js';
import { SlidingWindow } from '../../../src/upstream/resilience/sliding-window.js';

describe('retryDelayMs', () => {
  const policy = { maxAttempts: 4, baseDelayMs: 100, maxDelayMs: 250 };
  const kinds: readonly CallKind[] = ['read', 'keyed', 'conditional'];

  const delay = (
    kind: CallKind,
    code: UpstreamErrorCode,
    details: UpstreamErrorDetails = {},
    { attempt = 1, random = 0.5 } = {},
  ) => retryDelayMs({ kind, error: new UpstreamError(code, 'failed', details), attempt, random }, policy);

  it.each<[UpstreamErrorCode, UpstreamErrorDetails, readonly CallKind[]]>([
    ['RATE_LIMITED', { status: 429 }, kinds],
    ['TIMEOUT', { answerLost: true }, kinds],
    ['TIMEOUT', {}, kinds],
    ['UNAVAILABLE', {}, kinds],
    ['UNAVAILABLE', { answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 502, answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 503, answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 504, answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 500, answerLost: true }, ['read', 'keyed']],
    ['UNAVAILABLE', { status: 501, answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 408, answerLost: true }, kinds],
    ['UNAVAILABLE', { status: 425, answerLost: true }, kinds],
    ['UNAVAILABLE', { notAdmitted: true }, []],
    ['RATE_LIMITED', { notAdmitted: true }, []],
    ['INVALID_REQUEST', { status: 400 }, []],
    ['UNAUTHENTICATED', { status: 401 }, []],
    ['FORBIDDEN', { status: 403 }, []],
    ['NOT_FOUND', { status: 404 }, []],
    ['PRECONDITION_FAILED', { status: 412 }, []],
    ['INVALID_STATE', { status: 422 }, []],
    ['BAD_RESPONSE', { status: 200 }, []],
    ['BAD_RESPONSE', { status: 409, answerLost: true }, []],
  ])('%s %j: %j', (code, details, repeated) => {
    expect(kinds.filter((kind) => delay(kind, code, details) !== undefined)).toEqual(repeated);
  });

  it.each([
    [1, 100],
    [2, 200],
    [3, 250],
    [4, undefined],
    [5, undefined],
  ])('after attempt %d waits from 0 to %s ms', (attempt, longest) => {
    const waits = [0, 0.5, 1].map((random) => delay('read', 'TIMEOUT', {}, { attempt, random }));
    expect(waits).toEqual(longest === undefined ? Array(3).fill(undefined) : [0, longest / 2, longest]);
  });

  it.each([
    [0, 0, 0],
    [0, 1, 100],
    [1, 0, 1000],
    [1, 1, 1000],
    [86_400, 1, 86_400_000],
  ])('asked to wait %d s, waits at least that: random %d waits %d ms', (retryAfterSeconds, random, ms) => {
    expect(delay('read', 'RATE_LIMITED', { retryAfterSeconds }, { random })).toBe(ms);
    expect(delay('conditional', 'UNAVAILABLE', { status: 503, retryAfterSeconds }, { random })).toBe(ms);
  });
});

describe('the retry budget', () => {
  /** How many retries the budget grants. */
  const granted = (budget: RetryBudget, now: number) =>
    Array.from({ length: 1000 }, () => budget.takeRetry(now)).filter(Boolean).length;
  const called = (budget: RetryBudget, calls: number, now: number) => {
    for (let call = 0; call < calls; call += 1) budget.countCall(now);
  };

  it.each([
    [0.2, 10, 0, 10],
    [0.2, 10, 50, 10],
    [0.2, 10, 51, 11],
    [0.2, 10, 1000, 200],
    [0, 3, 1000, 3],
    [0.2, 0, 0, 0],
    [1, 0, 7, 7],
  ])('of share %d and floor %d grants, after %d calls, %d retries', (share, floor, calls, retries) => {
    const budget = new RetryBudget({ share, floor });
    called(budget, calls, 0);
    expect(granted(budget, 0)).toBe(retries);
    expect(granted(budget, 9_999)).toBe(0);
  });

  it('covers the last ten seconds', () => {
    const budget = new RetryBudget({ share: 0.5, floor: 1 });
    called(budget, 20, 0);
    expect(granted(budget, 500)).toBe(10);
    expect(granted(budget, 10_500)).toBe(1);
  });
});

describe('a sliding window', () => {
  it('forgets older events, by tenths of its length', () => {
    const window = new SlidingWindow<'a' | 'b'>(1000);
    window.add('a', 0);
    window.add('a', 99);
    window.add('b', 100);
    window.add('a', 950);
    const counts = [950, 999, 1000, 1099, 1100, 1899, 1900].map((now) => [
      window.count('a', now),
      window.count('b', now),
    ]);
    expect(counts).toEqual([
      [3, 1],
      [3, 1],
      [1, 1],
      [1, 1],
      [1, 0],
      [1, 0],
      [0, 0],
    ]);
  });

  it('keeps at most ten buckets', () => {
    const window = new SlidingWindow<'a'>(1000);
    for (let now = 0; now < 100_000; now += 10) window.add('a', now);
    expect(window.count('a', 99_990)).toBe(100);
  });

  it('is empty after it is cleared', () => {
    const window = new SlidingWindow<'a'>(1000);
    window.add('a', 0);
    window.clear();
    expect(window.count('a', 0)).toBe(0);
  });
});
