import { exponentOf, lineThrough, tailExponentOf, type Point } from './fit.js';

const SIZES = [1, 3, 10, 30, 100];

function points(of: (x: number) => number): readonly Point[] {
  return SIZES.map((x) => [x, of(x)]);
}

test('fits a line to points', () => {
  const { slope, intercept } = lineThrough(points((x) => 3 * x + 2));
  expect(slope).toBeCloseTo(3);
  expect(intercept).toBeCloseTo(2);
  expect(() => lineThrough([[1, 2]])).toThrow(RangeError);
});

test.each([
  ['constant', () => 7, 0],
  ['linear', (x: number) => 7 * x, 1],
  ['quadratic', (x: number) => 0.1 * x ** 2, 2],
])('finds the exponent of %s growth', (_name, of, exponent) => {
  expect(exponentOf(points(of))).toBeCloseTo(exponent);
});

test('a fixed cost hardly affects the exponent of the upper half', () => {
  const hidden = points((x) => 200 + 0.5 * x ** 2);
  expect(exponentOf(hidden)).toBeLessThan(0.8);
  expect(tailExponentOf(hidden)).toBeGreaterThan(1.15);
});
