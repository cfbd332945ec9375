import { BadUserInputError } from '../../errors.js';
import type { PageArgs } from './page.args.js';

const DEFAULT_SIZE = 10;
const MAX_SIZE = 100;
const MAX_CURSOR_LENGTH = 512;

/** A page of a list in the terms of REST. */
export interface PageQuery {
  readonly page_size: number;
  readonly start_after?: string;
  readonly end_before?: string;
}

/**
 * The page that a connection's arguments ask for: `first` with or without `after`, or `last` with `before`.
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
  if (cursor.length <= MAX_CURSOR_LENGTH && /^[\x21-\x7e]+$/.test(cursor)) return cursor;
  throw new BadUserInputError(`Argument \`${argument}\` must be a cursor that a page gave.`);
}

function given<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}
