import { LRUCache } from 'lru-cache';

const MAX_COOLDOWN_SECONDS = 3600;
/** Applies to a 429 without `Retry-After`. */
const DEFAULT_COOLDOWN_SECONDS = 1;
const MAX_CREDENTIALS = 10_000;

interface Entry {
  /** When the cooldown ends; capped. */
  readonly until: number;
  /** When the API asked the cooldown to end. */
  readonly requestedUntil: number;
}

/** How long the next call has to wait, and the wait to report to clients if it exceeds the deadline. */
export interface Cooldown {
  readonly ms: number;
  readonly reportSeconds: number;
}

/** Pauses all calls of a credential after a 429, and no other calls. Times are from `performance.now()`. */
export class Cooldowns {
  readonly #cooldowns = new LRUCache<string, Entry>({ max: MAX_CREDENTIALS });

  start(principalKey: string, seconds: number | undefined, now = performance.now()): void {
    const requested = seconds ?? DEFAULT_COOLDOWN_SECONDS;
    const until = now + Math.min(requested, MAX_COOLDOWN_SECONDS) * 1000;
    const known = this.#cooldowns.get(principalKey);
    if (known === undefined || known.until < until) {
      this.#cooldowns.set(principalKey, { until, requestedUntil: now + requested * 1000 });
    }
  }

  remaining(principalKey: string, at?: number): Cooldown | undefined {
    const cooldown = this.#cooldowns.get(principalKey);
    if (cooldown === undefined) return undefined;
    const now = at ?? performance.now();
    if (cooldown.until > now) {
      return { ms: cooldown.until - now, reportSeconds: Math.ceil((cooldown.requestedUntil - now) / 1000) };
    }
    this.#cooldowns.delete(principalKey);
    return undefined;
  }
}
