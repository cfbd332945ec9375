/** The delay grows by half with each read that shows no change. */
const GROWTH = 1.5;
/** A fifth of the delay is random, so that topics with simultaneous subscriptions are not always read at the same time. */
const JITTER = 0.2;

export interface PollDelays {
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * The delay before the next read.
 *
 * @param idleReads how many reads in a row have shown no change, or have failed
 * @param random from 0 to 1
 * @returns milliseconds; at most `maxMs`
 */
export function pollDelayMs(idleReads: number, random: number, { minMs, maxMs }: PollDelays): number {
  const delay = Math.min(maxMs, minMs * GROWTH ** idleReads);
  return delay * (1 - JITTER * random);
}

/** The number of idle reads after which the delay is `maxMs`. */
export function idleReadsOfMaxDelay({ minMs, maxMs }: PollDelays): number {
  return Math.ceil(Math.log(maxMs / minMs) / Math.log(GROWTH));
}
