import { LRUCache } from 'lru-cache';
import { entryLimit } from './entry-limit.js';

/** Remembers processed webhook deliveries by a digest of their source and id. */
export interface DeliveryStore {
  /** @throws Error if the store cannot be reached */
  has(key: string): Promise<boolean>;
  /**
   * Call it after the delivery has been processed: if the process dies in between, the repeated delivery must be accepted.
   */
  add(key: string): Promise<void>;
}

export interface DeliveryStoreOptions {
  /** Milliseconds. Default: 24 hours. */
  readonly ttlMs?: number;
  /** Default: 100,000. The oldest is forgotten first. */
  readonly maxDeliveries?: number;
}

export class InMemoryDeliveryStore implements DeliveryStore {
  readonly #keys: LRUCache<string, true>;

  constructor({ ttlMs = 86_400_000, maxDeliveries = 100_000 }: DeliveryStoreOptions = {}) {
    this.#keys = new LRUCache({ ...entryLimit(maxDeliveries), ttl: ttlMs });
  }

  async has(key: string): Promise<boolean> {
    return this.#keys.has(key);
  }

  async add(key: string): Promise<void> {
    this.#keys.set(key, true);
  }
}
