import { idleReadsOfMaxDelay, pollDelayMs, type PollDelays } from './poll-delay.js';

/** The shortest time between two reads that hints cause, in milliseconds. */
const HINT_SPACING_MS = 50;

interface PollRole {
  /** Whether another process has polled until now. */
  readonly wasPolledElsewhere: boolean;
  /** Whether another process polls now. */
  readonly isPolledElsewhere: boolean;
}

/** What a process has to do at a given time. */
export interface PollDecision {
  /** Ask the process that polls for the current states. */
  readonly requestsStates: boolean;
  /** Publish the current states. */
  readonly publishesStates: boolean;
  readonly polls: boolean;
}

/**
 * Decides when a topic is read. It has no clock and no timer: `now` is in milliseconds, on any monotonic clock.
 */
export class PollSchedule {
  readonly #delays: PollDelays;
  /** Returns a number from 0 to 1. */
  readonly #random: () => number;
  /** Something may have changed after the last read began. */
  #isStale = false;
  /** This process reads next time even if another one polls. */
  #mustRead = false;
  /** The process that polls may have published newer states that this one has missed. */
  #mustRequest = true;
  #lastReadAt = -Infinity;
  #dueAt = 0;
  #idleReads = 0;

  constructor(delays: PollDelays, random: () => number = Math.random) {
    this.#delays = delays;
    this.#random = random;
  }

  /** When the next read is due. */
  get dueAt(): number {
    return this.#dueAt;
  }

  /** Whether something may have changed after the last read began. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Whether the last read began no longer ago than the shortest delay. */
  isRecent(now: number): boolean {
    return now - this.#lastReadAt <= this.#delays.minMs;
  }

  /** Begins with the delay after the last read, unless a hint has set another time. */
  start(): void {
    if (!this.#isStale) this.#dueAt = this.#lastReadAt + this.#delayMs();
  }

  /**
   * Something may have changed, so the topic is read soon.
   *
   * @param evenIfPolledElsewhere set it if messages of the process that polls may have been lost
   */
  hinted(now: number, evenIfPolledElsewhere = false): void {
    this.#isStale = true;
    this.#mustRead ||= evenIfPolledElsewhere;
    this.#mustRequest ||= evenIfPolledElsewhere;
    this.#idleReads = 0;
    this.#dueAt = Math.max(this.#lastReadAt + HINT_SPACING_MS, now);
  }

  /** A read begins, for a poll or for a new subscription. */
  readStarted(now: number): void {
    this.#isStale = false;
    this.#lastReadAt = now;
  }

  /** Another process has sent a new state, which counts as a read. */
  stateReceived(now: number): void {
    this.#lastReadAt = now;
  }

  /** Decides what to do now, and counts it as done except for a poll, which ends with {@link polled} or {@link pollFailed}. */
  decide({ wasPolledElsewhere, isPolledElsewhere }: PollRole, now: number): PollDecision {
    const takesOver = wasPolledElsewhere && !isPolledElsewhere;
    const requestsStates = isPolledElsewhere && this.#mustRequest;
    if (requestsStates) this.#mustRequest = false;
    const isDue = now >= this.#dueAt;
    // The process that polled before may have died before it could publish a change.
    const polls = isPolledElsewhere ? this.#mustRead : isDue || takesOver;
    if (!polls && isDue) this.#dueAt = now + this.#delays.maxMs;
    // The process that polled before may not have answered a request.
    return { requestsStates, publishesStates: takesOver, polls };
  }

  pollStarted(): void {
    this.#mustRead = false;
  }

  /** @param hasWebhooks whether webhooks report changes, so that polling only has to find those whose webhook was lost */
  polled(now: number, isChanged: boolean, hasWebhooks: boolean): void {
    if (!isChanged) this.#idleReads += 1;
    else this.#idleReads = hasWebhooks ? idleReadsOfMaxDelay(this.#delays) : 0;
    this.#dueAt = now + this.#delayMs();
  }

  /** @param retryAfterMs the shortest delay that the API asks for */
  pollFailed(now: number, retryAfterMs: number): void {
    this.#idleReads += 1;
    this.#dueAt = now + Math.max(this.#delayMs(), retryAfterMs);
  }

  #delayMs(): number {
    return pollDelayMs(this.#idleReads, this.#random(), this.#delays);
  }
}
