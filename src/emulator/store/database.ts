import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { migrations } from '../migrations/index.js';

/** No booleans: the driver takes integers only. */
type Value = string | number | null;

/** A statement's parameters, by name (`:name`) or in order (`?`). */
export type Bindings = Readonly<Record<string, Value>> | readonly Value[];

/**
 * One connection to a SQLite file. Each statement is prepared once and found again by its text, so that SQL can stand in the
 * function that runs it.
 */
export class Database {
  readonly #connection: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement<[Bindings]>>();

  constructor(connection: Libsql.Database) {
    this.#connection = connection;
  }

  /** All rows; `Row` names the selected columns. */
  all<Row>(sql: string, bindings: Bindings = {}): Row[] {
    return this.#prepared(sql).all(bindings) as Row[];
  }

  /** The first row, if there is one. */
  first<Row>(sql: string, bindings: Bindings = {}): Row | undefined {
    return this.all<Row>(sql, bindings)[0];
  }

  /** Runs a statement that returns no rows, and answers how many it changed. */
  run(sql: string, bindings: Bindings = {}): number {
    return this.#prepared(sql).run(bindings).changes;
  }

  /** Runs `work` whole or not at all. Transactions do not nest. */
  transaction<Result>(work: () => Result): Result {
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#connection.exec('COMMIT');
      return result;
    } catch (error) {
      this.#connection.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }

  #prepared(sql: string): Libsql.Statement<[Bindings]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#connection.prepare<Bindings>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/**
 * Opens `file` (`:memory:` for none), creating its folder and bringing its schema up to date.
 *
 * @throws Error where the file was written by a newer release
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const connection = new Libsql(file);
  connection.pragma('journal_mode = WAL');
  // WAL with NORMAL survives the end of the process at any moment; only a power cut can lose the last transactions.
  connection.pragma('synchronous = NORMAL');
  connection.pragma('foreign_keys = ON');
  const database = new Database(connection);
  migrate(connection, database);
  return database;
}

function migrate(connection: Libsql.Database, database: Database): void {
  const applied = database.first<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  if (applied > migrations.length) {
    throw new Error(`The database has schema ${applied}; this release knows ${migrations.length}`);
  }
  migrations.slice(applied).forEach((sql, index) => {
    database.transaction(() => {
      connection.exec(sql);
      connection.exec(`PRAGMA user_version = ${applied + index + 1}`);
    });
  });
}
