import type { Database } from '../store/database.js';
import type { Row } from './row.js';
import { demoRows } from './rows.js';
import { Snapshot } from './snapshot.js';
import { HOUR } from './time.js';

/** All tables but that of signing keys, in an order that satisfies foreign keys when rows are deleted. */
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

export function isEmpty(database: Database): boolean {
  return database.first('SELECT id FROM accounts LIMIT 1') === undefined;
}

/** The demo data in a database. */
export class DemoData {
  #snapshot: Snapshot | undefined;
  /** The hour of the snapshot's data. */
  #hour: number | undefined;
  #changes: number | undefined;

  constructor(private readonly database: Database) {}

  /** Replaces what the database holds, unless it is the demo data of this hour and has not been changed. */
  restore(now: number): void {
    const hour = Math.floor(now / HOUR);
    if (this.#hour !== hour) this.#seed(now);
    else if (this.#changes !== this.database.changes) this.#snapshot?.restore();
    this.#hour = hour;
    this.#changes = this.database.changes;
  }

  #seed(now: number): void {
    this.#hour = undefined;
    this.database.transaction(() => {
      for (const table of tables) this.database.run(`DELETE FROM ${table}`);
      for (const [table, rows] of Object.entries(demoRows(now))) insertAll(this.database, table, rows);
    });
    this.#snapshot ??= new Snapshot(this.database, tables);
    this.#snapshot.take();
  }
}

function insertAll(database: Database, table: string, rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  for (const row of rows) database.run(sql, Object.values(row));
}
