import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** Bounds what each key may use in a minute, which begins with its first use. */
export interface RateLimiter {
  /**
   * Uses an amount, unless that would be more than is left. An amount beyond the limit counts as the whole of it.
   *
   * @returns undefined if it is used; else in how many milliseconds the minute ends, and nothing is used. Never rejects.
   */
  take(key: string, amount: number): Promise<number | undefined>;
}

export interface RateLimit {
  /** Tells it from other limits, e.g. `principal`. */
  readonly name: string;
  /** What each key may use in a minute. */
  readonly perMinute: number;
}

export const MINUTE_S = 60;

/** The most keys that one limiter remembers: the least recently used one is forgotten, and has its whole limit again. */
const MAX_KEYS = 50_000;

/** A limiter of `rate-limiter-flexible`, with a bounded table, which uses nothing where it rejects. */
export class BoundedLimiter extends RateLimiterMemory {
  readonly #keys: LRUCache<string, true>;

  constructor(perMinute: number, maxKeys: number = MAX_KEYS) {
    super({ points: perMinute, duration: MINUTE_S });
    this.#keys = new LRUCache({ max: maxKeys, dispose: (_value, key) => void this.delete(key) });
  }

  override async consume(key: string, amount = 1): Promise<RateLimiterRes> {
    if (this.#keys.get(key) === undefined) this.#keys.set(key, true);
    try {
      return await super.consume(key, amount);
    } catch (refused) {
      await this.reward(key, amount);
      throw refused;
    }
  }
}

/** Limits in the memory of this process. */
export class InMemoryRateLimiter implements RateLimiter {
  readonly #limiter: BoundedLimiter;

  constructor({ perMinute }: Pick<RateLimit, 'perMinute'>, maxKeys?: number) {
    this.#limiter = new BoundedLimiter(perMinute, maxKeys);
  }

  take(key: string, amount: number): Promise<number | undefined> {
    return takeFrom(this.#limiter, key, amount);
  }

  /** @returns undefined if something is left; else in how many milliseconds the minute ends */
  async exhausted(key: string): Promise<number | undefined> {
    const used = await this.#limiter.get(key);
    return used !== null && used.remainingPoints <= 0 ? used.msBeforeNext : undefined;
  }
}

interface Limiter {
  readonly points: number;
  consume(key: string, amount: number): Promise<RateLimiterRes>;
}

export async function takeFrom(limiter: Limiter, key: string, amount: number): Promise<number | undefined> {
  try {
    await limiter.consume(key, Math.min(amount, limiter.points));
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
    throw refused;
  }
}
