import { BadUserInputError } from '../errors.js';

const MAX_TEXT_LENGTH = 500;
const MAX_VALUES = 100;

/** A text of a filter as a REST parameter, or nothing where it is empty. `path` names it in errors, e.g. `filter.search`. */
export function filterText<K extends string>(
  name: K,
  text: string | null | undefined,
  path: string,
): Partial<Record<K, string>> {
  if (text === undefined || text === null || text === '') return {};
  return { [name]: anyText(text, path) } as Record<K, string>;
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

/** A check whose text is passed on in lower case, whatever case the client wrote it in. */
export function inLowerCase(
  check: (text: string, path: string) => string,
): (text: string, path: string) => string {
  return (text, path) => check(text, path).toLowerCase();
}

/** The check that a text is neither empty nor endless. */
export function anyText(text: string, path: string): string {
  if (text.length > 0 && text.length <= MAX_TEXT_LENGTH) return text;
  throw new BadUserInputError(`Argument \`${path}\` must have 1 to ${MAX_TEXT_LENGTH} characters.`);
}
