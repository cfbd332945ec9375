/** A point: what was varied, and what was measured. */
export type Point = readonly [x: number, y: number];

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** The line with the least squares. @throws RangeError where there are not two different `x` */
export function lineThrough(points: readonly Point[]): Line {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('A line needs points at two places at least.');
  const together = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const slope = together / spread;
  return { slope, intercept: meanY - slope * meanX };
}

/**
 * How something grows, as the exponent of a power law: the slope on paper that is logarithmic in both directions. 0 is
 * constant, 1 linear, 2 quadratic.
 */
export function exponentOf(points: readonly Point[]): number {
  return lineThrough(points.map(([x, y]) => [Math.log(x), Math.log(y)])).slope;
}

/** The exponent of the upper half, where a fixed cost hides least: of three points at least. */
export function tailExponentOf(points: readonly Point[]): number {
  return exponentOf(points.slice(-Math.max(3, Math.ceil(points.length / 2))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
