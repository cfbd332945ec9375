import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import type { Database } from '../store/database.js';
import {
  addSigningKey,
  deleteOtherSigningKeys,
  listSigningKeys,
  type StoredKey,
} from '../store/signing-keys.js';

/** The JWS algorithms that the issuer can sign with. */
export const ALGORITHMS = ['ES256', 'RS256', 'PS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

interface SigningKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly privateKey: CryptoKey | Uint8Array;
}

/** The issuer's keys. The newest one signs; all of them are published, so that older tokens stay valid. */
export class SigningKeys {
  #current: SigningKey;
  #published: JSONWebKeySet;
  #verify: ReturnType<typeof createLocalJWKSet>;

  private constructor(
    private readonly database: Database,
    current: SigningKey,
  ) {
    this.#current = current;
    this.#published = publishedKeys(database);
    this.#verify = createLocalJWKSet(this.#published);
  }

  /** Opens the keys in `database`, which gets its first one if it has none. */
  static async open(database: Database): Promise<SigningKeys> {
    const newest = listSigningKeys(database)[0] ?? (await createKey(database, 'ES256'));
    return new SigningKeys(database, await imported(newest));
  }

  get current(): SigningKey {
    return this.#current;
  }

  /** The key set that the issuer publishes (RFC 7517). */
  get published(): JSONWebKeySet {
    return this.#published;
  }

  /** Finds the published key that a token names. */
  get verify(): ReturnType<typeof createLocalJWKSet> {
    return this.#verify;
  }

  /**
   * Signs with a new key from now on.
   *
   * @param withdraw whether earlier keys are no longer published, which makes their tokens invalid
   */
  async rotate(algorithm: Algorithm, withdraw: boolean): Promise<void> {
    const created = await createKey(this.database, algorithm);
    if (withdraw) deleteOtherSigningKeys(this.database, created.kid);
    this.#current = await imported(created);
    this.#published = publishedKeys(this.database);
    this.#verify = createLocalJWKSet(this.#published);
  }
}

async function createKey(database: Database, algorithm: Algorithm): Promise<StoredKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const privateJwk = await exportJWK(privateKey);
  const key = { kid: await calculateJwkThumbprint(privateJwk), algorithm, privateJwk };
  addSigningKey(database, key);
  return key;
}

async function imported({ kid, algorithm, privateJwk }: StoredKey): Promise<SigningKey> {
  return { kid, algorithm, privateKey: await importJWK(privateJwk, algorithm) };
}

function publishedKeys(database: Database): JSONWebKeySet {
  return {
    keys: listSigningKeys(database).map(({ kid, algorithm, privateJwk }) => ({
      ...publicPart(privateJwk),
      kid,
      alg: algorithm,
      use: 'sig',
    })),
  };
}

/** Names the public parameters of EC and RSA keys (RFC 7518, 6.2 and 6.3), so that no private one can slip through. */
function publicPart({ kty, crv, x, y, n, e }: JWK): JWK {
  const all = { kty, crv, x, y, n, e };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
