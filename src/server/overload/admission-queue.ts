import { RequestError } from '../../operations/request-error.js';
import type { Cancellation } from '../../upstream/http/cancellation.js';

const RETRY_AFTER_SECONDS = 1;

interface WaitingRequest {
  readonly admit: () => void;
  readonly reject: (error: RequestError) => void;
}

/** How many operations may be executed at a time, and how many requests may be in flight, waiting ones included. */
export interface AdmissionLimits {
  readonly concurrency: number;
  readonly total: number;
}

/** A semaphore with a bounded queue, first in, first out. A request that finds it full is rejected before it has an effect. */
export class AdmissionQueue {
  readonly #limits: () => AdmissionLimits;
  readonly #waiting = new Set<WaitingRequest>();
  #executing = 0;
  /** Since they were last counted. */
  #answered = 0;
  #rejected = 0;

  constructor(limits: () => AdmissionLimits) {
    this.#limits = limits;
  }

  get executing(): number {
    return this.#executing;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws {RequestError} 503 where it is full */
  check(): void {
    if (this.#executing + this.#waiting.size >= this.#limits().total) throw this.#overloaded();
  }

  /**
   * Waits for a slot. A request whose client goes away waits no longer.
   *
   * @returns gives the slot back; to be called once
   * @throws {RequestError} 503 where the queue is full, or has become too long
   */
  admit(gone: Cancellation): (() => void) | Promise<() => void> {
    this.check();
    if (this.#waiting.size === 0 && this.#executing < this.#limits().concurrency) {
      this.#executing += 1;
      return this.#release;
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        gone.offCancel(onGone);
        this.#waiting.delete(request);
      };
      const request: WaitingRequest = {
        admit: () => {
          leave();
          this.#executing += 1;
          resolve(this.#release);
        },
        reject: (error) => {
          leave();
          reject(error);
        },
      };
      const onGone = () => {
        request.reject(new RequestError(400, 'The client has gone away.'));
      };
      this.#waiting.add(request);
      gone.onCancel(onGone);
    });
  }

  /** To be called when the limits have changed: admits requests, or rejects the newest of those that are too many. */
  update(): void {
    this.#admitNext();
    let surplus = this.#executing + this.#waiting.size - Math.ceil(this.#limits().total);
    for (const request of [...this.#waiting].reverse()) {
      if (surplus <= 0) break;
      surplus -= 1;
      request.reject(this.#overloaded());
    }
  }

  /** How many requests were answered and rejected since they were last counted. */
  takeCounts(): { readonly answered: number; readonly rejected: number } {
    const counts = { answered: this.#answered, rejected: this.#rejected };
    this.#answered = this.#rejected = 0;
    return counts;
  }

  readonly #release = (): void => {
    this.#executing -= 1;
    this.#answered += 1;
    this.#admitNext();
  };

  /** An admitted request goes on in a microtask of its own, so no stack grows with the number of them. */
  #admitNext(): void {
    for (const request of this.#waiting) {
      if (this.#executing >= this.#limits().concurrency) return;
      request.admit();
    }
  }

  #overloaded(): RequestError {
    this.#rejected += 1;
    return new RequestError(503, 'The gateway is overloaded; nothing was done.', {
      code: 'RATE_LIMITED',
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }
}
