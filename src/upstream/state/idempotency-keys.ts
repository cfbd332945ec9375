import { digest } from './digest.js';
import { UpstreamError } from '../errors.js';
import type { IdempotencyStore } from './idempotency-store.js';

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
  readonly #store: IdempotencyStore;

  constructor(uses: IdempotencyStore) {
    this.#store = uses;
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
    const use = await this.#store.claim(id, digest(input)).catch((cause: unknown) => {
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
    return { release: () => this.#store.release(id, use).catch(() => undefined) };
  }
}
