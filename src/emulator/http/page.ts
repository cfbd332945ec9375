import type { Page, PageRequest } from '../store/page.js';
import { badRequest, invalidParam } from './problem.js';

interface PageQuery {
  readonly page_size?: number;
  readonly start_after?: string;
  readonly end_before?: string;
}

const DEFAULT_PAGE_SIZE = 10;

/**
 * The page that a query asks for.
 *
 * @param exists whether an id can be a cursor: that of any item of the unfiltered list, since an item may leave a filter
 *   between two pages
 * @throws Problem 400 for two cursors, or an unknown one
 */
export function readPage(query: PageQuery, exists: (id: string) => boolean): PageRequest {
  const { page_size: size = DEFAULT_PAGE_SIZE, start_after: after, end_before: before } = query;
  if (after !== undefined && before !== undefined) {
    throw badRequest('start_after and end_before cannot be used together.');
  }
  const cursor = after ?? before;
  if (cursor !== undefined && !exists(cursor)) {
    throw invalidParam(after === undefined ? 'end_before' : 'start_after', 'is no cursor that is known');
  }
  return { size, after, before };
}

/** What every list says about itself. */
export function pageFields(
  page: Page<unknown>,
  url: string,
): { url: string; has_more: boolean; next_cursor: string | null } {
  return { url, has_more: page.hasMore, next_cursor: page.nextCursor ?? null };
}
