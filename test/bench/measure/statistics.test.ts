import { ratioTo, spreadOf } from './statistics.js';

test.each([
  [[3], { median: 3, min: 3, max: 3 }],
  [[10, 9, 1], { median: 9, min: 1, max: 10 }],
  [[4, 1, 2, 100], { median: 3, min: 1, max: 100 }],
])('summarizes %j', (values, spread) => {
  expect(spreadOf(values)).toEqual(spread);
});

test('rejects an empty list', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('computes a ratio to the median of another spread', () => {
  const base = { median: 2, min: 1, max: 8 };
  expect(ratioTo(base, { median: 6, min: 4, max: 10 })).toEqual({ median: 3, min: 2, max: 5 });
});
