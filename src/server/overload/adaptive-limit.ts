import type { LoopSample } from './event-loop.js';

/** How often {@link AdaptiveLimit.tick} is called while requests wait, in milliseconds. */
export const TICK_MS = 10;
/** Two fan-outs keep all calls to the Demand API busy that may be made at a time. */
const FEWEST_IF_CALLS_WAIT = 2;
/** Fewer operations of one call each would wait for the Demand API while the event loop only rejects other requests. */
const FEWEST = 4;
const [LEAST_INCREASE, LARGEST_INCREASE] = [0.1, 0.5];
const DECREASE = 0.9;
/** The largest decrease per sample, because a long iteration may have been a pause of the machine. */
const LARGEST_DECREASE = 0.25;
/** In milliseconds. All clients wait for the end of an iteration. */
const LONG_ITERATION_MS = 3;
/**
 * The same while connections wait to be accepted: libuv 1.46 accepts one in an iteration. With iterations of 3 ms, new clients of
 * lists waited for 5 s at twice the capacity.
 */
const LONG_ITERATION_IF_ACCEPTING_MS = 0.3;
/** The event loop is saturated if it was idle for less than this share of the time. */
const IDLE_SHARE = 0.1;

/**
 * How many operations are executed at a time: a concurrency limit that decreases by a tenth while the event loop is saturated, and
 * increases in proportion to the time for which it idles.
 *
 * Operations that wait for a slow REST API cost little, so there is no limit but the maximum while the event loop idles now
 * and then. When it is saturated, more concurrency answers no request sooner. It costs memory that the garbage collector
 * visits again and again: 50 operations of 50 calls each took a third less CPU when a few were finished before others began.
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

  /** @param inFlight how many operations are being executed */
  tick({ busyMs, idleMs, iterationMs, callsWaited, isAccepting }: LoopSample, inFlight: number): void {
    const idleShare = idleMs / (busyMs + idleMs);
    const lengthShare = (isAccepting ? LONG_ITERATION_IF_ACCEPTING_MS : LONG_ITERATION_MS) / iterationMs;
    if (idleShare <= IDLE_SHARE && (callsWaited || lengthShare < 1)) {
      const kept = Math.max(LARGEST_DECREASE, Math.min(DECREASE, lengthShare));
      const fewest = isAccepting ? 1 : callsWaited ? FEWEST_IF_CALLS_WAIT : FEWEST;
      this.#limit = Math.max(Math.min(fewest, this.#max), Math.min(this.#limit, inFlight) * kept);
    } else {
      const increase = Math.max(LEAST_INCREASE, Math.min(LARGEST_INCREASE, idleShare));
      this.#limit = Math.min(this.#max, Math.ceil(this.#limit * (1 + increase)));
    }
  }
}
