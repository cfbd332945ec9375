/**
 * Makes the items of a list one by one. One that fails stands as its error, which GraphQL shows at its place in the list:
 * the others stand.
 *
 * @param make gets the index; what it throws must be an `Error`
 */
export function itemsOf<T>(length: number, make: (index: number) => T): (T | Error)[] {
  const made = new Array<T | Error>(length);
  for (let index = 0; index < length; index += 1) {
    try {
      made[index] = make(index);
    } catch (error) {
      made[index] = asError(error);
    }
  }
  return made;
}

/** The same from a list of REST, of which each item is read by itself: one that came broken throws when it is read. */
export function itemsFrom<I, T>(items: readonly I[], make: (item: I) => T): (T | Error)[] {
  return itemsOf(items.length, (index) => make(items[index] as I));
}

/** What `make` makes, or the `Error` that it throws. */
export function orError<T>(make: () => T): T | Error {
  try {
    return make();
  } catch (error) {
    return asError(error);
  }
}

function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  throw error;
}
