import { LRUCache } from 'lru-cache';
import { noCooldownBroadcast, type CooldownBroadcast } from '../../state/cooldown-broadcast.js';
import { entryLimit } from '../../state/entry-limit.js';

const MAX_COOLDOWN_SECONDS = 3600;
/** Applies to a 429 without `Retry-After`. */
const DEFAULT_COOLDOWN_SECONDS = 1;
const MAX_PRINCIPALS = 10_000;

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

/**
 * Pauses all calls of a principal after a 429, and no other calls. A cooldown that another process announces can start or lengthen a
 * pause, but never shorten it. Times are from `performance.now()`.
 */
export class Cooldowns {
  readonly #cooldowns = new LRUCache<string, Entry>(entryLimit(MAX_PRINCIPALS));
  readonly #broadcast: CooldownBroadcast;
  readonly #stopListening: () => void;

  /** @param broadcast announces cooldowns to other processes. Default: there are none */
  constructor(broadcast: CooldownBroadcast = noCooldownBroadcast) {
    this.#broadcast = broadcast;
    this.#stopListening = broadcast.listen(({ principalKey, seconds }) => {
      this.#pause(principalKey, seconds, performance.now());
    });
  }

  start(principalKey: string, seconds = DEFAULT_COOLDOWN_SECONDS, now = performance.now()): void {
    if (this.#pause(principalKey, seconds, now)) this.#broadcast.publish({ principalKey, seconds });
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

  /** The number of principals whose calls are paused now. */
  get active(): number {
    const now = performance.now();
    return [...this.#cooldowns.values()].filter(({ until }) => until > now).length;
  }

  /** Stops listening to other processes. */
  close(): void {
    this.#stopListening();
  }

  /** @returns whether calls are paused for longer than they were */
  #pause(principalKey: string, seconds: number, now: number): boolean {
    const until = now + Math.min(seconds, MAX_COOLDOWN_SECONDS) * 1000;
    const known = this.#cooldowns.get(principalKey);
    if (known !== undefined && known.until >= until) return false;
    this.#cooldowns.set(principalKey, { until, requestedUntil: now + seconds * 1000 });
    return true;
  }
}
