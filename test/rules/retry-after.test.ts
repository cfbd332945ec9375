import { describe, expect, test } from '@jest/globals';
import { parseRetryAfter, retryAfterOf } from '../../src/upstream/http/retry-after.js';

const NOW = Date.parse('2026-03-01T09:00:00.000Z');

describe('parseRetryAfter', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    [' 120 ', 120],
    ['007', 7],
    ['3600', 3600],
    ['999999999', 999_999_999],
    ['12345678901234567890', Number.MAX_SAFE_INTEGER],
    ['Sun, 01 Mar 2026 09:01:30 GMT', 90],
    ['Sunday, 01-Mar-26 09:01:30 GMT', 90],
    ['Sun Mar  1 09:01:30 2026', 90],
    ['Sun, 01 Mar 2026 09:00:00 GMT', 0],
    ['Sun, 01 Mar 2026 08:00:00 GMT', 0],
  ])('%j asks to wait %i seconds', (value, seconds) => {
    expect(parseRetryAfter(value, NOW)).toBe(seconds);
  });

  test('rounds up the time until a date, because too short a wait is rejected again', () => {
    expect(parseRetryAfter('Sun, 01 Mar 2026 09:00:02 GMT', NOW + 1)).toBe(2);
    expect(parseRetryAfter('Sun, 01 Mar 2026 09:00:02 GMT', NOW + 999)).toBe(2);
    expect(parseRetryAfter('Sun, 01 Mar 2026 09:00:02 GMT', NOW + 1000)).toBe(1);
  });

  test.each([
    undefined,
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'Infinity',
    '10 seconds',
    '5, 6',
    'soon',
    'Retry 5',
    'Soon 1',
    'Wait 60 seconds',
    '2026-03-01T09:01:30Z',
    'Sun, 99 Mar 2026 09:01:30 GMT',
  ])('%j is ignored', (value) => {
    expect(parseRetryAfter(value, NOW)).toBeUndefined();
  });
});

describe('retryAfterOf', () => {
  const secondsOf = (headers: Readonly<Record<string, string>>) =>
    retryAfterOf({ header: (name) => headers[name] }, NOW);
  const soon = 'Sun, 01 Mar 2026 09:01:30 GMT';

  test.each([
    ['behind', 'Sun, 01 Mar 2026 08:01:20 GMT', 3610],
    ['ahead', 'Sun, 01 Mar 2026 09:01:20 GMT', 10],
    ['ahead, in an older form', 'Sun Mar  1 09:01:20 2026', 10],
    ['past its own date', 'Sun, 01 Mar 2026 10:00:00 GMT', 0],
  ])("a date goes by the server's clock that is %s", (_what, date, seconds) => {
    expect(secondsOf({ 'retry-after': soon, date })).toBe(seconds);
  });

  test.each(['', 'now', '2026-03-01T08:00:00Z', '1772355600'])(
    'a date is compared with our clock if `Date` is %j',
    (date) => {
      expect(secondsOf({ 'retry-after': soon, date })).toBe(90);
    },
  );

  test('seconds need no clock', () => {
    expect(secondsOf({ 'retry-after': '7', date: 'Sun, 01 Mar 2026 08:00:00 GMT' })).toBe(7);
    expect(secondsOf({ 'retry-after': soon })).toBe(90);
    expect(secondsOf({ date: soon })).toBeUndefined();
  });
});
