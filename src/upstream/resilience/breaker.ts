import { SlidingWindow } from './sliding-window.js';

export interface BreakerOptions {
  /** The fewest calls in the window that can open it. */
  readonly minCalls: number;
  /** It opens when more than this share of the calls in the window failed; from 0 to 1. */
  readonly failureShare: number;
  /** Milliseconds. */
  readonly windowMs: number;
  /** How long it stays open before it lets a probe through, in milliseconds. */
  readonly probeAfterMs: number;
}

/** What the outcome of a call reveals about the protected service; `none` if nothing. */
export type Verdict = 'up' | 'down' | 'none';

/** A circuit breaker. While open, it periodically lets one call through, the probe, and closes if the probe succeeds. */
export class Breaker {
  readonly #options: BreakerOptions;
  readonly #window: SlidingWindow<'success' | 'failure'>;
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #openedAt = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#window = new SlidingWindow(options.windowMs);
  }

  /** Whether calls other than probes fail fast. */
  get isOpen(): boolean {
    return this.#state !== 'closed';
  }

  /** Whether the next call may be sent. While a probe is in flight, calls fail fast instead of waiting for it. */
  get takesCalls(): boolean {
    return this.#state === 'closed' || (this.#state === 'open' && this.#probeIsDue());
  }

  /**
   * Starts a call, if {@link takesCalls}.
   *
   * @returns a callback for the call's verdict, to be called once
   */
  begin(): (verdict: Verdict) => void {
    if (this.#state === 'closed') return this.#count;
    this.#state = 'probing';
    return this.#probed;
  }

  /** A probe without a verdict, as when its caller disconnects, does not close the breaker. */
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
