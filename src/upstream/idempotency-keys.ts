import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How long, and of how many keys, it is remembered what they were first used for. */
export interface IdempotencyKeysOptions {
  /** Milliseconds. Default: 24 hours. */
  readonly ttlMs?: number;
  /** Default: 100,000. The key that was used longest ago is forgotten first. */
  readonly maxKeys?: number;
}

interface Use {
  readonly fingerprint: string;
  /** Calls under way, and those that may have reached the API; a key with neither is free again. */
  holders: number;
}

/**
 * Remembers for each credential what its idempotency keys were first used for. The Demand API replays a known key
 * whatever its body, so that a key used again with other input would seem to succeed and do nothing.
 *
 * Credentials and inputs are kept as digests only.
 */
export class IdempotencyKeys {
  readonly #uses: LRUCache<string, Use>;

  constructor({ ttlMs = 86_400_000, maxKeys = 100_000 }: IdempotencyKeysOptions = {}) {
    this.#uses = new LRUCache({ max: maxKeys, ttl: ttlMs });
  }

  /**
   * Takes a key for one call.
   *
   * @param input whatever tells one use from another; compared as JSON
   * @returns `release`, to be called when the API certainly does not know the key, so that it can be used for other
   *   input; undefined where the key has been used for other input
   */
  claim(credentialKey: string, key: string, input: unknown): { release: () => void } | undefined {
    const id = digest([credentialKey, key]);
    const fingerprint = digest(input);
    const use = this.#uses.get(id) ?? { fingerprint, holders: 0 };
    if (use.fingerprint !== fingerprint) return undefined;
    if (use.holders === 0) this.#uses.set(id, use);
    use.holders += 1;
    return {
      release: () => {
        use.holders -= 1;
        if (use.holders === 0 && this.#uses.peek(id) === use) this.#uses.delete(id);
      },
    };
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url');
}
