import { HttpFailure, type HttpFailureKind, type HttpResponse } from './http.js';
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

/**
 * Stops calling an upstream that is down: 5xx, broken connections and timeouts count, 4xx never do. Open, it lets one
 * call through when it is time, the probe, and closes when that is answered.
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

  /**
   * Whether the next call would go out. It would once a probe is due: whoever sends no calls to a gateway that does not
   * take them would otherwise never see it recover.
   */
  get takesCalls(): boolean {
    return this.#state === 'closed' || (this.#state === 'open' && this.#probeIsDue());
  }

  /** When to try again, where a call was not let through. */
  get retryAfterSeconds(): number {
    return Math.ceil(this.#options.probeAfterMs / 1000);
  }

  /** @returns undefined where the breaker is open, or a probe is under way: calls are to fail fast, not to wait for it */
  async execute(send: () => Promise<HttpResponse>): Promise<HttpResponse | undefined> {
    if (!this.takesCalls) return undefined;
    const isProbe = this.#state === 'open';
    if (isProbe) this.#state = 'probing';
    let verdict: Verdict = 'none';
    try {
      const response = await send();
      verdict = response.status >= 500 ? 'down' : 'up';
      return response;
    } catch (error) {
      verdict = error instanceof HttpFailure ? VERDICTS[error.kind] : 'none';
      throw error;
    } finally {
      if (isProbe) this.#probed(verdict);
      else if (verdict !== 'none') this.#count(verdict);
    }
  }

  /** A probe that ended before the upstream could answer, as when its caller went away, does not close the breaker. */
  #probed(verdict: Verdict): void {
    if (verdict !== 'up') {
      this.#open();
      return;
    }
    this.#state = 'closed';
    this.#window.clear();
    this.#window.add('success', performance.now());
  }

  #count(verdict: Verdict): void {
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
  }

  #open(): void {
    this.#state = 'open';
    this.#openedAt = performance.now();
  }

  #probeIsDue(): boolean {
    return performance.now() - this.#openedAt >= this.#options.probeAfterMs;
  }
}

/** What the end of a call says of the upstream; `none` where it says nothing. */
type Verdict = 'up' | 'down' | 'none';

const VERDICTS: Readonly<Record<HttpFailureKind, Verdict>> = {
  'not-connected': 'down',
  broken: 'down',
  'timed-out': 'down',
  aborted: 'none',
  'too-large': 'up',
  undecodable: 'up',
};
