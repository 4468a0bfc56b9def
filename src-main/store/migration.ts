import { existsSync, renameSync, rmSync } from 'node:fs';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import { StoreDatabase } from './database.ts';

/** One step forward of a schema. Steps are never edited once released and never undone: the backup is the way back. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly up: (db: StoreDatabase) => void;
  /** For a step that builds a table anew: dropping the old one must not reach into the tables that refer to it. */
  readonly withoutForeignKeys?: true;
}

/** The schema number that this program writes. */
export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

/**
 * Brings a database up to date, each step in one transaction with its number. `backup` false is for files that are
 * just being made.
 */
export function migrate(db: StoreDatabase, migrations: readonly Migration[], options: { readonly backup: boolean }): void {
  for (const [index, migration] of migrations.entries()) {
    assert(migration.version > (migrations[index - 1]?.version ?? 0), `migration ${migration.name} is out of order`);
  }
  const from = Number(db.pragma('user_version'));
  const pending = migrations.filter((migration) => migration.version > from);
  if (pending.length === 0) return;
  if (options.backup) backupBeforeMigration(db, from);
  for (const migration of pending) {
    try {
      // Foreign keys can only be switched outside a transaction.
      if (migration.withoutForeignKeys === true) db.pragma('foreign_keys = OFF');
      db.transaction(() => {
        migration.up(db);
        const broken = db.prepare('PRAGMA foreign_key_check').all();
        assert(broken.length === 0, `migration ${migration.name} keeps every reference`);
        db.pragma(`user_version = ${migration.version}`);
      });
    } catch (error) {
      if (StudioError.is(error, 'DISK_FULL') || StudioError.is(error, 'DB_READONLY')) throw error;
      throw new StudioError('MIGRATION_FAILED', `${db.path} could not be brought up to date (step ${migration.version}, ${migration.name}). It was left as it was; a copy lies beside it.`, {
        details: { path: db.path, version: migration.version },
        cause: error,
      });
    } finally {
      db.pragma('foreign_keys = ON');
    }
  }
  db.pragma('optimize');
}

/** Refuses a file that a newer program wrote, before anything in it is touched. */
export function assertNotFromFuture(path: string, version: number, migrations: readonly Migration[]): void {
  const latest = latestVersion(migrations);
  if (version <= latest) return;
  throw new StudioError('DB_FROM_FUTURE', `${path} was saved by a newer Motif Studio (format ${version}, this one knows ${latest}). Update Motif Studio to open it; the file was left untouched.`, {
    details: { path, version, latest },
  });
}

/** Where the copy made before a migration lies. */
export function backupPath(path: string, version: number): string {
  return `${path}.v${version}.backup`;
}

function backupBeforeMigration(db: StoreDatabase, version: number): void {
  const target = backupPath(db.path, version);
  if (existsSync(target)) return;
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  db.prepare('VACUUM INTO ?').run([partial]);
  renameSync(partial, target);
}

const schemas = new Map<string, string>();

/** The DDL that `migrations` up to `version` produce, as comparable text. */
function expectedSchema(migrations: readonly Migration[], version: number): string {
  const key = `${migrations[0]?.name}/${version}`;
  let schema = schemas.get(key);
  if (schema === undefined) {
    const scratch = new StoreDatabase(':memory:', { mustExist: false });
    migrate(scratch, migrations.filter((migration) => migration.version <= version), { backup: false });
    schema = readSchema(scratch);
    scratch.close();
    schemas.set(key, schema);
  }
  return schema;
}

function readSchema(db: StoreDatabase): string {
  const rows = db.prepare<{ entry: string }>(`SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS entry FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`).all();
  return rows.map((row) => row.entry).join('\n');
}

/** A project may come from a stranger: only the very tables and indexes this program makes are accepted, no triggers, no views. */
export function assertExpectedSchema(db: StoreDatabase, migrations: readonly Migration[]): void {
  const version = Number(db.pragma('user_version'));
  if (readSchema(db) === expectedSchema(migrations, version)) return;
  throw new StudioError('DB_CORRUPT', `${db.path} has tables that Motif Studio did not make. Restore it from a backup copy; this file was left as it is.`, { details: { path: db.path, version } });
}
