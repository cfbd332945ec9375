import { makeExactValidator } from 'envalid';

/** A validator of whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number) {
  return makeExactValidator<number>((input) => {
    const value = /^\d{1,9}$/.test(input) ? Number(input) : NaN;
    if (value >= min && value <= max) return value;
    throw new Error(`must be a whole number from ${min} to ${max}`);
  });
}
