/**
 * Makes the items of a list. An item that fails becomes its error, which GraphQL reports at its index; the others are
 * unaffected.
 *
 * @param make receives the index; must throw an `Error` if anything
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

/** Makes items from those of a REST list. Reading a malformed item throws, so each is read separately. */
export function itemsFrom<I, T>(items: readonly I[], make: (item: I) => T): (T | Error)[] {
  return itemsOf(items.length, (index) => make(items[index] as I));
}

/** The result of `make`, or the `Error` that it throws. */
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
