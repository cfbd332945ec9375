import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { UpstreamError } from '../../src/upstream/errors.js';
import { IdempotencyKeys } from '../../src/upstream/state/idempotency-keys.js';
import { InMemoryIdempotencyStore, type IdempotencyStore } from '../../src/state/idempotency-store.js';

const HOUR = 3_600_000;
const pause = ['pause', 'P1', ['T1']];
const resume = ['resume', 'P1', ['T1']];

let keys: IdempotencyKeys;
beforeEach(() => {
  keys = new IdempotencyKeys(new InMemoryIdempotencyStore());
});

describe('a key', () => {
  test('can be claimed again for the same input', async () => {
    for (let use = 0; use < 3; use += 1) expect(await keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('is rejected for other input', async () => {
    await keys.claim('alice', 'k', pause);
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('is separate for each credential', async () => {
    await keys.claim('alice', 'k', pause);
    expect(await keys.claim('bob', 'k', resume)).toBeDefined();
    expect(await keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('is not confused with its credential', async () => {
    await keys.claim('a', 'bc', pause);
    expect(await keys.claim('ab', 'c', resume)).toBeDefined();
  });
});

describe('a key that was released', () => {
  test('is free for other input', async () => {
    await (await keys.claim('alice', 'k', pause))?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeDefined();
    expect(await keys.claim('alice', 'k', pause)).toBeUndefined();
  });

  test('by one of two calls is still claimed by the other', async () => {
    const first = await keys.claim('alice', 'k', pause);
    const second = await keys.claim('alice', 'k', pause);
    await first?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    await second?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('by a failed call stays claimed by an earlier success', async () => {
    await keys.claim('alice', 'k', pause);
    await (await keys.claim('alice', 'k', pause))?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
  });
});

describe('the store', () => {
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  test('lasts 24 hours from the first use', async () => {
    // The cache uses `performance.now()`, and caches its value for a millisecond.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    await keys.claim('alice', 'k', pause);
    jest.advanceTimersByTime(23 * HOUR);
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k', pause)).toBeDefined();
    jest.advanceTimersByTime(HOUR + 1);
    expect(await keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('is bounded, and evicts the least recently used key', async () => {
    keys = new IdempotencyKeys(new InMemoryIdempotencyStore({ maxKeys: 2 }));
    await keys.claim('alice', 'k1', pause);
    await keys.claim('alice', 'k2', pause);
    await keys.claim('alice', 'k1', pause);
    await keys.claim('alice', 'k3', pause);
    expect(await keys.claim('alice', 'k1', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k3', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('keeps the new use of a key when an evicted use of it is released', async () => {
    keys = new IdempotencyKeys(new InMemoryIdempotencyStore({ maxKeys: 1 }));
    const old = await keys.claim('alice', 'k', pause);
    await keys.claim('alice', 'other', pause);
    await keys.claim('alice', 'k', resume);
    await old?.release();
    expect(await keys.claim('alice', 'k', pause)).toBeUndefined();
  });
});

describe('if the store fails', () => {
  const broken: IdempotencyStore = {
    claim: () => Promise.reject(new Error('gone')),
    release: () => Promise.reject(new Error('gone')),
  };

  test('a claim fails with a retryable error that has the key', async () => {
    const failure: unknown = await new IdempotencyKeys(broken)
      .claim('alice', 'k', pause)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UpstreamError);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', details: { idempotencyKey: 'k' } });
  });

  test('a claim that cannot be released stays', async () => {
    const store = new InMemoryIdempotencyStore();
    keys = new IdempotencyKeys({
      claim: (...use) => store.claim(...use),
      release: () => broken.release('', 0),
    });
    await (await keys.claim('alice', 'k', pause))?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
  });
});
