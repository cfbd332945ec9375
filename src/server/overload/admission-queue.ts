import { ClientGoneError, overloaded } from '../../operations/request/request-error.js';
import type { Cancellation } from '../../cancellation.js';

export interface AdmissionQueueOptions {
  /** The current limit on operations that execute at the same time. */
  readonly concurrency: () => number;
  /** The most requests in flight, including waiting ones. */
  readonly max: number;
  /** This many requests in flight are always accepted, however long they wait. */
  readonly min: number;
  /** Requests are rejected while the first one has waited for longer, in milliseconds. 0 turns this off. */
  readonly waitMs: number;
}

interface WaitingRequest {
  /** From `performance.now()`. */
  readonly since: number;
  readonly admit: () => void;
}

/**
 * A semaphore with a FIFO queue. The queue absorbs bursts, but rejects requests when it stands: like CoDel (RFC 8289), it looks
 * at how long the first request has waited, independently of rates.
 */
export class AdmissionQueue {
  readonly #options: AdmissionQueueOptions;
  readonly #waiting = new Set<WaitingRequest>();
  #executing = 0;
  #rejected = 0;
  #rejectedBefore = 0;

  constructor(options: AdmissionQueueOptions) {
    this.#options = options;
  }

  get executing(): number {
    return this.#executing;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many requests have been rejected since the start. */
  get rejected(): number {
    return this.#rejectedBefore + this.#rejected;
  }

  /** @throws {RequestError} 503 if one more request would wait too long */
  check(): void {
    const { max, min, waitMs } = this.#options;
    const inFlight = this.#executing + this.#waiting.size;
    if (inFlight < max && (inFlight < min || waitMs === 0 || this.#waited() <= waitMs)) return;
    this.#rejected += 1;
    throw overloaded('The gateway is overloaded; nothing was done.');
  }

  /**
   * Waits for a slot, or until the client disconnects.
   *
   * @returns releases the slot; call it once
   * @throws {RequestError} 503 if it would wait too long
   * @throws {ClientGoneError}
   */
  admit(gone: Cancellation): (() => void) | Promise<() => void> {
    this.check();
    if (this.#waiting.size === 0 && this.#executing < this.#options.concurrency()) {
      this.#executing += 1;
      return this.#release;
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        gone.offCancel(onGone);
        this.#waiting.delete(request);
      };
      const request: WaitingRequest = {
        since: performance.now(),
        admit: () => {
          leave();
          this.#executing += 1;
          resolve(this.#release);
        },
      };
      const onGone = () => {
        leave();
        reject(new ClientGoneError());
      };
      this.#waiting.add(request);
      gone.onCancel(onGone);
    });
  }

  /**
   * Admits each waiting request in a microtask, so that the stack does not grow with their number. Call it when the limit has
   * changed.
   */
  readonly admitNext = (): void => {
    for (const request of this.#waiting) {
      if (this.#executing >= this.#options.concurrency()) return;
      request.admit();
    }
  };

  /** @returns the number of requests rejected since the previous call */
  takeRejected(): number {
    const rejected = this.#rejected;
    this.#rejectedBefore += rejected;
    this.#rejected = 0;
    return rejected;
  }

  readonly #release = (): void => {
    this.#executing -= 1;
    this.admitNext();
  };

  /** How long the first request has waited, in milliseconds. */
  #waited(): number {
    for (const { since } of this.#waiting) return performance.now() - since;
    return 0;
  }
}
