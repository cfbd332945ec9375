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
    // It ends the waiting alone: what has been sent is not the queue's to end.
    const waiting = new AbortController();
    const giveUp = () => {
      waiting.abort();
    };
    const timer = setTimeout(giveUp, scope.deadline - performance.now());
    scope.callerGone.addEventListener('abort', giveUp);
    if (scope.callerGone.aborted) giveUp();
    const stopWaiting = () => {
      clearTimeout(timer);
      scope.callerGone.removeEventListener('abort', giveUp);
    };
    const sendNow = () => {
      stopWaiting();
      return send();
    };
    try {
      return await this.#queue.add(sendNow, { signal: waiting.signal });
    } catch (error) {
      throw waiting.signal.aborted ? timedOut(false, error) : error;
    } finally {
      stopWaiting();
    }
  }
}
