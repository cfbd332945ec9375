import { RateLimiterRedis } from 'rate-limiter-flexible';
import {
  BoundedLimiter,
  giveBackTo,
  MINUTE_S,
  takeFrom,
  type RateLimit,
  type RateLimiter,
} from '../rate-limiter.js';
import type { RedisConnection } from './connection.js';

/**
 * Replies with the usage including the amount, and when the minute ends. Takes nothing beyond the limit. A negative amount is given
 * back, unless its minute has ended.
 */
const TAKE = `
  local used = tonumber(redis.call('GET', KEYS[1]) or '0')
  local ttl = redis.call('PTTL', KEYS[1])
  if ttl < 0 then
    used = 0
    ttl = ARGV[2] * 1000
  end
  local wanted = math.max(0, used + ARGV[1])
  if wanted <= tonumber(ARGV[3]) then redis.call('SET', KEYS[1], wanted, 'PX', ttl) end
  return {wanted, ttl}`;

interface EvalOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

/**
 * Limits that processes share. While Redis is unreachable, each process applies the limit separately and without a delay.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #limiter: RateLimiterRedis;

  constructor(redis: RedisConnection, { name, perMinute }: RateLimit) {
    this.#limiter = new RateLimiterRedis({
      // All commands go through the connection of the process, which has a timeout.
      storeClient: {
        eval: (script: string, options: EvalOptions) => redis.run((client) => client.eval(script, options)),
      },
      useRedisPackage: true,
      customIncrTtlLuaScript: TAKE,
      keyPrefix: `rate:${name}`,
      points: perMinute,
      duration: MINUTE_S,
      insuranceLimiter: new BoundedLimiter(perMinute),
    });
  }

  take(key: string, amount: number): Promise<number | undefined> {
    return takeFrom(this.#limiter, key, amount);
  }

  giveBack(key: string, amount: number): Promise<void> {
    return giveBackTo(this.#limiter, key, amount);
  }
}
