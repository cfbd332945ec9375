import type { LoopSample } from './event-loop.js';

/** How often {@link AdaptiveLimit.tick} is called while requests wait, in milliseconds. */
export const TICK_MS = 10;
const FEWEST = 2;
const INCREASE = 1.5;
const DECREASE = 0.9;
/** The most that one sample may take away: a long iteration may have been a pause of the machine. */
const LARGEST_DECREASE = 0.25;
/** In milliseconds. libuv 1.46 accepts one connection in an iteration, so long iterations keep new clients out. */
const LONG_ITERATION_MS = 3;
/** The event loop is saturated if it was idle for less than this share of the time. */
const IDLE_SHARE = 0.02;

/**
 * How many operations are executed at a time: a concurrency limit with additive-increase/multiplicative-decrease feedback.
 *
 * Operations that wait for a slow REST API cost little, so there is no limit but the maximum while the event loop sleeps now
 * and then. When it is saturated, more concurrency answers no request sooner. It costs memory that the garbage collector
 * visits again and again (50 operations of 50 calls each took two to three times the CPU interleaved), and long iterations.
 */
export class AdaptiveLimit {
  readonly #max: number;
  #limit: number;

  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  get value(): number {
    return this.#limit;
  }

  /** @param inFlight how many operations are being executed @param waiting how many wait */
  tick(sample: LoopSample, inFlight: number, waiting: number): void {
    const { busyMs, idleMs, iterationMs, callsWaited } = sample;
    const share = LONG_ITERATION_MS / iterationMs;
    const isSaturated = idleMs <= IDLE_SHARE * (busyMs + idleMs);
    if (isSaturated && (callsWaited || share < 1)) {
      const kept = Math.max(LARGEST_DECREASE, Math.min(DECREASE, share));
      this.#limit = Math.max(FEWEST, Math.min(this.#limit, inFlight) * kept);
    } else {
      this.#limit = waiting === 0 ? this.#max : Math.min(this.#max, Math.ceil(this.#limit * INCREASE));
    }
  }
}
