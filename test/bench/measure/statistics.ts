/** The median and range of several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError for an empty list */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  return { median: medianOf(sorted), min: at(sorted, 0), max: at(sorted, sorted.length - 1) };
}

/** Divides a spread by the median of `base`. */
export function ratioTo(base: Spread, { median, min, max }: Spread): Spread {
  return { median: median / base.median, min: min / base.median, max: max / base.median };
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return (at(sorted, Math.ceil(middle) - 1) + at(sorted, Math.floor(middle))) / 2;
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError('There are no values.');
  return value;
}
