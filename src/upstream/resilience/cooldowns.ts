import { LRUCache } from 'lru-cache';

const MAX_COOLDOWN_SECONDS = 3600;
/** For a 429 that does not say how long. */
const DEFAULT_COOLDOWN_SECONDS = 1;
const MAX_CREDENTIALS = 10_000;

interface Entry {
  /** Until when no call is made; `performance.now()`. */
  readonly until: number;
  /** Until when the API said that none is welcome. */
  readonly saidUntil: number;
}

/** How long a credential's next call has to wait, and what to report where that is too long. */
export interface Cooldown {
  readonly ms: number;
  readonly reportSeconds: number;
}

/** Credentials that had a 429: all of their calls wait, and nobody else's. Times are those of `performance.now()`. */
export class Cooldowns {
  readonly #cooldowns = new LRUCache<string, Entry>({ max: MAX_CREDENTIALS });

  start(credentialKey: string, seconds: number | undefined, now = performance.now()): void {
    const said = seconds ?? DEFAULT_COOLDOWN_SECONDS;
    const until = now + Math.min(said, MAX_COOLDOWN_SECONDS) * 1000;
    const known = this.#cooldowns.get(credentialKey);
    if (known === undefined || known.until < until) {
      this.#cooldowns.set(credentialKey, { until, saidUntil: now + said * 1000 });
    }
  }

  remaining(credentialKey: string, at?: number): Cooldown | undefined {
    const cooldown = this.#cooldowns.get(credentialKey);
    if (cooldown === undefined) return undefined;
    const now = at ?? performance.now();
    if (cooldown.until > now) {
      return { ms: cooldown.until - now, reportSeconds: Math.ceil((cooldown.saidUntil - now) / 1000) };
    }
    this.#cooldowns.delete(credentialKey);
    return undefined;
  }
}
