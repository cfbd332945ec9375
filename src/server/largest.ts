/** The largest item, and of equally large ones the first; undefined if there are none. */
export function largestOf<T>(items: Iterable<T>, sizeOf: (item: T) => number): T | undefined {
  let largest: T | undefined;
  let size = -Infinity;
  for (const item of items) {
    if (sizeOf(item) <= size) continue;
    largest = item;
    size = sizeOf(item);
  }
  return largest;
}
