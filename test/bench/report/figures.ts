import type { Spread } from '../measure/statistics.js';

/** Three digits that count, and no exponent. */
export function significant(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

/** The median, and from where to where. */
export function withRange({ median, min, max }: Spread): string {
  return `${significant(median)} (${significant(min)} to ${significant(max)})`;
}
