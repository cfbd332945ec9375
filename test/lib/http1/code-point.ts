import fc from 'fast-check';

/** Code points without surrogates. */
const COUNT = 0x110000 - 0x800;
const FIRST_SURROGATE = 0xd800;

/**
 * A `unit` of strings: any code point. It stands for fast-check's `binary`, which a file that uses it pays with half a second
 * for a map of all code points.
 */
export const codePoint = fc.nat({ max: COUNT - 1 }).map(
  (nth) => String.fromCodePoint(nth < FIRST_SURROGATE ? nth : nth + 0x800),
  // The strings that often break programs are put in between by fast-check, which takes them apart.
  (text) => {
    const code = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (code === undefined || text !== String.fromCodePoint(code)) throw new Error('It is no code point.');
    return code < FIRST_SURROGATE ? code : code - 0x800;
  },
);
