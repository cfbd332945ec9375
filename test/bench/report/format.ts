import type { Spread } from '../measure/statistics.js';

/** Formats three significant digits without an exponent. */
export function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

/** Formats the median and the range. */
export function withRange({ median, min, max }: Spread): string {
  return `${significant(median)} (${significant(min)} to ${significant(max)})`;
}
