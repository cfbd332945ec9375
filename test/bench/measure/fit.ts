/** An independent value and a measurement. */
export type Point = readonly [x: number, y: number];

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Fits a line by least squares. @throws RangeError without two different `x` */
export function lineThrough(points: readonly Point[]): Line {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('A line needs points with at least two different x values.');
  const together = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const slope = together / spread;
  return { slope, intercept: meanY - slope * meanX };
}

/**
 * The exponent of a power law fitted to the points, i.e. the slope in a log-log plot. 0 is constant, 1 linear, 2
 * quadratic.
 */
export function exponentOf(points: readonly Point[]): number {
  return lineThrough(points.map(([x, y]) => [Math.log(x), Math.log(y)])).slope;
}

/** The exponent of the upper half, at least three points, where a fixed cost matters least. */
export function tailExponentOf(points: readonly Point[]): number {
  return exponentOf(points.slice(-Math.max(3, Math.ceil(points.length / 2))));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
