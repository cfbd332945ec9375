import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  handleWhen,
  type CircuitBreakerPolicy,
  type IBreaker,
} from 'cockatiel';
import { HttpFailure, type HttpResponse } from './http.js';
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

/** Stops calling an upstream that is down: 5xx, broken connections and timeouts count, 4xx never do. */
export class Breaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #probeAfterMs: number;
  #openedAt = 0;

  constructor(options: BreakerOptions) {
    this.#probeAfterMs = options.probeAfterMs;
    const failures = handleWhen(isFailure).orWhenResult((result) => (result as HttpResponse).status >= 500);
    this.#policy = circuitBreaker(failures, {
      halfOpenAfter: options.probeAfterMs,
      breaker: new ShareBreaker(options),
    });
    this.#policy.onBreak(() => {
      this.#openedAt = Date.now();
    });
  }

  /**
   * Whether the next call would go out. It would once a probe is due: whoever sends no calls to a gateway that does not
   * take them would otherwise never see it recover.
   */
  get takesCalls(): boolean {
    const { state } = this.#policy;
    return (
      state === CircuitState.Closed ||
      (state === CircuitState.Open && Date.now() - this.#openedAt >= this.#probeAfterMs)
    );
  }

  /** When to try again, where a call was not let through. */
  get retryAfterSeconds(): number {
    return Math.ceil(this.#probeAfterMs / 1000);
  }

  /** @returns undefined where the breaker is open, or a probe is under way */
  async execute(send: () => Promise<HttpResponse>): Promise<HttpResponse | undefined> {
    // cockatiel lets calls wait for the probe; they are to fail fast.
    if (this.#policy.state === CircuitState.HalfOpen) return undefined;
    const isProbe = this.#policy.state === CircuitState.Open;
    try {
      return await this.#policy.execute(isProbe ? () => probe(send) : send);
    } catch (error) {
      if (error instanceof BrokenCircuitError) return undefined;
      throw error instanceof NoVerdict ? error.cause : error;
    }
  }
}

/** A probe that ended before the upstream could answer, as when its caller went away: it does not close the breaker. */
class NoVerdict extends Error {
  override readonly name = 'NoVerdict';
}

async function probe(send: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await send();
  } catch (error) {
    const isVerdict = error instanceof HttpFailure && error.kind !== 'aborted';
    throw isVerdict ? error : new NoVerdict('The probe was not answered.', { cause: error });
  }
}

function isFailure(error: Error): boolean {
  if (error instanceof NoVerdict) return true;
  return error instanceof HttpFailure && ['not-connected', 'broken', 'timed-out'].includes(error.kind);
}

/** cockatiel's own sampling forgets old windows only while calls come in; this one goes by the clock. */
class ShareBreaker implements IBreaker {
  state = undefined;
  readonly #window: SlidingWindow<'success' | 'failure'>;
  readonly #options: BreakerOptions;

  constructor(options: BreakerOptions) {
    this.#options = options;
    this.#window = new SlidingWindow(options.windowMs);
  }

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) this.#window.clear();
    this.#window.add('success', performance.now());
  }

  failure(state: CircuitState): boolean {
    const now = performance.now();
    this.#window.add('failure', now);
    const failed = this.#window.count('failure', now);
    const calls = failed + this.#window.count('success', now);
    return (
      state !== CircuitState.Closed ||
      (calls >= this.#options.minCalls && failed > this.#options.failureShare * calls)
    );
  }
}
