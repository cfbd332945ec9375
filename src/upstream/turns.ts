import PQueue from 'p-queue';
import type { CallScope } from './call.js';
import { timedOut } from './failure.js';

/** Lets a bounded number of requests be in flight at a time. */
export class Turns {
  readonly #concurrency: number;
  readonly #queue: PQueue;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
    this.#queue = new PQueue({ concurrency });
  }

  /** Waits for a place among the requests in flight, no longer than the deadline allows. */
  async take<T>(scope: CallScope, send: () => Promise<T>): Promise<T> {
    if (this.#queue.pending < this.#concurrency && this.#queue.size === 0) return await this.#queue.add(send);
    const late = AbortSignal.timeout(Math.max(0, scope.deadline - performance.now()));
    const signal = AbortSignal.any([scope.callerGone, late]);
    let sent = false;
    const sendOnce = () => {
      sent = true;
      return send();
    };
    return await this.#queue.add(sendOnce, { signal }).catch((error: unknown) => {
      throw sent ? error : timedOut(false, error);
    });
  }
}
