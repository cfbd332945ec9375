import DataLoader from 'dataloader';

/**
 * Creates a DataLoader over an API without batch reads: equal reads of one operation are sent once, and those of one tick
 * are sent together. A failure affects only its own key.
 *
 * @param read one REST call
 * @param cacheKey equal for keys that read the same
 * @param onBatch called with the number of reads in each batch
 */
export function readLoader<K, V>(
  read: (key: K) => Promise<V>,
  cacheKey: (key: K) => string,
  onBatch?: (size: number) => void,
): DataLoader<K, V, string> {
  const readAll = (keys: readonly K[]) => {
    onBatch?.(keys.length);
    return settled(keys.map(read));
  };
  return new DataLoader<K, V, string>(readAll, { cacheKeyFn: cacheKey });
}

/**
 * The results in the order of `reads`, with an error where a read failed, as DataLoader expects them. Unlike
 * `Promise.allSettled`, it allocates no object per outcome.
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
    : new Error('A read was rejected with a value that is not an Error.', { cause: reason });
}
