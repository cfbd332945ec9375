import { setTimeout as sleep } from 'node:timers/promises';

/** The most calls that may be made at once after a pause. */
const BURST = 20;

/** Limits the rate of calls: each waits until it conforms (generic cell rate algorithm, ITU-T I.371). */
export class RateBudget {
  readonly #intervalMs: number;
  /** When a call would be on time if all calls so far had been evenly spaced; on the clock of `performance.now()`. */
  #onTime = 0;

  constructor(callsPerMinute: number) {
    this.#intervalMs = 60_000 / callsPerMinute;
  }

  /** Waits until another call may be made. Rejects if `signal` is aborted first. */
  async take(signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const onTime = Math.max(this.#onTime, now);
    this.#onTime = onTime + this.#intervalMs;
    const waitMs = onTime - now - (BURST - 1) * this.#intervalMs;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal, ref: false });
  }
}
