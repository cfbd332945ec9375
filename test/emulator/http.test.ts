import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { etagOf, matchesVersion, parseTags } from '../../src/emulator/http/etag.js';
import { fullBucket, takeFrom } from '../../src/emulator/http/rate-limit.js';
import { toPage } from '../../src/emulator/store/page.js';

describe('entity tags', () => {
  test.each([
    ['"5"', ['5']],
    ['W/"5"', ['5']],
    ['*', '*'],
    [' * ', '*'],
    ['"4", W/"5"', ['4', '5']],
    ['"4",,\t"5" ,', ['4', '5']],
    ['"a,b"', ['a,b']],
    ['""', ['']],
  ])('parses %s', (value, expected) => {
    expect(parseTags('If-Match', value)).toEqual(expected);
  });

  test.each(['', '5', 'w/"5"', '"5', '5"', '"5" "6"', '*, "5"', '"5", *', '"a b"', 'W/5', ', "5"'])(
    'rejects %s',
    (value) => {
      expect(() => parseTags('If-Match', value)).toThrow('If-Match must');
    },
  );

  test('the tag of a version matches only that version', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (version, other) => {
        const condition = parseTags('If-Match', etagOf(version));
        return matchesVersion(condition, other) === (version === other);
      }),
    );
  });
});

describe('the token bucket', () => {
  const limit = { requestsPerSecond: 2, burst: 3 };

  test('allows its burst, then returns when to retry', () => {
    let bucket = fullBucket(limit, 0);
    for (let request = 0; request < 3; request += 1) bucket = takeFrom(bucket, limit, 0).bucket;
    const rejected = takeFrom(bucket, limit, 0);
    expect(rejected.retryAfterSeconds).toBe(1);
    expect(takeFrom(rejected.bucket, limit, 499).retryAfterSeconds).toBe(1);
    expect(takeFrom(rejected.bucket, limit, 500).retryAfterSeconds).toBeUndefined();
  });

  test('always allows a request after the returned delay', () => {
    const positive = { min: 0.01, max: 100, noNaN: true };
    fc.assert(
      fc.property(fc.double(positive), fc.nat(1000), (requestsPerSecond, pause) => {
        const slow = { requestsPerSecond, burst: 1 };
        const empty = takeFrom(fullBucket(slow, 0), slow, 0).bucket;
        const { bucket, retryAfterSeconds } = takeFrom(empty, slow, pause);
        if (retryAfterSeconds === undefined) return true;
        return takeFrom(bucket, slow, pause + retryAfterSeconds * 1000).retryAfterSeconds === undefined;
      }),
    );
  });

  test('saves up no more than its burst', () => {
    let bucket = takeFrom(fullBucket(limit, 0), limit, 0).bucket;
    for (let request = 0; request < 3; request += 1) bucket = takeFrom(bucket, limit, 3_600_000).bucket;
    expect(takeFrom(bucket, limit, 3_600_000).retryAfterSeconds).toBe(1);
  });

  test('refills no faster for callers that retry early', () => {
    let bucket = fullBucket(limit, 0);
    for (let request = 0; request < 3; request += 1) bucket = takeFrom(bucket, limit, 0).bucket;
    for (let at = 50; at < 500; at += 50) {
      const { bucket: next, retryAfterSeconds } = takeFrom(bucket, limit, at);
      expect(retryAfterSeconds).toBe(1);
      bucket = next;
    }
    expect(takeFrom(bucket, limit, 501).retryAfterSeconds).toBeUndefined();
  });

  test('keeps its tokens if the clock is set back', () => {
    expect(takeFrom({ tokens: 1, at: 1000 }, limit, 0).retryAfterSeconds).toBeUndefined();
  });
});

describe('cutPage', () => {
  const rows = (...ids: string[]): { id: string }[] => ids.map((id) => ({ id }));

  test('returns the last item as the next cursor when paging forward with more to come', () => {
    expect(toPage(rows('c', 'b', 'a'), { size: 2 })).toEqual({
      items: rows('c', 'b'),
      hasMore: true,
      nextCursor: 'b',
    });
    expect(toPage(rows('c', 'b'), { size: 2 })).toEqual({ items: rows('c', 'b'), hasMore: false });
  });

  test('returns rows in list order when paging backward', () => {
    expect(toPage(rows('b', 'c', 'd'), { size: 2, before: 'a' })).toEqual({
      items: rows('c', 'b'),
      hasMore: true,
    });
  });
});
