/** One page's place in a list that is ordered by descending id. */
export interface PageRequest {
  readonly size: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  /** The cursor of the page after this one; only going forward. */
  readonly nextCursor?: string;
}

/**
 * The SQL that reads one page: a condition on the column `id`, and the order with the limit. One row more than the page
 * holds is read, which tells whether there are more. Going backward the rows come in reverse, nearest to the cursor first.
 */
export function pageSql(page: PageRequest): {
  condition: string;
  order: string;
  bindings: { cursor: string | null; limit: number };
} {
  const limit = page.size + 1;
  return page.before === undefined
    ? {
        condition: '(:cursor IS NULL OR id < :cursor)',
        order: 'ORDER BY id DESC LIMIT :limit',
        bindings: { cursor: page.after ?? null, limit },
      }
    : {
        condition: 'id > :cursor',
        order: 'ORDER BY id ASC LIMIT :limit',
        bindings: { cursor: page.before, limit },
      };
}

/** The page out of the rows that were read for it. */
export function cutPage<Item extends { readonly id: string }>(
  rows: readonly Item[],
  page: PageRequest,
): Page<Item> {
  const hasMore = rows.length > page.size;
  const items = rows.slice(0, page.size);
  if (page.before !== undefined) return { items: items.toReversed(), hasMore };
  const last = items.at(-1);
  return hasMore && last !== undefined ? { items, hasMore, nextCursor: last.id } : { items, hasMore };
}
