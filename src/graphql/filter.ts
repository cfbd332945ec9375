import { BadUserInputError } from '../errors.js';

const MAX_TEXT_LENGTH = 500;
const MAX_VALUES = 100;

/**
 * A text of a filter as a REST parameter, or nothing where it is empty. `path` names it in errors, e.g. `filter.search`.
 *
 * @throws {BadUserInputError} where it is not as `check` wants it
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

/** A yes or no of a filter as a REST parameter, or nothing where it is not given. */
export function filterFlag<K extends string>(
  name: K,
  flag: boolean | null | undefined,
): Partial<Record<K, boolean>> {
  return flag === undefined || flag === null ? {} : ({ [name]: flag } as Record<K, boolean>);
}

/** Several values of a filter as a REST parameter that repeats, or nothing where there are none. */
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

/** A check that a text has a certain form. */
export function matching(pattern: RegExp, form: string): (text: string, path: string) => string {
  return (text, path) => {
    if (pattern.test(text)) return text;
    throw new BadUserInputError(`Argument \`${path}\` must be ${form}.`);
  };
}

/** A check that a text has a certain number of characters, as JSON Schema counts them: an emoji is one. */
export function ofLength(minimum: number, maximum = minimum): (text: string, path: string) => string {
  const form = minimum === maximum ? String(minimum) : `${minimum} to ${maximum}`;
  return (text, path) => {
    const { length } = text.length > 2 * maximum ? text : Array.from(text);
    if (length >= minimum && length <= maximum) return text;
    throw new BadUserInputError(`Argument \`${path}\` must have ${form} characters.`);
  };
}

/** A check whose text is passed on in lower case, whatever case the client wrote it in. */
export function inLowerCase(
  check: (text: string, path: string) => string,
): (text: string, path: string) => string {
  return (text, path) => check(text, path).toLowerCase();
}

/** The check that a text is neither empty nor endless. */
export const anyText = ofLength(1, MAX_TEXT_LENGTH);

const isUserId = matching(
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
  'the raw id of a person, a UUID, e.g. `3b0f6f1e-5a0c-4f0e-9a53-0d5e6d1c7a01`',
);

/** The check that a text is the raw id of a person. REST writes these in lower case (RFC 9562, 4), clients may not. */
export const userId = inLowerCase(isUserId);

/** The check that a text is a country's code (ISO 3166-1). REST writes these in lower case, clients may not. */
export const countryCode = inLowerCase(matching(/^[A-Za-z]{2}$/, 'a country in two letters, e.g. `us`'));

/** The check that a text is a language's code (ISO 639). REST writes these in lower case, clients may not. */
export const languageCode = inLowerCase(matching(/^[A-Za-z]{3}$/, 'a language in three letters, e.g. `eng`'));
