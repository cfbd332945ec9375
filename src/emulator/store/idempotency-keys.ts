import type { Database } from './database.js';

/** Keys are scoped to a credential and an account. */
interface KeyScope {
  readonly token: string;
  readonly accountId: number;
  readonly key: string;
}

/** The URL of the job that was created under this key. */
export function findLocation(database: Database, { token, accountId, key }: KeyScope): string | undefined {
  return database.first<{ location: string }>(
    `SELECT location FROM idempotency_keys WHERE token = :token AND account_id = :accountId AND key = :key`,
    { token, accountId, key },
  )?.location;
}

export function rememberLocation(
  database: Database,
  { token, accountId, key }: KeyScope,
  location: string,
): void {
  database.run(
    `INSERT INTO idempotency_keys (token, account_id, key, location) VALUES (:token, :accountId, :key, :location)`,
    { token, accountId, key, location },
  );
}
