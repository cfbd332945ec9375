import type { LoopSample } from './event-loop.js';

export interface QueueLimitOptions {
  readonly max: number;
  /** So many requests are never an overload. */
  readonly min: number;
  /** How long a request may be expected to take while the event loop is saturated, in milliseconds. 0 sets no limit. */
  readonly waitMs: number;
}

/** The event loop is saturated if it was idle for less than this share of the time. */
const IDLE_SHARE = 0.05;
/** A queue that has stood for so long is not a burst, in milliseconds. */
const STANDING_MS = 300;
/** One sample counts for no more: after a long pause there is a burst, not a standing queue. */
const LONGEST_SAMPLE_MS = 100;
const HALF_LIFE_MS = 1000;

/**
 * How many requests may be in flight, waiting ones included.
 *
 * As in CoDel (RFC 8289, 3) a burst passes, and a standing queue is cut: to what can be answered within the wait that is
 * allowed, at the rate of the last second (Little's law).
 */
export class QueueLimit {
  readonly #options: QueueLimitOptions;
  #limit: number;
  #answered = 0;
  #busyMs = 0;
  #standingMs = 0;

  constructor(options: QueueLimitOptions) {
    this.#options = options;
    this.#limit = options.max;
  }

  get value(): number {
    return this.#limit;
  }

  /** @param answered how many requests were answered since the sample before */
  tick({ busyMs, idleMs }: LoopSample, answered: number): void {
    const { max, min, waitMs } = this.#options;
    if (waitMs === 0) return;
    const elapsedMs = busyMs + idleMs;
    const kept = 0.5 ** (busyMs / HALF_LIFE_MS);
    this.#answered = this.#answered * kept + answered;
    this.#busyMs = this.#busyMs * kept + busyMs;
    if (idleMs > IDLE_SHARE * elapsedMs) {
      this.#standingMs = 0;
      // The limit doubles in half the wait rather than vanishing: the queue may only have been interrupted.
      this.#limit = Math.min(max, this.#limit * 2 ** ((2 * elapsedMs) / waitMs));
      return;
    }
    this.#standingMs += Math.min(elapsedMs, LONGEST_SAMPLE_MS);
    if (this.#standingMs < STANDING_MS) return;
    this.#limit = Math.min(max, Math.max(min, (this.#answered / this.#busyMs) * waitMs));
  }
}
