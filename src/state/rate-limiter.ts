import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { entryLimit } from './entry-limit.js';

/** Limits what each key may use per minute. The minute starts with the key's first use. */
export interface RateLimiter {
  /**
   * Takes an amount if that much is left. An amount above the limit counts as the whole limit.
   *
   * @returns undefined if it was taken; otherwise nothing was, and the result is the time until the minute ends, in milliseconds. Never
   *   rejects.
   */
  take(key: string, amount: number): Promise<number | undefined>;
  /** Gives back what has been taken for something that is not done after all. Never rejects. */
  giveBack(key: string, amount: number): Promise<void>;
}

export interface RateLimit {
  /** Distinguishes it from other limits, e.g. `principal`. */
  readonly name: string;
  /** What each key may use in a minute. */
  readonly perMinute: number;
}

export const MINUTE_S = 60;

/** The most keys that one limiter remembers. The least recently used one is evicted, which resets its limit. */
const MAX_KEYS = 50_000;

/**
 * Unlike the library's limiter, it has a bounded number of keys, takes nothing when it rejects, and gives back no more than was taken.
 */
export class BoundedLimiter extends RateLimiterMemory {
  readonly #keys: LRUCache<string, true>;

  constructor(perMinute: number, maxKeys: number = MAX_KEYS) {
    super({ points: perMinute, duration: MINUTE_S });
    this.#keys = new LRUCache({
      ...entryLimit(maxKeys),
      dispose: (_value, key) => void this.delete(key),
    });
  }

  override async consume(key: string, amount = 1): Promise<RateLimiterRes> {
    if (this.#keys.get(key) === undefined) this.#keys.set(key, true);
    try {
      return await super.consume(key, amount);
    } catch (rejected) {
      await super.reward(key, amount);
      throw rejected;
    }
  }

  override async reward(key: string, amount = 1): Promise<RateLimiterRes> {
    const used = await this.get(key);
    return used === null
      ? new RateLimiterRes()
      : await super.reward(key, Math.min(amount, used.consumedPoints));
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

  giveBack(key: string, amount: number): Promise<void> {
    return giveBackTo(this.#limiter, key, amount);
  }

  /** @returns undefined if something is left; otherwise the time until the minute ends, in milliseconds */
  async exhausted(key: string): Promise<number | undefined> {
    const used = await this.#limiter.get(key);
    return used !== null && used.remainingPoints <= 0 ? used.msBeforeNext : undefined;
  }
}

interface Limiter {
  readonly points: number;
  consume(key: string, amount: number): Promise<RateLimiterRes>;
  reward(key: string, amount: number): Promise<RateLimiterRes>;
}

export async function takeFrom(limiter: Limiter, key: string, amount: number): Promise<number | undefined> {
  try {
    await limiter.consume(key, Math.min(amount, limiter.points));
    return undefined;
  } catch (rejected) {
    if (rejected instanceof RateLimiterRes) return Math.max(1, rejected.msBeforeNext);
    throw rejected;
  }
}

export async function giveBackTo(limiter: Limiter, key: string, amount: number): Promise<void> {
  await limiter.reward(key, Math.min(amount, limiter.points));
}
