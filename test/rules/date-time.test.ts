import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dateTimeOf } from '../../src/graphql/scalars/date-time.js';
import { dateIn, inMilliseconds, isWritable } from '../../src/upstream/resources/date-time.js';

describe('a date of the REST API', () => {
  test.each([
    ['in the format of responses', '2026-02-28T09:00:00.000Z', '2026-02-28T09:00:00.000Z'],
    ['on the 31st', '2026-03-31T23:59:59.999Z', '2026-03-31T23:59:59.999Z'],
    ['on a leap day', '2024-02-29T09:00:00.000Z', '2024-02-29T09:00:00.000Z'],
    ['without a fraction', '2026-02-01T09:00:00Z', '2026-02-01T09:00:00.000Z'],
    ['with a fraction of 1 digit', '2026-02-01T09:00:00.5Z', '2026-02-01T09:00:00.500Z'],
    ['with a fraction of 2 digits', '2026-02-01T09:00:00.05Z', '2026-02-01T09:00:00.050Z'],
    ['with a fraction of 6 digits', '2026-02-01T09:00:00.123999Z', '2026-02-01T09:00:00.123Z'],
    ['with a fraction of 9 digits', '2026-02-01T09:00:00.999999999Z', '2026-02-01T09:00:00.999Z'],
    ['with an offset', '2026-02-01T00:30:00+01:00', '2026-01-31T23:30:00.000Z'],
    ['with a negative offset', '2026-02-28T23:30:00.250-01:00', '2026-03-01T00:30:00.250Z'],
    ['with an offset without a colon', '2026-02-01T10:00:00+0100', '2026-02-01T09:00:00.000Z'],
    ['with an offset of zero', '2026-02-01T09:00:00-00:00', '2026-02-01T09:00:00.000Z'],
    ['without an offset', '2026-02-01T09:00:00', '2026-02-01T09:00:00.000Z'],
    ['with a fraction, without an offset', '2026-02-01T09:00:00.5', '2026-02-01T09:00:00.500Z'],
    ['without seconds', '2026-02-01T09:00Z', '2026-02-01T09:00:00.000Z'],
    ['with a space', '2026-02-01 09:00:00Z', '2026-02-01T09:00:00.000Z'],
    ['with a space, without an offset', '2026-02-01 09:00:00.123456', '2026-02-01T09:00:00.123Z'],
    ['with a space and an offset', '2026-02-01 10:00:00+0100', '2026-02-01T09:00:00.000Z'],
    ['in lower case', '2026-02-01t09:00:00z', '2026-02-01T09:00:00.000Z'],
    ['without a time', '2026-02-28', '2026-02-28T00:00:00.000Z'],
    ['in year 1', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['at the end of year 9999', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s', (_what, text, moment) => {
    expect(dateTimeOf(text, 'created_at')).toBe(moment);
  });

  test.each([
    '2026-02-29T09:00:00.000Z',
    '2026-02-29',
    '2026-02-30T10:00:00Z',
    '2026-02-30T10:00:00.000Z',
    '2026-04-31',
    '2026-04-31T09:00:00.000Z',
    '1900-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-01-32',
    '2026-01-01T24:00:00Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01T09:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-12-31T23:59:60.000Z',
    '2026-01-01T09:00:00+24:00',
    '2026-01-01T09:00:00+01:60',
    '2026-01-01T09:00:00+1',
    '2026-01-01T09:00:00 Z',
    '2026-01-01T09:00:00UTC',
    '2026-01-01T09:00:00.Z',
    '2026-01-01T09:00:00.1234567890Z',
    '2026-01-01T09:00:00,5Z',
    '2026-01-01T9:00:00Z',
    '2026-01-01T09Z',
    '2026-01-01T09:00.5Z',
    '2026-01-01T',
    '2026-01-01Z',
    '2026-1-1',
    '2026-01',
    '2026',
    '26-01-01',
    '1767258000',
    '1767258000000',
    'Retry 5',
    'Thu, 01 Jan 2026 09:00:00 GMT',
    '01/02/2026',
    'tomorrow',
    '',
    ' ',
    ' 2026-01-01',
    '2026-01-01\n',
    '2026-01-01T09:00:00.000Z\n',
    '٢٠٢٦-٠١-٠١',
    '0000-12-31T09:00:00.000Z',
    '0000-12-31T09:00:00Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '10000-01-01T00:00:00Z',
    '+010000-01-01T00:00:00Z',
    '-000001-01-01T00:00:00Z',
  ])('rejects %j', (text) => {
    expect(() => dateTimeOf(text, 'created_at')).toThrow(
      'The Demand API returned a `created_at` that is not a valid date.',
    );
  });

  test.each([undefined, null])('is null if it is missing: %s', (text) => {
    expect(dateTimeOf(text, 'created_at')).toBeNull();
  });

  test('keeps the same time, whatever its offset', () => {
    const date = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(date, fc.integer({ min: -23 * 60, max: 23 * 60 }), (moment, minutes) => {
        const local = new Date(moment.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const offset = `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        expect(dateTimeOf(local + offset, 'created_at')).toBe(moment.toISOString());
      }),
    );
  });
});

test.each([
  ['0001-01-01T00:00:00.000Z', true],
  ['9999-12-31T23:59:59.999Z', true],
  ['0000-12-31T23:59:59.999Z', false],
  ['+010000-01-01T00:00:00.000Z', false],
  ['never', false],
])('whether the year of %s can be written with four digits: %s', (text, writable) => {
  expect(isWritable(new Date(text))).toBe(writable);
});

/** Every combination of a month and a day up to 31, whether or not the month has it. */
const days = ['0001', '0100', '2023', '2024', '2100', '9999'].flatMap((year) =>
  Array.from({ length: 12 * 31 }, (_, index) => {
    const [month, day] = [Math.floor(index / 31) + 1, (index % 31) + 1];
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  }),
);

test.each(['T00:00:00Z', 'T23:59:59.9Z', 'T12:30:01.123Z', 'T12:30:01.123456789Z'])(
  'a moment that needs no `Date` is what the `Date` of the same text writes: any day, %s',
  (time) => {
    const withDate: string[] = [];
    for (const day of days) {
      const text = day + time;
      const fast = inMilliseconds(text);
      if (fast !== undefined) expect(fast).toBe(dateIn(text)?.toISOString());
      else if (dateIn(text) !== undefined) withDate.push(day);
    }
    expect(withDate).toEqual(['2024-02-29']);
  },
);
