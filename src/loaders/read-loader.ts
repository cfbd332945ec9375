import DataLoader from 'dataloader';

/**
 * A DataLoader over an API that reads one thing at a time: equal reads of one operation happen once, and those that
 * come in one tick go out together. One failure is the failure of its key alone.
 *
 * @param read one REST call
 * @param cacheKey equal for keys that ask for the same
 */
export function readLoader<K, V>(
  read: (key: K) => Promise<V>,
  cacheKey: (key: K) => string,
): DataLoader<K, V, string> {
  return new DataLoader<K, V, string>((keys) => settled(keys.map(read)), { cacheKeyFn: cacheKey });
}

/**
 * Results in the order of `reads`, with the error in the place of what failed, as DataLoader wants them. Unlike
 * `Promise.allSettled`, it makes no object for each outcome.
 */
export function settled<V>(reads: readonly Promise<V>[]): Promise<(V | Error)[]> {
  return new Promise((resolve) => {
    const outcomes = new Array<V | Error>(reads.length);
    let missing = reads.length;
    const settle = (index: number, outcome: V | Error) => {
      outcomes[index] = outcome;
      missing -= 1;
      if (missing === 0) resolve(outcomes);
    };
    for (const [index, read] of reads.entries()) {
      read.then(
        (value) => {
          settle(index, value);
        },
        (reason: unknown) => {
          settle(index, asError(reason));
        },
      );
    }
    if (missing === 0) resolve(outcomes);
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new Error('A read failed with something that is no error.', { cause: reason });
}
