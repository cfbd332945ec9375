/** Options of an `LRUCache`, which evicts the least recently used entry. */
interface EntryLimit {
  readonly maxSize: number;
  readonly sizeCalculation: () => number;
}

/**
 * Limits the number of entries of an `LRUCache` that can become large but seldom does. Its own option `max` would allocate
 * memory for all entries at once, which is cheap and fast for up to a thousand of them.
 */
export function entryLimit(entries: number): EntryLimit {
  return { maxSize: entries, sizeCalculation: one };
}

function one(): number {
  return 1;
}
