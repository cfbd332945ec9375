import { LRUCache } from 'lru-cache';

const MAX_COOLDOWN_SECONDS = 3600;
/** For a 429 that does not say how long. */
const DEFAULT_COOLDOWN_SECONDS = 1;
const MAX_CREDENTIALS = 10_000;

interface Cooldown {
  /** Until when no call is made; `performance.now()`. */
  readonly until: number;
  /** Until when the API said that none is welcome. */
  readonly saidUntil: number;
}

/** Credentials that had a 429: all of their calls wait, and nobody else's. Times are those of `performance.now()`. */
export class Cooldowns {
  readonly #cooldowns = new LRUCache<string, Cooldown>({ max: MAX_CREDENTIALS });

  start(credentialKey: string, seconds: number | undefined, now: number): void {
    const said = seconds ?? DEFAULT_COOLDOWN_SECONDS;
    const until = now + Math.min(said, MAX_COOLDOWN_SECONDS) * 1000;
    const known = this.#cooldowns.get(credentialKey);
    if (known === undefined || known.until < until) {
      this.#cooldowns.set(credentialKey, { until, saidUntil: now + said * 1000 });
    }
  }

  /** How long a credential's next call has to wait, and what to report where that is too long. */
  remaining(
    credentialKey: string,
    now: number,
  ): { readonly ms: number; readonly reportSeconds: number } | undefined {
    const cooldown = this.#cooldowns.get(credentialKey);
    if (cooldown === undefined) return undefined;
    if (cooldown.until > now) {
      return { ms: cooldown.until - now, reportSeconds: Math.ceil((cooldown.saidUntil - now) / 1000) };
    }
    this.#cooldowns.delete(credentialKey);
    return undefined;
  }
}
