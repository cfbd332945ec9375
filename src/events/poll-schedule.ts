/** The delay grows by half with each read that shows no change. */
const GROWTH = 1.5;
/** Spread over a fifth of the delay, so that topics that were subscribed together are not read together for ever. */
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

/** How many idle reads lead to the longest delay. */
export function idleReadsOfMaxDelay({ minMs, maxMs }: PollDelays): number {
  return Math.ceil(Math.log(maxMs / minMs) / Math.log(GROWTH));
}
