import { digest } from '../../digest.js';
import { UpstreamError } from '../errors.js';
import type { IdempotencyStore } from '../../state/idempotency-store.js';

export interface Claim {
  /**
   * Frees the key for other input. Call it only if the API certainly does not know the key, and await it before you
   * respond. Never rejects: a claim that cannot be released stays.
   */
  release(): Promise<void>;
}

/**
 * Remembers the first input of each idempotency key of a principal. The Demand API replays a known key whatever the body,
 * so a key reused with other input would appear to succeed without doing anything.
 *
 * Keeps digests of principals' keys and inputs only.
 */
export class IdempotencyKeys {
  readonly #store: IdempotencyStore;

  constructor(uses: IdempotencyStore) {
    this.#store = uses;
  }

  /**
   * Claims a key for one call. A claim that is never released, as when its process dies, counts as a call that may have
   * reached the API.
   *
   * @param input identifies the use; compared as JSON
   * @returns undefined if the key has been used for other input
   * @throws {UpstreamError} if the store fails: creating a job then could return another job of the same key
   */
  async claim(principalKey: string, key: string, input: unknown): Promise<Claim | undefined> {
    const id = digest([principalKey, key]);
    const use = await this.#store.claim(id, digest(input)).catch((cause: unknown) => {
      throw new UpstreamError('UNAVAILABLE', 'The gateway cannot check the idempotency key at the moment.', {
        idempotencyKey: key,
        cause,
      });
    });
    if (use === undefined) return undefined;
    return { release: () => this.#store.release(id, use).catch(() => undefined) };
  }
}
