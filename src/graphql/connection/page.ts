import { BadUserInputError } from '../../errors.js';
import { queryString } from '../../upstream/resources/query-string.js';
import type { PageArgs } from './page.args.js';

/** Items of a page if the client does not say how many. */
export const DEFAULT_SIZE = 10;
/** The most items of a page. */
export const MAX_SIZE = 100;

/**
 * Maximum URL-encoded length of a cursor. Servers, including Node's, commonly limit the request line and headers to 16
 * KiB; this leaves room for the path, a filter and a token.
 */
const MAX_CURSOR_BYTES = 12 * 1024;

/** Pagination parameters of a REST list. */
export interface PageQuery {
  readonly page_size: number;
  readonly start_after?: string;
  readonly end_before?: string;
}

/**
 * Translates pagination arguments: `first` with an optional `after`, or `last` with `before`. An empty cursor is
 * ignored.
 *
 * @throws {BadUserInputError} for any other combination, a size that is not 1 to 100, or an invalid cursor
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
    throw new BadUserInputError('Argument `last` requires `before`: lists are read backward from a cursor.');
  return { page_size: sizeOf('last', last), end_before: cursorOf('before', before) };
}

type ArgumentPaths = Readonly<Record<string, readonly string[]>>;

/**
 * The arguments of a list by name of the REST parameter, those of pagination included.
 *
 * @param others paths of the other arguments
 */
export function listArguments(others: ArgumentPaths = {}): (query: PageQuery) => ArgumentPaths {
  const cursors = { start_after: ['after'], end_before: ['before'] };
  const forward = { page_size: ['first'], ...cursors, ...others };
  const backward = { page_size: ['last'], ...cursors, ...others };
  return ({ end_before: before }) => (before === undefined ? forward : backward);
}

function sizeOf(argument: string, size: number | null | undefined): number {
  if (!given(size)) return DEFAULT_SIZE;
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw new BadUserInputError(`Argument \`${argument}\` must be between 1 and ${MAX_SIZE}.`);
}

function cursorOf(argument: string, cursor: string): string {
  if (isCursor(cursor)) return cursor;
  throw new BadUserInputError(`Argument \`${argument}\` must be a cursor returned by a previous page.`);
}

/** Whether a string can be sent to the API as a cursor. Lone surrogates cannot: they have no UTF-8 encoding. */
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
