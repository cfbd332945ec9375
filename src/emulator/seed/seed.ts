import type { Database } from '../store/database.js';
import type { Row } from './row.js';
import { demoRows } from './rows.js';

export function isEmpty(database: Database): boolean {
  return database.first('SELECT id FROM accounts LIMIT 1') === undefined;
}

/** Deletes all data. Call it in a transaction. */
export function wipe(database: Database): void {
  const tables = [
    'effects',
    'idempotency_keys',
    'draft_jobs',
    'batch_job_items',
    'batch_jobs',
    'changelog',
    'deliveries',
    'events',
    'webhooks',
    'fielding_runs',
    'target_groups',
    'projects',
    'users',
    'grants',
    'credentials',
    'accounts',
  ];
  for (const table of tables) database.run(`DELETE FROM ${table}`);
}

/** Inserts the demo data. Call it in a transaction. */
export function seed(database: Database, now: number): void {
  for (const [table, rows] of Object.entries(demoRows(now))) insertAll(database, table, rows);
}

function insertAll(database: Database, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  for (const row of rows) database.run(sql, Object.values(row));
}
