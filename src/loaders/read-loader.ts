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
  return new DataLoader<K, V, string>((keys) => settled(keys.map((key) => read(key))), {
    cacheKeyFn: cacheKey,
  });
}

/** Results in the order of `reads`, with the error in the place of what failed, as DataLoader wants them. */
export async function settled<V>(reads: readonly Promise<V>[]): Promise<(V | Error)[]> {
  const outcomes = await Promise.allSettled(reads);
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : asError(outcome.reason),
  );
}

function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new Error('A read failed with something that is no error.', { cause: reason });
}
