import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { IdempotencyKeys } from '../../src/upstream/idempotency-keys.js';

const HOUR = 3_600_000;
const pause = ['pause', 'P1', ['T1']];
const resume = ['resume', 'P1', ['T1']];

let keys: IdempotencyKeys;
beforeEach(() => {
  keys = new IdempotencyKeys();
});

describe('a key', () => {
  test('is taken again for the same input, as often as it comes', () => {
    for (let use = 0; use < 3; use += 1) expect(keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('is refused for other input', () => {
    keys.claim('alice', 'k', pause);
    expect(keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('of one credential is nothing to another', () => {
    keys.claim('alice', 'k', pause);
    expect(keys.claim('bob', 'k', resume)).toBeDefined();
    expect(keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('and its credential are not mixed up', () => {
    keys.claim('a', 'bc', pause);
    expect(keys.claim('ab', 'c', resume)).toBeDefined();
  });
});

describe('a key that was released', () => {
  test('is free for other input', () => {
    keys.claim('alice', 'k', pause)?.release();
    expect(keys.claim('alice', 'k', resume)).toBeDefined();
    expect(keys.claim('alice', 'k', pause)).toBeUndefined();
  });

  test('by one of two calls is still held by the other', () => {
    const first = keys.claim('alice', 'k', pause);
    const second = keys.claim('alice', 'k', pause);
    first?.release();
    expect(keys.claim('alice', 'k', resume)).toBeUndefined();
    second?.release();
    expect(keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('by a call that failed after one that succeeded stays taken', () => {
    keys.claim('alice', 'k', pause);
    keys.claim('alice', 'k', pause)?.release();
    expect(keys.claim('alice', 'k', resume)).toBeUndefined();
  });
});

describe('the memory', () => {
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  test('lasts 24 hours from the first use', () => {
    // The cache reads the clock of `performance`, and keeps what it read for a millisecond.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    keys.claim('alice', 'k', pause);
    jest.advanceTimersByTime(23 * HOUR);
    expect(keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(keys.claim('alice', 'k', pause)).toBeDefined();
    jest.advanceTimersByTime(HOUR + 1);
    expect(keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('holds so many keys, and forgets the one that was used longest ago', () => {
    keys = new IdempotencyKeys({ maxKeys: 2 });
    keys.claim('alice', 'k1', pause);
    keys.claim('alice', 'k2', pause);
    keys.claim('alice', 'k1', pause);
    keys.claim('alice', 'k3', pause);
    expect(keys.claim('alice', 'k1', resume)).toBeUndefined();
    expect(keys.claim('alice', 'k3', resume)).toBeUndefined();
    expect(keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('does not lose the new use of a key when the old one, forgotten meanwhile, is released', () => {
    keys = new IdempotencyKeys({ maxKeys: 1 });
    const old = keys.claim('alice', 'k', pause);
    keys.claim('alice', 'other', pause);
    keys.claim('alice', 'k', resume);
    old?.release();
    expect(keys.claim('alice', 'k', pause)).toBeUndefined();
  });
});
