import type { Page, PageRequest } from '../store/page.js';
import { badRequest, invalidParam } from './problem.js';

interface PageQuery {
  readonly page_size?: number;
  readonly start_after?: string;
  readonly end_before?: string;
}

const DEFAULT_PAGE_SIZE = 10;

/**
 * Reads the paging parameters of a query.
 *
 * @param exists whether an id is a valid cursor. Any item of the unfiltered list is, because an item may stop
 * matching a filter between two pages
 * @throws Problem 400 for two cursors, or an unknown one
 */
export function readPage(query: PageQuery, exists: (id: string) => boolean): PageRequest {
  const { page_size: size = DEFAULT_PAGE_SIZE, start_after: after, end_before: before } = query;
  if (after !== undefined && before !== undefined) {
    throw badRequest('start_after and end_before cannot be used together.');
  }
  const cursor = after ?? before;
  if (cursor !== undefined && !exists(cursor)) {
    throw invalidParam(after === undefined ? 'end_before' : 'start_after', 'is not a known cursor');
  }
  return { size, after, before };
}

/** The paging members of every list. */
export function pageFields(
  page: Page<unknown>,
  url: string,
): { url: string; has_more: boolean; next_cursor: string | null } {
  return { url, has_more: page.hasMore, next_cursor: page.nextCursor ?? null };
}
