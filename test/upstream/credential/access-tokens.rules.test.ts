import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pino } from 'pino';
import {
  AccessTokens,
  TokenRequestError,
  type AccessToken,
} from '../../../src/upstream/credential/access-tokens.js';
import { UpstreamError } from '../../../src/upstream/errors.js';
import { callScope } from '../faults/scope.js';

const SECOND = 1000;
const HOUR = 3600 * SECOND;

let tokens: AccessTokens;
let requests: number[];
let respond: () => Promise<AccessToken>;

beforeEach(() => {
  jest.useFakeTimers();
  requests = [];
  respond = issue;
  const source = {
    request: () => {
      requests.push(performance.now());
      return respond();
    },
    close: () => undefined,
  };
  tokens = new AccessTokens(source, pino({ level: 'silent' }));
});
afterEach(() => {
  jest.useRealTimers();
});

function issue(lifetime = HOUR): Promise<AccessToken> {
  const obtainedAt = performance.now();
  const authorization = `Bearer ${requests.length}`;
  return Promise.resolve({ authorization, obtainedAt, expiresAt: obtainedAt + lifetime });
}

function reject(isRejection = false, retryAfterSeconds?: number): () => Promise<AccessToken> {
  return () => Promise.reject(new TokenRequestError('no', isRejection, retryAfterSeconds));
}

/** What a caller gets who asks now. */
async function obtain(): Promise<string | UpstreamError> {
  try {
    return (await tokens.obtain(callScope().scope)).authorization;
  } catch (error) {
    if (error instanceof UpstreamError) return error;
    throw error;
  }
}

/** Asks ten times a second. @returns what was obtained */
async function load(seconds: number): Promise<(string | UpstreamError)[]> {
  const obtained = [];
  for (let tick = 0; tick < seconds * 10; tick += 1) {
    obtained.push(await obtain());
    jest.advanceTimersByTime(SECOND / 10);
  }
  return obtained;
}

describe('a token endpoint that is down for ten seconds', () => {
  it('gets requests at growing intervals, and one soon after it recovers', async () => {
    respond = reject();
    const errors = await load(10);
    expect(new Set(errors.map((error) => error instanceof UpstreamError && error.code))).toEqual(
      new Set(['UNAVAILABLE']),
    );
    expect(requests.map((at) => Math.round((at - requests[0]!) / SECOND))).toEqual([0, 1, 3, 7]);
    respond = issue;
    const after = await load(5);
    expect(after.at(-1)).toBe('Bearer 5');
    expect(requests).toHaveLength(5);
  });

  it('is first taken for a glitch, and then known to be down', async () => {
    respond = reject();
    expect(await obtain()).toMatchObject({ details: { notAdmitted: false, retryAfterSeconds: 1 } });
    expect(await obtain()).toMatchObject({ details: { notAdmitted: true, retryAfterSeconds: 1 } });
    jest.advanceTimersByTime(SECOND);
    expect(await obtain()).toMatchObject({ details: { notAdmitted: true, retryAfterSeconds: 2 } });
  });

  it('with a `Retry-After` gets no earlier request', async () => {
    respond = reject(false, 20);
    await load(19);
    expect(requests).toHaveLength(1);
    await load(3);
    expect(requests).toHaveLength(2);
  });

  it('with a `Retry-After` of a day gets a request after a minute', async () => {
    respond = reject(false, 86_400);
    await load(61);
    expect(requests).toHaveLength(2);
  });
});

it('an endpoint that rejects the client eventually gets one request a minute', async () => {
  respond = reject(true);
  await load(300);
  expect(requests.length).toBeLessThan(12);
  await load(60);
  expect(requests.length).toBeLessThan(13);
});

it('a token is renewed in the background, and used until shortly before it expires', async () => {
  await obtain();
  respond = reject();
  jest.advanceTimersByTime(HOUR - 61 * SECOND);
  expect(await obtain()).toBe('Bearer 1');
  expect(requests).toHaveLength(1);
  const used = await load(62);
  expect(requests.length).toBeGreaterThan(2);
  const last = used.lastIndexOf('Bearer 1');
  expect(used.slice(0, last + 1)).toEqual(used.slice(0, last + 1).map(() => 'Bearer 1'));
  // Five of the 61 seconds are left for calls to arrive.
  expect(Math.round(last / 10)).toBe(56);
});

describe('a rejected token', () => {
  it('is renewed at once after it has served for a while, however often', async () => {
    for (let round = 1; round <= 20; round += 1) {
      expect(await obtain()).toBe(`Bearer ${round}`);
      jest.advanceTimersByTime(60 * SECOND);
      expect(tokens.reject(tokens.current!)).toBe(true);
    }
  });

  it('counts for the token that was rejected, not for its successor', async () => {
    await obtain();
    const first = tokens.current!;
    expect(tokens.reject(first)).toBe(true);
    expect(await obtain()).toBe('Bearer 2');
    expect(tokens.reject(first)).toBe(true);
    expect(await obtain()).toBe('Bearer 2');
    expect(requests).toHaveLength(2);
  });

  it('is kept during a pause if its predecessors were rejected as soon', async () => {
    const rejections: boolean[] = [];
    for (let tick = 0; tick < 6000; tick += 1) {
      await obtain();
      rejections.push(tokens.reject(tokens.current!));
      expect(tokens.current === undefined).toBe(rejections.at(-1));
      jest.advanceTimersByTime(SECOND / 10);
    }
    // Ten minutes: three at once, then after 1, 2, 4, 8, 16, 32 seconds, then every minute.
    expect(rejections.filter(Boolean).length).toBeLessThan(22);
    expect(rejections.slice(0, 4)).toEqual([true, true, true, true]);
    expect(requests.length).toBeLessThan(22);
  });
});

it('closes without a further request', async () => {
  await obtain();
  tokens.close();
  jest.advanceTimersByTime(HOUR - 30 * SECOND);
  expect(tokens.current).toBeDefined();
  expect(requests).toHaveLength(1);
});
