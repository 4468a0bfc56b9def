import { z } from 'zod';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** Small JSON values by key. */
export interface SettingRepository {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  remove(key: string): void;
  /** Keys that begin with `prefix` and their values, in the order of the keys. */
  list(prefix: string): readonly (readonly [string, unknown])[];
}

export function createSettingRepository(db: StoreDatabase): SettingRepository {
  const select = db.prepare<{ value: string }>('SELECT value FROM settings WHERE key = ?');
  const upsert = db.prepare('INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  const drop = db.prepare('DELETE FROM settings WHERE key = ?');
  const selectAll = db.prepare<{ key: string; value: string }>('SELECT key, value FROM settings WHERE substr(key, 1, ?) = ? ORDER BY key');
  return {
    get: (key) => {
      const row = select.get([key]);
      return row === undefined ? undefined : parseStored(db.path, 'setting', row.value, z.unknown());
    },
    set: (key, value) => {
      upsert.run([key, JSON.stringify(value)]);
    },
    remove: (key) => {
      drop.run([key]);
    },
    list: (prefix) => selectAll.all([prefix.length, prefix]).map(({ key, value }) => [key, parseStored(db.path, 'setting', value, z.unknown())] as const),
  };
}
