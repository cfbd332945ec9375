import type { LeaseStore } from '../lease-store.js';
import type { RedisConnection } from './connection.js';

export class RedisLeaseStore implements LeaseStore {
  readonly #redis: RedisConnection;
  readonly #owner: string;

  /** @param owner identifies this process */
  constructor(redis: RedisConnection, owner: string) {
    this.#redis = redis;
    this.#owner = owner;
  }

  async hold(name: string, ttlMs: number): Promise<boolean> {
    return await this.#redis.run((client) => client.holdLease(redisKey(name), this.#owner, ttlMs));
  }

  async release(name: string): Promise<void> {
    await this.#redis
      .run((client) => client.releaseLease(redisKey(name), this.#owner))
      .catch(() => undefined);
  }
}

function redisKey(name: string): string {
  return `lease:${name}`;
}
