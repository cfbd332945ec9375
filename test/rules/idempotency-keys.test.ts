import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { UpstreamError } from '../../src/upstream/errors.js';
import { IdempotencyKeys } from '../../src/upstream/state/idempotency-keys.js';
import {
  InMemoryIdempotencyStore,
  type IdempotencyStore,
} from '../../src/upstream/state/idempotency-store.js';

const HOUR = 3_600_000;
const pause = ['pause', 'P1', ['T1']];
const resume = ['resume', 'P1', ['T1']];

let keys: IdempotencyKeys;
beforeEach(() => {
  keys = new IdempotencyKeys(new InMemoryIdempotencyStore());
});

describe('a key', () => {
  test('is taken again for the same input, as often as it comes', async () => {
    for (let use = 0; use < 3; use += 1) expect(await keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('is refused for other input', async () => {
    await keys.claim('alice', 'k', pause);
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k', pause)).toBeDefined();
  });

  test('of one credential is nothing to another', async () => {
    await keys.claim('alice', 'k', pause);
    expect(await keys.claim('bob', 'k', resume)).toBeDefined();
    expect(await keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('and its credential are not mixed up', async () => {
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

  test('by one of two calls is still held by the other', async () => {
    const first = await keys.claim('alice', 'k', pause);
    const second = await keys.claim('alice', 'k', pause);
    await first?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    await second?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('by a call that failed after one that succeeded stays taken', async () => {
    await keys.claim('alice', 'k', pause);
    await (await keys.claim('alice', 'k', pause))?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
  });
});

describe('the memory', () => {
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  test('lasts 24 hours from the first use', async () => {
    // The cache reads the clock of `performance`, and keeps what it read for a millisecond.
    jest.useFakeTimers({ doNotFake: ['performance'] });
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    await keys.claim('alice', 'k', pause);
    jest.advanceTimersByTime(23 * HOUR);
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k', pause)).toBeDefined();
    jest.advanceTimersByTime(HOUR + 1);
    expect(await keys.claim('alice', 'k', resume)).toBeDefined();
  });

  test('holds so many keys, and forgets the one that was used longest ago', async () => {
    keys = new IdempotencyKeys(new InMemoryIdempotencyStore({ maxKeys: 2 }));
    await keys.claim('alice', 'k1', pause);
    await keys.claim('alice', 'k2', pause);
    await keys.claim('alice', 'k1', pause);
    await keys.claim('alice', 'k3', pause);
    expect(await keys.claim('alice', 'k1', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k3', resume)).toBeUndefined();
    expect(await keys.claim('alice', 'k2', resume)).toBeDefined();
  });

  test('does not lose the new use of a key when the old one, forgotten meanwhile, is released', async () => {
    keys = new IdempotencyKeys(new InMemoryIdempotencyStore({ maxKeys: 1 }));
    const old = await keys.claim('alice', 'k', pause);
    await keys.claim('alice', 'other', pause);
    await keys.claim('alice', 'k', resume);
    await old?.release();
    expect(await keys.claim('alice', 'k', pause)).toBeUndefined();
  });
});

describe('where the memory cannot be reached', () => {
  const broken: IdempotencyStore = {
    claim: () => Promise.reject(new Error('gone')),
    release: () => Promise.reject(new Error('gone')),
  };

  test('a claim fails in a way that can be tried again, and tells the key', async () => {
    const failure: unknown = await new IdempotencyKeys(broken)
      .claim('alice', 'k', pause)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UpstreamError);
    expect(failure).toMatchObject({ code: 'UNAVAILABLE', details: { idempotencyKey: 'k' } });
  });

  test('a claim that cannot be taken back stays', async () => {
    const store = new InMemoryIdempotencyStore();
    keys = new IdempotencyKeys({
      claim: (...use) => store.claim(...use),
      release: () => broken.release('', 0),
    });
    await (await keys.claim('alice', 'k', pause))?.release();
    expect(await keys.claim('alice', 'k', resume)).toBeUndefined();
  });
});
