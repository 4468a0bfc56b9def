import Database from 'better-sqlite3';
import { assert } from '../../src-shared/errors/studio-error.ts';
import { readOnlyError, toStoreError } from './store-errors.ts';

/** A value SQLite stores as it is. */
export type SqlValue = string | number | bigint | Uint8Array | null;

/** Parameters by name (`@name` in the text) or by position. */
export type SqlParameters = Record<string, SqlValue> | readonly SqlValue[];

/** A prepared statement whose failures are StudioErrors. */
export interface Statement<Row> {
  get(parameters?: SqlParameters): Row | undefined;
  all(parameters?: SqlParameters): Row[];
  /** Returns how many rows changed. */
  run(parameters?: SqlParameters): { readonly changes: number; readonly lastInsertRowid: number };
}

/** First SQLite without the WAL-reset corruption of 3.7.0 to 3.51.2. */
const SQLITE_FLOOR = [3, 51, 3] as const;

/** How a connection is opened. `shownPath` is the file that messages name when it is not the one that is open. */
export interface DatabaseOptions {
  readonly readOnly?: boolean;
  readonly mustExist?: boolean;
  readonly clock?: () => number;
  readonly shownPath?: string;
  readonly onClose?: () => void;
}

/**
 * One connection: the pragmas of durability, prepared statements, nested transactions, and change topics that
 * are announced once the outermost transaction has committed.
 */
export class StoreDatabase {
  readonly path: string;
  readonly readOnly: boolean;
  readonly now: () => number;
  readonly #connection: Database.Database;
  readonly #listeners = new Set<(topic: string) => void>();
  readonly #topics = new Set<string>();
  readonly #onClose: (() => void) | undefined;
  #depth = 0;

  constructor(path: string, options: DatabaseOptions = {}) {
    this.path = options.shownPath ?? path;
    this.#onClose = options.onClose;
    this.readOnly = options.readOnly ?? false;
    this.now = options.clock ?? Date.now;
    this.#connection = guarded(path, () => new Database(path, { readonly: this.readOnly, fileMustExist: options.mustExist ?? true, timeout: 2_000 }));
    try {
      this.#configure();
    } catch (error) {
      this.#connection.close();
      throw toStoreError(error, path);
    }
  }

  /** Milliseconds since the epoch as an ISO text. */
  timestamp(): string {
    return new Date(this.now()).toISOString();
  }

  prepare<Row = unknown>(text: string): Statement<Row> {
    const statement = guarded(this.path, () => this.#connection.prepare<unknown[], Row>(text));
    const spread = (parameters: SqlParameters | undefined): unknown[] => (parameters === undefined ? [] : Array.isArray(parameters) ? [...parameters] : [parameters]);
    return {
      get: (parameters) => guarded(this.path, () => statement.get(...spread(parameters))),
      all: (parameters) => guarded(this.path, () => statement.all(...spread(parameters))),
      run: (parameters) =>
        guarded(this.path, () => {
          const result = statement.run(...spread(parameters));
          return { changes: result.changes, lastInsertRowid: Number(result.lastInsertRowid) };
        }),
    };
  }

  exec(text: string): void {
    guarded(this.path, () => this.#connection.exec(text));
  }

  /** First column of the first row of a pragma. */
  pragma(text: string): unknown {
    return guarded(this.path, () => this.#connection.pragma(text, { simple: true }));
  }

  pragmaRows(text: string): unknown[] {
    return guarded(this.path, () => this.#connection.pragma(text) as unknown[]);
  }

  /** All or nothing; nested calls become savepoints. Topics touched inside are announced after the outermost commit. */
  transaction<T>(work: () => T): T {
    if (this.readOnly) throw readOnlyError(this.path);
    const depth = this.#depth;
    const savepoint = `level${depth}`;
    this.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${savepoint}`);
    this.#depth += 1;
    let result: T;
    try {
      result = work();
      assert(!(result instanceof Promise), 'a transaction is synchronous');
      this.exec(depth === 0 ? 'COMMIT' : `RELEASE ${savepoint}`);
    } catch (error) {
      // A full disk may already have rolled everything back by itself.
      if (this.#connection.inTransaction) this.#connection.exec(depth === 0 ? 'ROLLBACK' : `ROLLBACK TO ${savepoint}; RELEASE ${savepoint}`);
      if (depth === 0) this.#topics.clear();
      throw error;
    } finally {
      this.#depth = depth;
    }
    if (depth === 0) this.#announce();
    return result;
  }

  /** Notes that readers of `topic` should look again. */
  touch(topic: string): void {
    this.#topics.add(topic);
    if (this.#depth === 0) this.#announce();
  }

  onChange(listener: (topic: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get isOpen(): boolean {
    return this.#connection.open;
  }

  close(): void {
    if (!this.#connection.open) return;
    try {
      if (!this.readOnly) this.#connection.exec('PRAGMA optimize');
    } catch {
      // Statistics for the query planner only; a full disk must not keep a file open.
    }
    this.#connection.close();
    this.#onClose?.();
  }

  #configure(): void {
    const version = String(this.#connection.prepare('SELECT sqlite_version()').pluck().get());
    assert(isAtLeast(version, SQLITE_FLOOR), `SQLite ${version} is older than ${SQLITE_FLOOR.join('.')}, which fixed a WAL corruption`);
    // The file may come from a stranger: no functions from its schema, checked cells, no mapped memory. Defensive mode is built in.
    this.#connection.pragma('trusted_schema = OFF');
    this.#connection.pragma('cell_size_check = ON');
    this.#connection.pragma('mmap_size = 0');
    this.#connection.pragma('foreign_keys = ON');
    this.#connection.pragma('synchronous = FULL');
    this.#connection.pragma('fullfsync = ON');
    this.#connection.pragma('checkpoint_fullfsync = ON');
  }

  #announce(): void {
    const topics = [...this.#topics];
    this.#topics.clear();
    for (const topic of topics) for (const listener of this.#listeners) listener(topic);
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error, path);
  }
}

function isAtLeast(version: string, floor: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of floor.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}
