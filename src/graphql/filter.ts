import { BadUserInputError } from '../errors.js';

const MAX_TEXT_LENGTH = 500;
const MAX_VALUES = 100;

/**
 * A filter's text as a REST parameter; nothing if it is empty.
 *
 * @param path name of the argument in errors, e.g. `filter.search`
 * @throws {BadUserInputError} if `check` rejects the text
 */
export function filterText<K extends string>(
  name: K,
  text: string | null | undefined,
  path: string,
  check: (text: string, path: string) => string = anyText,
): Partial<Record<K, string>> {
  if (text === undefined || text === null || text === '') return {};
  return { [name]: check(text, path) } as Record<K, string>;
}

/** A filter's flag as a REST parameter; nothing if it is not given. */
export function filterFlag<K extends string>(
  name: K,
  flag: boolean | null | undefined,
): Partial<Record<K, boolean>> {
  return flag === undefined || flag === null ? {} : ({ [name]: flag } as Record<K, boolean>);
}

/** A filter's values as a repeated REST parameter; nothing if there are none. */
export function filterValues<K extends string, R extends string>(
  name: K,
  values: readonly string[] | null | undefined,
  path: string,
  check: (value: string, path: string) => R,
): Partial<Record<K, R[]>> {
  if (values === undefined || values === null || values.length === 0) return {};
  if (values.length > MAX_VALUES) {
    throw new BadUserInputError(`Argument \`${path}\` must have at most ${MAX_VALUES} values.`);
  }
  return { [name]: values.map((value, index) => check(value, `${path}.${index}`)) } as Record<K, R[]>;
}

/** Checks the format of a text. `form` completes "must be ...". */
export function matching(pattern: RegExp, form: string): (text: string, path: string) => string {
  return (text, path) => {
    if (pattern.test(text)) return text;
    throw new BadUserInputError(`Argument \`${path}\` must be ${form}.`);
  };
}

/** Checks the number of characters, counted as JSON Schema does: an emoji is one. */
export function ofLength(minimum: number, maximum = minimum): (text: string, path: string) => string {
  const form = minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
  return (text, path) => {
    const { length } = text.length > 2 * maximum ? text : Array.from(text);
    if (length >= minimum && length <= maximum) return text;
    throw new BadUserInputError(`Argument \`${path}\` must have ${form} characters.`);
  };
}

/** A check that converts the text to lower case. */
function inLowerCase(check: (text: string, path: string) => string): (text: string, path: string) => string {
  return (text, path) => check(text, path).toLowerCase();
}

export const anyText = ofLength(1, MAX_TEXT_LENGTH);

const isUserId = matching(
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'the raw id of a person: a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`',
);

/** The raw id of a person. The API writes UUIDs in lower case (RFC 9562, 4); clients may not. */
export const userId = inLowerCase(isUserId);

/** A country code (ISO 3166-1). The API writes it in lower case; clients may not. */
export const countryCode = inLowerCase(matching(/^[A-Za-z]{2}$/, 'a two-letter country code, e.g. `us`'));

/** A language code (ISO 639). The API writes it in lower case; clients may not. */
export const languageCode = inLowerCase(
  matching(/^[A-Za-z]{3}$/, 'a three-letter language code, e.g. `eng`'),
);
