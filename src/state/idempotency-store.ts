import { LRUCache } from 'lru-cache';
import { entryLimit } from './entry-limit.js';

/** Stores the input of each idempotency key, as digests. Every method rejects if the store cannot be reached. */
export interface IdempotencyStore {
  /** @returns the number of the use that the claim belongs to; undefined if the key has been used with other input */
  claim(key: string, fingerprint: string): Promise<number | undefined>;
  /** Takes one claim back. A use without claims is forgotten. */
  release(key: string, use: number): Promise<void>;
}

export interface IdempotencyStoreOptions {
  /** Milliseconds. Default: 24 hours. */
  readonly ttlMs?: number;
  /** Default: 100,000. The least recently used key is evicted first. */
  readonly maxKeys?: number;
}

interface Use {
  readonly number: number;
  readonly fingerprint: string;
  /** Claims of calls that are in flight or may have reached the API. */
  holders: number;
}

export class InMemoryIdempotencyStore implements IdempotencyStore {
  readonly #uses: LRUCache<string, Use>;
  #used = 0;

  constructor({ ttlMs = 86_400_000, maxKeys = 100_000 }: IdempotencyStoreOptions = {}) {
    this.#uses = new LRUCache({ ...entryLimit(maxKeys), ttl: ttlMs });
  }

  async claim(key: string, fingerprint: string): Promise<number | undefined> {
    const use = this.#uses.get(key) ?? { number: (this.#used += 1), fingerprint, holders: 0 };
    if (use.fingerprint !== fingerprint) return undefined;
    if (use.holders === 0) this.#uses.set(key, use);
    use.holders += 1;
    return use.number;
  }

  async release(key: string, number: number): Promise<void> {
    const use = this.#uses.peek(key);
    if (use?.number !== number) return;
    use.holders -= 1;
    if (use.holders === 0) this.#uses.delete(key);
  }
}
