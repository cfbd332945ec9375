/** What rate limiters promise, in memory and in Redis. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { InMemoryRateLimiter } from '../../src/state/rate-limiter.js';
import type { SharedState } from '../../src/state/shared-state.js';
import { hasRedis, TestRedis } from '../helpers/redis.js';
import { openState } from './open-state.js';

let redis: TestRedis | undefined;
beforeAll(async () => {
  if (hasRedis) redis = await TestRedis.start();
});
afterAll(async () => {
  await redis?.close();
});

const LIMIT = { name: 'test', perMinute: 10 };

describe.each([
  ['in memory', (): string | undefined => undefined, true],
  ['in Redis', (): string | undefined => redis?.url, hasRedis],
] as const)('A rate limiter %s', (_kind, url, canRun) => {
  const it = canRun ? test : test.skip;
  let state: SharedState;
  beforeEach(async () => {
    if (url() !== undefined) await redis?.command('FLUSHALL');
    state = await openState(url());
  });
  afterEach(async () => {
    await state.close();
  });

  it('lets each key use its limit, and returns when the minute ends', async () => {
    const limiter = state.rateLimiter(LIMIT);
    expect(await limiter.take('a', 6)).toBeUndefined();
    expect(await limiter.take('a', 4)).toBeUndefined();
    const ms = (await limiter.take('a', 1))!;
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(60_000);
    expect(await limiter.take('b', 10)).toBeUndefined();
  });

  it('uses nothing for what it rejects', async () => {
    const limiter = state.rateLimiter(LIMIT);
    await limiter.take('a', 6);
    expect(await limiter.take('a', 5)).toBeDefined();
    expect(await limiter.take('a', 5)).toBeDefined();
    expect(await limiter.take('a', 4)).toBeUndefined();
  });

  it('counts more than the limit as the whole of it', async () => {
    const limiter = state.rateLimiter(LIMIT);
    expect(await limiter.take('a', 1000)).toBeUndefined();
    expect(await limiter.take('a', 1)).toBeDefined();
    await limiter.take('b', 1);
    expect(await limiter.take('b', 1000)).toBeDefined();
    expect(await limiter.take('b', 9)).toBeUndefined();
  });

  it('lets what was given back be taken again, and no more', async () => {
    const limiter = state.rateLimiter(LIMIT);
    await limiter.take('a', 6);
    await limiter.giveBack('a', 6);
    expect(await limiter.take('a', 10)).toBeUndefined();
    await limiter.giveBack('a', 1000);
    await limiter.giveBack('a', 10);
    expect(await limiter.take('a', 10)).toBeUndefined();
    expect(await limiter.take('a', 1)).toBeDefined();
  });

  it('rejects neither too many nor too few simultaneous requests', async () => {
    const limiter = state.rateLimiter(LIMIT);
    const taken = await Promise.all(Array.from({ length: 50 }, () => limiter.take('a', 1)));
    expect(taken.filter((ms) => ms === undefined)).toHaveLength(10);
  });

  it('separates limits with different names', async () => {
    await state.rateLimiter(LIMIT).take('a', 10);
    expect(await state.rateLimiter({ ...LIMIT, name: 'other' }).take('a', 10)).toBeUndefined();
  });
});

(hasRedis ? test : test.skip)('Redis forgets a key when its minute ends', async () => {
  await redis?.command('FLUSHALL');
  const state = await openState(redis?.url);
  await state.rateLimiter(LIMIT).take('a', 3);
  await state.rateLimiter(LIMIT).take('a', 30);
  await state.rateLimiter(LIMIT).take('a', 2);
  const [key = ''] = (await redis?.command('KEYS', '*')) as string[];
  expect(Number(await redis?.command('GET', key))).toBe(5);
  const ttl = Number(await redis?.command('PTTL', key));
  expect(ttl).toBeGreaterThan(0);
  expect(ttl).toBeLessThanOrEqual(60_000);
  await state.close();
});

test('A limiter in memory remembers a bounded number of keys', async () => {
  const limiter = new InMemoryRateLimiter(LIMIT, 2);
  await limiter.take('a', 10);
  await limiter.take('b', 10);
  expect(await limiter.exhausted('a')).toBeGreaterThan(0);
  expect(await limiter.take('a', 1)).toBeDefined();
  await limiter.take('c', 10);
  expect(await limiter.exhausted('b')).toBeUndefined();
  expect(await limiter.exhausted('a')).toBeGreaterThan(0);
});
