import type { Account, User } from '../../contract/demand-api.js';
import type { Database } from './database.js';

/** The owner of a token. */
export interface Caller {
  readonly token: string;
  readonly userId: string;
  readonly accountIds: readonly number[];
}

export function findCaller(database: Database, token: string): Caller | undefined {
  const rows = database.all<{ user_id: string; account_id: number }>(
    `SELECT c.user_id, g.account_id FROM credentials c JOIN grants g ON g.token = c.token WHERE c.token = :token`,
    { token },
  );
  const [first] = rows;
  return first && { token, userId: first.user_id, accountIds: rows.map((row) => row.account_id) };
}

export function listAccounts(database: Database, token: string): Account[] {
  return database.all<Account>(
    `SELECT a.id, a.name FROM accounts a JOIN grants g ON g.account_id = a.id WHERE g.token = :token ORDER BY a.id`,
    { token },
  );
}

export function findAccountName(database: Database, accountId: number): string {
  return (
    database.first<{ name: string }>('SELECT name FROM accounts WHERE id = :accountId', { accountId })
      ?.name ?? ''
  );
}

/** An account's users; with `managersOnly`, its project managers. */
export function listUsers(database: Database, accountId: number, managersOnly: boolean): User[] {
  return database.all<User>(
    `SELECT id, email, name FROM users
    WHERE account_id = :accountId AND (:managersAlone = 0 OR manages_projects = 1) ORDER BY name`,
    { accountId, managersAlone: Number(managersOnly) },
  );
}
