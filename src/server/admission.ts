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
export interface Stretch {
  /** How long the event loop worked, and how long it slept. */
  readonly busyMs: number;
  readonly idleMs: number;
  /** The requests that were answered. */
  readonly answered: number;
  /** The fewest that were in flight at a time. */
  readonly leastInFlight: number;
}

/**
 * How many requests may be in flight, and how many of them may be worked on.
 *
 * A request that waits for a slow REST API costs next to nothing, so many may. But where the event loop has not slept for
 * a while, requests stand in a queue, and one more only makes all wait longer. So it is, later, where more are in flight
 * than there are places upstream: who has waited for most of a request's time is then too late when the turn comes.
 *
 * A busy loop works on few requests at a time. The others wait before anything is done for them: what is begun and not
 * ended is memory that is looked through again and again, and a thousand of those made each cost twice as much.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #few: number;
  readonly #processor: Queue;
  readonly #upstream: Queue;
  #places: number;

  constructor(options: AdmissionOptions) {
    const { maxInFlight, concurrency, processorWaitMs, upstreamWaitMs } = options;
    this.#options = options;
    this.#few = Math.max(concurrency, FEW);
    this.#places = maxInFlight;
    this.#processor = new Queue({
      maxInFlight,
      always: this.#few,
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

  /** With so many being worked on, the next is to wait. */
  get places(): number {
    return this.#places;
  }

  observe({ busyMs, idleMs, answered, leastInFlight }: Stretch): void {
    const { concurrency, processorWaitMs, maxInFlight } = this.#options;
    const elapsedMs = busyMs + idleMs;
    this.#upstream.observe({ elapsedMs, workedMs: elapsedMs, answered, stands: leastInFlight > concurrency });
    if (processorWaitMs === 0) return;
    const stands = idleMs <= SLEPT * elapsedMs;
    this.#processor.observe({ elapsedMs, workedMs: busyMs, answered, stands });
    if (this.#processor.isCut) this.#places = this.#few;
    else if (!stands)
      this.#places = Math.min(maxInFlight, this.#places * 2 ** (elapsedMs / PLACES_DOUBLE_MS));
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

  /** Whether it stands now, and has for longer than a burst. */
  get isCut(): boolean {
    return this.#stoodMs >= this.#options.standingMs;
  }

  observe({ elapsedMs, workedMs, answered, stands }: QueueStretch): void {
    const { maxInFlight, always, waitMs, halfLifeMs } = this.#options;
    const kept = 0.5 ** (workedMs / halfLifeMs);
    this.#answered = this.#answered * kept + answered;
    this.#workedMs = this.#workedMs * kept + workedMs;
    this.#stoodMs = stands ? this.#stoodMs + Math.min(elapsedMs, LONGEST_MS) : 0;
    if (!stands) {
      // Twice as many after half the wait, and not all at once: the queue may only have been interrupted.
      this.#limit = Math.min(maxInFlight, this.#limit * 2 ** ((2 * elapsedMs) / waitMs));
    } else if (this.isCut) {
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
/** How long it takes a loop that sleeps again to work on twice as many: those who wait at the door are not to wait long. */
const PLACES_DOUBLE_MS = 100;
