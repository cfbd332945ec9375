import type { JWK } from 'jose';
import type { Database } from './database.js';

export interface StoredKey {
  readonly kid: string;
  /** The JWS algorithm that the key signs with, e.g. `ES256`. */
  readonly algorithm: string;
  readonly privateJwk: JWK;
}

/** The published keys, newest first. */
export function listSigningKeys(database: Database): StoredKey[] {
  return database
    .all<{ kid: string; algorithm: string; private_jwk: string }>(
      'SELECT kid, algorithm, private_jwk FROM signing_keys ORDER BY sequence DESC',
    )
    .map(({ kid, algorithm, private_jwk: jwk }) => ({ kid, algorithm, privateJwk: JSON.parse(jwk) as JWK }));
}

export function addSigningKey(database: Database, { kid, algorithm, privateJwk }: StoredKey): void {
  database.run('INSERT INTO signing_keys (kid, algorithm, private_jwk) VALUES (?, ?, ?)', [
    kid,
    algorithm,
    JSON.stringify(privateJwk),
  ]);
}

/** Deletes all keys but one. */
export function deleteOtherSigningKeys(database: Database, kid: string): void {
  database.run('DELETE FROM signing_keys WHERE kid <> ?', [kid]);
}
