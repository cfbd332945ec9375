import { RequestError } from '../../operations/request-error.js';
import type { Cancellation } from '../../upstream/http/cancellation.js';

const RETRY_AFTER_SECONDS = 1;

export interface AdmissionQueueOptions {
  /** How many operations may be executed at a time, at present. */
  readonly concurrency: () => number;
  /** How many requests may be in flight, waiting ones included. */
  readonly max: number;
  /** So many are never too many, however long they wait. */
  readonly min: number;
  /** No request is accepted while the first one has waited for longer, in milliseconds. 0 accepts them. */
  readonly waitMs: number;
}

interface WaitingRequest {
  /** On the clock of `performance.now()`. */
  readonly since: number;
  readonly admit: () => void;
}

/**
 * A semaphore with a queue, first in, first out. The queue takes a burst but does not stand: like CoDel (RFC 8289) it goes by
 * how long the first request has waited, which needs no knowledge of rates.
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

  /** @throws {RequestError} 503 where a further request would wait too long */
  check(): void {
    const { max, min, waitMs } = this.#options;
    const inFlight = this.#executing + this.#waiting.size;
    if (inFlight < max && (inFlight < min || waitMs === 0 || this.#waited() <= waitMs)) return;
    this.#rejected += 1;
    throw new RequestError(503, 'The gateway is overloaded; nothing was done.', {
      code: 'RATE_LIMITED',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /**
   * Waits for a slot. A request whose client goes away waits no longer.
   *
   * @returns gives the slot back; to be called once
   * @throws {RequestError} 503 where it would wait too long
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
        reject(new RequestError(400, 'The client has gone away.'));
      };
      this.#waiting.add(request);
      gone.onCancel(onGone);
    });
  }

  /** Admits waiting requests in a microtask each, so that no stack grows with their number. Call it when the limit has changed. */
  readonly admitNext = (): void => {
    for (const request of this.#waiting) {
      if (this.#executing >= this.#options.concurrency()) return;
      request.admit();
    }
  };

  /** @returns how many requests were rejected since the call before */
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
