import { BadUserInputError } from '../../errors.js';
import { queryString } from '../../upstream/resources/query-string.js';
import type { PageArgs } from './page.args.js';

const DEFAULT_SIZE = 10;
const MAX_SIZE = 100;
/**
 * Octets of a cursor in a URL. Servers, Node's among them, commonly take 16 KiB of request line and header fields; what is
 * left is for the path, a filter and a token.
 */
const MAX_CURSOR_BYTES = 12 * 1024;

/** A page of a list in the terms of REST. */
export interface PageQuery {
  readonly page_size: number;
  readonly start_after?: string;
  readonly end_before?: string;
}

/**
 * The page that a connection's arguments ask for: `first` with or without `after`, or `last` with `before`. An empty
 * cursor is none.
 *
 * @throws {BadUserInputError} for any other combination, a size that is not 1 to 100, or a cursor that cannot be one
 */
export function pageQuery({ first, after, last, before }: PageArgs): PageQuery {
  const forward = given(first) || given(after);
  const backward = given(last) || given(before);
  if (forward && backward) {
    throw new BadUserInputError('Arguments `first` and `after` cannot be combined with `last` and `before`.');
  }
  if (!backward) {
    const size = sizeOf('first', first);
    return given(after) ? { page_size: size, start_after: cursorOf('after', after) } : { page_size: size };
  }
  if (!given(before))
    throw new BadUserInputError('Argument `last` needs `before`: a list is read back from a cursor.');
  return { page_size: sizeOf('last', last), end_before: cursorOf('before', before) };
}

function sizeOf(argument: string, size: number | null | undefined): number {
  if (!given(size)) return DEFAULT_SIZE;
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw new BadUserInputError(`Argument \`${argument}\` must be from 1 to ${MAX_SIZE}.`);
}

function cursorOf(argument: string, cursor: string): string {
  if (isCursor(cursor)) return cursor;
  throw new BadUserInputError(`Argument \`${argument}\` must be a cursor that a page gave.`);
}

/**
 * Whether a text can be sent to REST as a cursor. A surrogate without its other half cannot: it has no form in UTF-8, and
 * so none in a URL.
 */
export function isCursor(text: string): boolean {
  return (
    text !== '' &&
    text.length <= MAX_CURSOR_BYTES &&
    !/\p{Surrogate}/u.test(text) &&
    queryString({ start_after: text }).length <= MAX_CURSOR_BYTES
  );
}

function given<T extends string | number>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null && value !== '';
}
