import { randomInt } from 'node:crypto';
import type { IdempotencyStore } from '../idempotency-store.js';
import type { RedisConnection } from './connection.js';

const TTL_MS = 86_400_000;
/** The upper bound of `randomInt`. */
const MAX_NUMBER = 2 ** 48 - 1;

/**
 * Keeps uses for 24 hours from the first one. A claim whose reply is lost stays, like that of a process that has died.
 */
export class RedisIdempotencyStore implements IdempotencyStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async claim(key: string, fingerprint: string): Promise<number | undefined> {
    // A number that differs from those of earlier uses of the key.
    const number = randomInt(1, MAX_NUMBER);
    return await this.#redis.run(
      (client) => client.claimKey(redisKey(key), fingerprint, number, TTL_MS),
      // The caller has given up on a late claim, so it is released.
      (use) => {
        if (use !== undefined) this.release(key, use).catch(() => undefined);
      },
    );
  }

  async release(key: string, use: number): Promise<void> {
    await this.#redis.run((client) => client.releaseKey(redisKey(key), use));
  }
}

function redisKey(key: string): string {
  return `idempotency:${key}`;
}
