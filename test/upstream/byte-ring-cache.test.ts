import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteRingCache } from '../../src/upstream/state/byte-ring-cache.js';

const latin1 = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength }).map((bytes) => String.fromCharCode(...bytes));

/** Some keys have the same length and the same ends, so that their hashes collide. */
const key = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'b',
    ...['x', 'y', 'z'].map((middle) => `${'a'.repeat(50)}${middle}${'b'.repeat(50)}`),
  ),
  latin1(60),
);

describe('ByteRingCache', () => {
  test('returns the latest value of a key or nothing, and always the value just set', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, latin1(140)), { maxLength: 200 }), (sets) => {
        const store = new ByteRingCache({ maxBytes: 1200, maxValues: 16 });
        const last = new Map<string, string>();
        for (const [name, value] of sets) {
          store.set(name, value);
          last.set(name, value);
          const isKept = name.length + value.length + 8 <= 150;
          expect(store.get(name)).toBe(isKept ? value : undefined);
        }
        for (const [name, value] of last) expect([value, undefined]).toContain(store.get(name));
      }),
    );
  });

  test('evicts the oldest entries, and no more than necessary', () => {
    const store = new ByteRingCache({ maxBytes: 1000, maxValues: 64 });
    // 8 + 3 + 39 bytes each.
    for (let nth = 100; nth < 120; nth += 1) store.set(String(nth), 'v'.repeat(39));
    expect(store.get('100')).toBe('v'.repeat(39));
    store.set('120', 'w'.repeat(39));
    expect(store.get('100')).toBeUndefined();
    expect(store.get('101')).toBe('v'.repeat(39));
    // Reuses the slot of the key.
    store.set('101', 'x'.repeat(39));
    expect(store.get('101')).toBe('x'.repeat(39));
    expect(store.get('102')).toBe('v'.repeat(39));
  });

  test('keeps the latest of the keys that share a set', () => {
    const store = new ByteRingCache({ maxBytes: 10_000, maxValues: 4 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) store.set(name, name);
    expect(['a', 'b', 'c', 'd', 'e'].map((name) => store.get(name))).toEqual([undefined, 'b', 'c', 'd', 'e']);
  });
});
