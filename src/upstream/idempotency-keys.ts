import { LRUCache } from 'lru-cache';
import { digest } from './digest.js';
import { UpstreamError } from './errors.js';

/**
 * Where it is kept what idempotency keys are used for. What it is told are digests. It is asked over the wire where
 * several processes share one, so that everything can reject.
 */
export interface KeyUses {
  /** @returns which use of the key this is one of; undefined where the key is used for something else */
  claim(key: string, fingerprint: string): Promise<number | undefined>;
  /** Takes one claim back. A use that nobody claims any more is forgotten. */
  release(key: string, use: number): Promise<void>;
}

/** How long, and of how many keys, it is remembered what they were first used for. */
export interface KeyUsesOptions {
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
export class KeyUsesInMemory implements KeyUses {
  readonly #uses: LRUCache<string, Use>;
  #used = 0;

  constructor({ ttlMs = 86_400_000, maxKeys = 100_000 }: KeyUsesOptions = {}) {
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

export interface Claim {
  /**
   * To be called when the API certainly does not know the key, so that it can be used for other input, and to be waited
   * for before anybody is told so. Never rejects: a claim that cannot be taken back stays.
   */
  release(): Promise<void>;
}

/**
 * Remembers for each credential what its idempotency keys were first used for. The Demand API replays a known key
 * whatever its body, so that a key used again with other input would seem to succeed and do nothing.
 *
 * Credentials and inputs are kept as digests only.
 */
export class IdempotencyKeys {
  readonly #uses: KeyUses;

  constructor(uses: KeyUses) {
    this.#uses = uses;
  }

  /**
   * Takes a key for one call. A claim that is never released, as when its process dies, counts as a call that may have
   * reached the API.
   *
   * @param input whatever tells one use from another; compared as JSON
   * @returns undefined where the key has been used for other input
   * @throws {UpstreamError} where nobody can tell: a job that is created then might be another's under the same key
   */
  async claim(credentialKey: string, key: string, input: unknown): Promise<Claim | undefined> {
    const id = digest([credentialKey, key]);
    const use = await this.#uses.claim(id, digest(input)).catch((cause: unknown) => {
      throw new UpstreamError(
        'UNAVAILABLE',
        'Whether the idempotency key is free is not known at the moment.',
        {
          idempotencyKey: key,
          cause,
        },
      );
    });
    if (use === undefined) return undefined;
    return { release: () => this.#uses.release(id, use).catch(() => undefined) };
  }
}
