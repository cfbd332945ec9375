import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import { migrations } from '../migrations/index.js';

/** Without booleans: the driver does not accept them. */
type Value = string | number | null;

/** A statement's parameters, by name (`:name`) or in order (`?`). */
export type Bindings = Readonly<Record<string, Value>> | readonly Value[];

/**
 * One connection to a SQLite file. Statements are prepared once and cached by their text, so that SQL can be
 * written inline.
 */
export class Database {
  readonly #connection: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement<[Bindings]>>();

  constructor(connection: Libsql.Database) {
    this.#connection = connection;
  }

  /** Returns all rows; `Row` has the selected columns. */
  all<Row>(sql: string, bindings: Bindings = {}): Row[] {
    return this.#prepared(sql).all(bindings) as Row[];
  }

  first<Row>(sql: string, bindings: Bindings = {}): Row | undefined {
    return this.all<Row>(sql, bindings)[0];
  }

  /** Runs a statement that returns no rows. @returns the number of changed rows */
  run(sql: string, bindings: Bindings = {}): number {
    return this.#prepared(sql).run(bindings).changes;
  }

  /** How many rows have been inserted, changed or deleted since the connection was opened. */
  get changes(): number {
    return this.first<{ changes: number }>('SELECT total_changes() AS changes')?.changes ?? 0;
  }

  /** Runs `work` in a transaction. Transactions do not nest. */
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

  /** Like `transaction`, for work that leaves no reference without its row: references are not checked. */
  withoutForeignKeys<Result>(work: () => Result): Result {
    this.#connection.pragma('foreign_keys = OFF');
    try {
      return this.transaction(work);
    } finally {
      this.#connection.pragma('foreign_keys = ON');
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
 * Opens `file` (`:memory:` for none), creates its folder and migrates its schema.
 *
 * @throws Error if a newer release wrote the file
 */
export function openDatabase(file: string): Database {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const connection = new Libsql(file);
  connection.pragma('journal_mode = WAL');
  // WAL with NORMAL survives a killed process; only a power failure can lose the last transactions.
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
