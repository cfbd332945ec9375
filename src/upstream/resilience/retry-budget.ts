import { SlidingWindow } from './sliding-window.js';

export interface RetryBudgetOptions {
  /** The most retries per call, from 0 to 1. */
  readonly share: number;
  /** Retries that the window always allows, so that a process with little traffic can retry. */
  readonly floor: number;
}

const WINDOW_MS = 10_000;

/** Limits retries to a share of the calls of the last ten seconds, so that they do not amplify an outage. */
export class RetryBudget {
  readonly #window = new SlidingWindow<'call' | 'retry'>(WINDOW_MS);
  readonly #options: RetryBudgetOptions;

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
  }

  /** @param now milliseconds, on a monotonic clock */
  countCall(now: number): void {
    this.#window.add('call', now);
  }

  /** Takes one retry from the budget; false if none is left. */
  takeRetry(now: number): boolean {
    const { share, floor } = this.#options;
    const allowed = Math.max(floor, share * this.#window.count('call', now));
    if (this.#window.count('retry', now) >= allowed) return false;
    this.#window.add('retry', now);
    return true;
  }
}
