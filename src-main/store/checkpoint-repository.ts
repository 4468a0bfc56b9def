import { createHash } from 'node:crypto';
import type { StoreDatabase } from './database.ts';

/** Where a stage can go on: opaque bytes of the engine behind `step`. */
export interface CheckpointRow {
  readonly stageKey: string;
  readonly step: number;
  readonly bytes: Uint8Array;
}

/** The last checkpoint of each unfinished job. */
export interface CheckpointRepository {
  /** Writes the new one, then drops the one before, in one transaction. */
  save(jobId: string, checkpoint: CheckpointRow): void;
  /** Null when there is none for that stage, or when its bytes are not what was written: the stage then starts over. */
  find(jobId: string, stageKey: string): CheckpointRow | null;
  clear(jobId: string): void;
}

export function createCheckpointRepository(db: StoreDatabase): CheckpointRepository {
  const insert = db.prepare('INSERT INTO checkpoints (jobId, stageKey, step, sha256, data) VALUES (?, ?, ?, ?, ?)');
  const removeOlder = db.prepare('DELETE FROM checkpoints WHERE jobId = ? AND id < ?');
  const newest = db.prepare<{ stageKey: string; step: number; sha256: Uint8Array; data: Uint8Array }>('SELECT stageKey, step, sha256, data FROM checkpoints WHERE jobId = ? AND stageKey = ? ORDER BY id DESC LIMIT 1');
  const removeAll = db.prepare('DELETE FROM checkpoints WHERE jobId = ?');
  return {
    save: (jobId, { stageKey, step, bytes }) => {
      db.transaction(() => {
        const { lastInsertRowid } = insert.run([jobId, stageKey, step, createHash('sha256').update(bytes).digest(), bytes]);
        removeOlder.run([jobId, lastInsertRowid]);
      });
    },
    find: (jobId, stageKey) => {
      const row = newest.get([jobId, stageKey]);
      if (row === undefined || !createHash('sha256').update(row.data).digest().equals(row.sha256)) return null;
      // Copied out of SQLite's Buffer: its `slice` shares memory where a plain array's copies, and it crosses processes as a Buffer.
      return { stageKey: row.stageKey, step: row.step, bytes: new Uint8Array(row.data) };
    },
    clear: (jobId) => {
      removeAll.run([jobId]);
    },
  };
}
