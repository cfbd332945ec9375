import { SlidingWindow } from './sliding-window.js';

export interface BreakerOptions {
  /** How many calls of the window it takes at least. */
  readonly minCalls: number;
  /** It opens when more than this share of the window's calls failed, from 0 to 1. */
  readonly failureShare: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** How long it stays open before a probe, in milliseconds. */
  readonly probeAfterMs: number;
}

/** What the end of a call says of what the breaker protects; `none` where it says nothing. */
export type Verdict = 'up' | 'down' | 'none';

/**
 * Stops calls of something that is down. Open, it lets one call through when it is time, the probe, and closes when that
 * finds it up.
 */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #window: SlidingWindow<'success' | 'failure'>;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #openedAt = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#window = new SlidingWindow(options.windowMs);
  }

  /** Whether calls fail fast, apart from probes. */
  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** Whether the next call may go out. While a probe is under way, calls are to fail fast, not to wait for it. */
  get takesCalls(): boolean {
    return this.#state === 'closed' || (this.#state === 'open' && this.#probeIsDue());
  }

  /**
   * Lets a call out, where {@link takesCalls}.
   *
   * @returns what is to be told once of how the call ended
   */
  begin(): (verdict: Verdict) => void {
    if (this.#state === 'closed') return this.#count;
    this.#state = 'probing';
    return this.#probed;
  }

  /** A probe that ended before it found out anything, as when its caller went away, does not close the breaker. */
  readonly #probed = (verdict: Verdict): void => {
    if (verdict !== 'up') {
      this.#open();
      return;
    }
    this.#state = 'closed';
    this.#window.clear();
    this.#window.add('success', performance.now());
  };

  readonly #count = (verdict: Verdict): void => {
    if (verdict === 'none') return;
    const now = performance.now();
    if (verdict === 'up') {
      this.#window.add('success', now);
      return;
    }
    this.#window.add('failure', now);
    if (this.#state !== 'closed') return;
    const { minCalls, failureShare } = this.#options;
    const failed = this.#window.count('failure', now);
    const calls = failed + this.#window.count('success', now);
    if (calls >= minCalls && failed > failureShare * calls) this.#open();
  };

  #open(): void {
    this.#state = 'open';
    this.#openedAt = performance.now();
  }

  #probeIsDue(): boolean {
    return performance.now() - this.#openedAt >= this.#options.probeAfterMs;
  }
}
