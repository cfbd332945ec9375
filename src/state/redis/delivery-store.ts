import type { DeliveryStore } from '../delivery-store.js';
import type { RedisConnection } from './connection.js';

const TTL_MS = 86_400_000;

/** Remembers deliveries for 24 hours. */
export class RedisDeliveryStore implements DeliveryStore {
  readonly #redis: RedisConnection;

  constructor(redis: RedisConnection) {
    this.#redis = redis;
  }

  async has(key: string): Promise<boolean> {
    return (await this.#redis.run((client) => client.exists(redisKey(key)))) > 0;
  }

  async add(key: string): Promise<void> {
    await this.#redis.run((client) =>
      client.set(redisKey(key), '1', { expiration: { type: 'PX', value: TTL_MS } }),
    );
  }
}

function redisKey(key: string): string {
  return `delivery:${key}`;
}
