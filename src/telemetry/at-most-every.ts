/**
 * Limits how often something is logged that may happen at any rate.
 *
 * @param ms the least time between two calls of `action`, in milliseconds
 * @param now milliseconds since any fixed time. Default: `performance.now`
 * @returns calls `action`, or nothing if it has been called too recently
 */
export function atMostEvery<Args extends readonly unknown[]>(
  ms: number,
  action: (...args: Args) => void,
  now: () => number = () => performance.now(),
): (...args: Args) => void {
  let calledAt = -Infinity;
  return (...args) => {
    const time = now();
    if (time - calledAt < ms) return;
    calledAt = time;
    action(...args);
  };
}
