/** The position of a page in a list sorted by descending id. */
export interface PageRequest {
  readonly size: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  /** The cursor of the next page; only when paging forward. */
  readonly nextCursor?: string;
}

/**
 * The SQL of one page: a condition on `id`, and the order with the limit. It reads one extra row to find out
 * whether there are more. When paging backward, rows come in reverse order.
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

/** Builds the page from the rows that `pageSql` selected. */
export function toPage<Item extends { readonly id: string }>(
  rows: readonly Item[],
  page: PageRequest,
): Page<Item> {
  const hasMore = rows.length > page.size;
  const items = rows.slice(0, page.size);
  if (page.before !== undefined) return { items: items.toReversed(), hasMore };
  const last = items.at(-1);
  return hasMore && last !== undefined ? { items, hasMore, nextCursor: last.id } : { items, hasMore };
}
