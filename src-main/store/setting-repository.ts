import { z } from 'zod';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** Small JSON values by key. */
export interface SettingRepository {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export function createSettingRepository(db: StoreDatabase): SettingRepository {
  const select = db.prepare<{ value: string }>('SELECT value FROM settings WHERE key = ?');
  const upsert = db.prepare('INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value');
  return {
    get: (key) => {
      const row = select.get([key]);
      return row === undefined ? undefined : parseStored(db.path, 'setting', row.value, z.unknown());
    },
    set: (key, value) => {
      upsert.run([key, JSON.stringify(value)]);
    },
  };
}
