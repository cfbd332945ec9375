import { SlidingWindow } from './sliding-window.js';

export interface RetryBudgetOptions {
  /** The most retries for each call, from 0 to 1. */
  readonly share: number;
  /** Retries that are always allowed within the window, so that a quiet process can retry at all. */
  readonly floor: number;
}

const WINDOW_MS = 10_000;

/** Keeps retries to a share of the calls of the last ten seconds, so that they never multiply an outage. */
export class RetryBudget {
  readonly #window = new SlidingWindow<'call' | 'retry'>(WINDOW_MS);
  readonly #options: RetryBudgetOptions;

  constructor(options: RetryBudgetOptions) {
    this.#options = options;
  }

  /** @param now milliseconds, on a clock that does not jump */
  countCall(now: number): void {
    this.#window.add('call', now);
  }

  /** Takes one retry from the budget, where there is one left. */
  takeRetry(now: number): boolean {
    const { share, floor } = this.#options;
    const allowed = Math.max(floor, share * this.#window.count('call', now));
    if (this.#window.count('retry', now) >= allowed) return false;
    this.#window.add('retry', now);
    return true;
  }
}
