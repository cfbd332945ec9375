import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';

export interface KeySetTiming {
  /** How old keys may be before they are read again, in milliseconds. Default: 10 minutes. */
  readonly maxAgeMs?: number;
  /** The cooldown after a read that did not find a key, in milliseconds. Default: 10 seconds. */
  readonly cooldownMs?: number;
  /** The cooldown after a failed read, in milliseconds. Default: 2 seconds. */
  readonly failureCooldownMs?: number;
}

export interface KeySetOptions extends KeySetTiming {
  /** Reads the keys; rejects if there are none. */
  readonly read: (signal: AbortSignal) => Promise<JSONWebKeySet>;
  /** Receives each failure to read the keys. */
  readonly onFailure: (error: unknown) => void;
}

/** The keys cannot be read, so tokens cannot be verified. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';

  /** @param retryAfterSeconds when the keys will be read again */
  constructor(readonly retryAfterSeconds: number) {
    super('The keys of the issuer cannot be read.');
  }
}

type FindKey = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => Promise<CryptoKey>;

/**
 * The public keys of an issuer, which it may rotate.
 *
 * - Keys are read at most once at a time, and again when they are old, or when a token names a key that is not among them.
 * - Unknown key ids cause one read per cooldown. A read that finds the key starts no cooldown, so that rotations take effect at
 * once.
 * - While the keys cannot be read, the last ones stay in use, and only the first operation waits.
 *
 * `createRemoteJWKSet` of jose has neither of the last two: it drops old keys, and has no cooldown after failures.
 */
export class KeySet {
  readonly #options: Required<KeySetOptions>;
  readonly #closed = new AbortController();
  #find: FindKey | undefined;
  #reading: Promise<void> | undefined;
  #readAt = 0;
  #coolUntil = 0;
  #hasFailed = false;

  constructor(options: KeySetOptions) {
    this.#options = { maxAgeMs: 600_000, cooldownMs: 10_000, failureCooldownMs: 2000, ...options };
  }

  /**
   * The key that a token names.
   *
   * @throws {JOSEError} if the issuer has no such key
   * @throws {KeysUnavailableError} if no keys can be read
   */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    let isFresh = false;
    if (this.#isStale && !this.#isCooling) {
      const reading = this.refresh();
      isFresh = this.#find === undefined || !this.#hasFailed;
      if (isFresh) await reading;
    }
    const known = await this.#match(header, token);
    if (known !== undefined) return known;
    if (!isFresh && !this.#isCooling) await this.refresh();
    const found = await this.#match(header, token);
    if (found !== undefined) return found;
    if (this.#hasFailed) throw this.#unavailable();
    if (!this.#isCooling) this.#cool(this.#options.cooldownMs);
    throw new errors.JWKSNoMatchingKey();
  }

  /** Reads the keys. Never rejects: failures are reported to `onFailure`. */
  async refresh(): Promise<void> {
    await (this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    }));
  }

  close(): void {
    this.#closed.abort();
  }

  get #isStale(): boolean {
    return this.#find === undefined || performance.now() >= this.#readAt + this.#options.maxAgeMs;
  }

  get #isCooling(): boolean {
    return performance.now() < this.#coolUntil;
  }

  #cool(ms: number): void {
    this.#coolUntil = performance.now() + ms;
  }

  #unavailable(): KeysUnavailableError {
    return new KeysUnavailableError(Math.max(1, Math.ceil((this.#coolUntil - performance.now()) / 1000)));
  }

  async #read(): Promise<void> {
    try {
      this.#find = createLocalJWKSet(await this.#options.read(this.#closed.signal));
      this.#readAt = performance.now();
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      this.#cool(this.#options.failureCooldownMs);
      if (!this.#closed.signal.aborted) this.#options.onFailure(error);
    }
  }

  async #match(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey | undefined> {
    try {
      return await this.#find?.(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return undefined;
      throw error;
    }
  }
}
