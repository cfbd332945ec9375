import { ClientGoneError, overloaded, type RequestError } from '../../operations/request/request-error.js';
import type { Cancellation } from '../../cancellation.js';

export interface AdmissionQueueOptions {
  /** The current limit on operations that execute at the same time. */
  readonly concurrency: () => number;
  /** The most requests in flight, including waiting ones. */
  readonly max: number;
  /** While no more requests than this are in flight, none is rejected, however long it waits. */
  readonly min: number;
  /** How long a request waits before it is rejected, in milliseconds. 0 for no limit. */
  readonly waitMs: number;
}

interface WaitingRequest {
  /** From `performance.now()`. */
  readonly since: number;
  readonly admit: () => void;
  readonly reject: () => void;
}

/**
 * A semaphore with a bounded FIFO queue in which requests wait for a limited time, so that it absorbs bursts but does not stand.
 *
 * A request that will not be admitted in time is not rejected before its time is over: to reject a small read costs as much as to
 * answer it, so clients that repeat it at once would leave no time for answers.
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

  /** @throws {RequestError} 503 if too many requests are in flight */
  check(): void {
    if (this.#inFlight >= this.#options.max) throw this.#rejection();
  }

  /**
   * Waits for a slot, or until the client disconnects.
   *
   * @returns releases the slot; call it once
   * @throws {RequestError} 503 if too many requests are in flight, or it has waited for too long
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
        reject: () => {
          leave();
          reject(this.#rejection());
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
   * Admits waiting requests, and rejects those that have waited for too long. Call it regularly while requests wait, and when the limit
   * has changed. What follows for a request happens in a microtask, so that the stack does not grow with their number.
   */
  readonly admitNext = (): void => {
    const now = performance.now();
    for (const request of this.#waiting) {
      if (this.#isLate(request, now)) request.reject();
      else if (this.#executing < this.#options.concurrency()) request.admit();
      else return;
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

  get #inFlight(): number {
    return this.#executing + this.#waiting.size;
  }

  #isLate({ since }: WaitingRequest, now: number): boolean {
    const { min, waitMs } = this.#options;
    return waitMs > 0 && now - since > waitMs && this.#inFlight > min;
  }

  #rejection(): RequestError {
    this.#rejected += 1;
    return overloaded('The gateway is overloaded; nothing was done.');
  }
}
