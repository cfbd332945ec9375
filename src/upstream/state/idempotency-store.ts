import { LRUCache } from 'lru-cache';

/**
 * Where it is kept what idempotency keys are used for. What it is told are digests. It is asked over the wire where
 * several processes share one, so that everything can reject.
 */
export interface IdempotencyStore {
  /** @returns which use of the key this is one of; undefined where the key is used for something else */
  claim(key: string, fingerprint: string): Promise<number | undefined>;
  /** Takes one claim back. A use that nobody claims any more is forgotten. */
  release(key: string, use: number): Promise<void>;
}

/** How long, and of how many keys, it is remembered what they were first used for. */
export interface IdempotencyStoreOptions {
  /** Milliseconds. Default: 24 hours. */
  readonly ttlMs?: number;
  /** Default: 100,000. The key that was used longest ago is forgotten first. */
  readonly maxKeys?: number;
}

interface Use {
  readonly number: number;
  readonly fingerprint: string;
  /** Calls under way, and those that may have reached the API; a key with neither is free again. */
  holders: number;
}

/** Kept in the memory of this process. */
export class InMemoryIdempotencyStore implements IdempotencyStore {
  readonly #uses: LRUCache<string, Use>;
  #used = 0;

  constructor({ ttlMs = 86_400_000, maxKeys = 100_000 }: IdempotencyStoreOptions = {}) {
    // With `max` it would take memory for all of them at once, which most processes never need.
    this.#uses = new LRUCache({ maxSize: maxKeys, sizeCalculation: () => 1, ttl: ttlMs });
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
