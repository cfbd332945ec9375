import type { Database } from '../store/database.js';
import type { Row } from './row.js';
import { demoRows } from './rows.js';
import { HOUR } from './time.js';

export function isEmpty(database: Database): boolean {
  return database.first('SELECT id FROM accounts LIMIT 1') === undefined;
}

/** The demo data in a database. */
export class DemoData {
  #hour: number | undefined;
  #changes: number | undefined;

  constructor(private readonly database: Database) {}

  /** Replaces what the database holds, unless it is the demo data of this hour and has not been changed. */
  restore(now: number): void {
    const hour = Math.floor(now / HOUR);
    if (this.#hour === hour && this.#changes === this.database.changes) return;
    this.database.transaction(() => {
      wipe(this.database);
      seed(this.database, now);
    });
    this.#hour = hour;
    this.#changes = this.database.changes;
  }
}

function wipe(database: Database): void {
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

function seed(database: Database, now: number): void {
  for (const [table, rows] of Object.entries(demoRows(now))) insertAll(database, table, rows);
}

function insertAll(database: Database, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  for (const row of rows) database.run(sql, Object.values(row));
}
