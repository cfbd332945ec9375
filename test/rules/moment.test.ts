import { expect, test } from '@jest/globals';
import { dateIn, inMilliseconds } from '../../src/upstream/resources/moment.js';

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
