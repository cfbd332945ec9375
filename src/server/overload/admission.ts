import type { LoopStretch } from './places.js';

export interface AdmissionOptions {
  /** The most requests that may be in flight, whatever they wait for. */
  readonly maxInFlight: number;
  /** Calls that may be in flight upstream. */
  readonly concurrency: number;
  /** How long a request may be expected to take where the processor is what is waited for, in milliseconds; 0: any time. */
  readonly processorWaitMs: number;
  /** How long, where a place among the calls upstream is, in milliseconds. */
  readonly upstreamWaitMs: number;
}

/** What happened in a stretch of time. */
export interface Stretch extends LoopStretch {
  /** The requests that were answered. */
  readonly answered: number;
  /** The fewest that were in flight at a time. */
  readonly leastInFlight: number;
}

/**
 * How many requests may be in flight.
 *
 * A request that waits for a slow REST API costs next to nothing, so many may. But where the event loop has not slept for
 * a while, requests stand in a queue, and one more only makes all wait longer. So it is, later, where more are in flight
 * than there are places upstream: who has waited for most of a request's time is then too late when the turn comes.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #processor: Queue;
  readonly #upstream: Queue;

  constructor(options: AdmissionOptions) {
    const { maxInFlight, concurrency, processorWaitMs, upstreamWaitMs } = options;
    this.#options = options;
    this.#processor = new Queue({
      maxInFlight,
      always: Math.max(concurrency, FEW),
      waitMs: processorWaitMs,
      standingMs: PROCESSOR_STANDING_MS,
      halfLifeMs: PROCESSOR_HALF_LIFE_MS,
    });
    this.#upstream = new Queue({
      maxInFlight,
      always: concurrency,
      waitMs: upstreamWaitMs,
      standingMs: upstreamWaitMs,
      halfLifeMs: upstreamWaitMs,
    });
  }

  /** With so many requests in flight, the next is to be refused. */
  get limit(): number {
    return Math.min(this.#processor.limit, this.#upstream.limit);
  }

  observe({ busyMs, idleMs, answered, leastInFlight }: Stretch): void {
    const { concurrency, processorWaitMs } = this.#options;
    const elapsedMs = busyMs + idleMs;
    if (processorWaitMs > 0) {
      this.#processor.observe({ elapsedMs, workedMs: busyMs, answered, stands: idleMs <= SLEPT * elapsedMs });
    }
    this.#upstream.observe({ elapsedMs, workedMs: elapsedMs, answered, stands: leastInFlight > concurrency });
  }
}

interface QueueOptions {
  readonly maxInFlight: number;
  /** So many are let in even so. */
  readonly always: number;
  /** The longest that the last one may take. */
  readonly waitMs: number;
  /** For how long a queue has to have stood to be no burst. */
  readonly standingMs: number;
  /** Within so much time worked, half of what was observed is forgotten. */
  readonly halfLifeMs: number;
}

/**
 * A queue, bounded by what it costs to stand in it.
 *
 * As in CoDel (RFC 8289, 3.1) a burst passes, and what stands for longer is cut: to what can be answered, by what was
 * answered lately, within the wait that is allowed (Little's law).
 */
class Queue {
  readonly #options: QueueOptions;
  /** Answers, and the time that was worked for them. Both fade: they are to tell what can be done at present. */
  #answered = 0;
  #workedMs = 0;
  #stoodMs = 0;
  #limit: number;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#limit = options.maxInFlight;
  }

  get limit(): number {
    return this.#limit;
  }

  observe({ elapsedMs, workedMs, answered, stands }: QueueStretch): void {
    const { maxInFlight, always, waitMs, standingMs, halfLifeMs } = this.#options;
    const kept = 0.5 ** (workedMs / halfLifeMs);
    this.#answered = this.#answered * kept + answered;
    this.#workedMs = this.#workedMs * kept + workedMs;
    this.#stoodMs = stands ? this.#stoodMs + Math.min(elapsedMs, LONGEST_MS) : 0;
    if (!stands) {
      // Twice as many after half the wait, and not all at once: the queue may only have been interrupted.
      this.#limit = Math.min(maxInFlight, this.#limit * 2 ** ((2 * elapsedMs) / waitMs));
    } else if (this.#stoodMs >= standingMs) {
      this.#limit = Math.min(maxInFlight, Math.max(always, (this.#answered / this.#workedMs) * waitMs));
    }
  }
}

interface QueueStretch {
  readonly elapsedMs: number;
  readonly workedMs: number;
  readonly answered: number;
  readonly stands: boolean;
}

/** Requests that are no overload, however much each costs. */
const FEW = 64;
/** The share of a stretch from which on the loop has slept in it: less are the pauses between two events. */
const SLEPT = 0.05;
/** A loop that has not slept for so long has a queue that stands, and no burst. */
const PROCESSOR_STANDING_MS = 300;
const PROCESSOR_HALF_LIFE_MS = 1000;
/** What one stretch counts for at most: a loop that was blocked once has a burst behind it, and no queue that stands. */
const LONGEST_MS = 100;
