import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { DownloadState } from '../../src-shared/contract/hub.ts';
import { ERROR_CODES, StudioError } from '../../src-shared/errors/studio-error.ts';
import { DownloadSpec, type DownloadFileRow, type DownloadRow, type DownloadStore, type DownloadWish, type RecordedRange } from '../../src-shared/hub/download-record.ts';
import type { StoreDatabase } from './database.ts';
import { acquireProjectLock } from './project-lock.ts';
import { parseStored } from './stored-json.ts';

const StoredError = z.object({ code: z.enum(ERROR_CODES), message: z.string() });

interface StoredRow {
  readonly id: string;
  readonly spec: string;
  readonly state: DownloadState;
  readonly wish: DownloadWish;
  readonly createdAt: string;
  readonly error: string | null;
  readonly packIds: string;
  readonly receivedBytes: number;
}

/** Keeps downloads in the app's database. */
export function createDownloadRepository(db: StoreDatabase): DownloadStore {
  const insert = db.prepare("INSERT INTO downloads (id, spec, state, wish, createdAt, error, packIds, receivedBytes) VALUES (?, ?, 'available', 'run', ?, NULL, '[]', 0)");
  const insertFile = db.prepare('INSERT INTO downloadFiles (downloadId, position, path, sizeBytes, sha256, gitSha1) VALUES (?, ?, ?, ?, ?, ?)');
  const selectAll = db.prepare<StoredRow>('SELECT * FROM downloads ORDER BY createdAt, rowid');
  const selectOne = db.prepare<StoredRow>('SELECT * FROM downloads WHERE id = ?');
  const selectFiles = db.prepare<DownloadFileRow>(`
    SELECT position, path, sizeBytes, sha256, gitSha1, etag, finishedMtimeMs,
      CASE WHEN finishedMtimeMs IS NULL THEN (SELECT coalesce(sum(endByte - startByte), 0) FROM downloadRanges r WHERE r.downloadId = f.downloadId AND r.position = f.position) ELSE sizeBytes END AS doneBytes
    FROM downloadFiles f WHERE downloadId = ? ORDER BY position`);
  const selectRanges = db.prepare<RecordedRange>('SELECT startByte AS start, endByte AS "end", sha256 FROM downloadRanges WHERE downloadId = ? AND position = ? ORDER BY startByte');
  const insertRange = db.prepare('INSERT INTO downloadRanges (downloadId, position, startByte, endByte, sha256) VALUES (?, ?, ?, ?, ?)');
  const deleteRange = db.prepare('DELETE FROM downloadRanges WHERE downloadId = ? AND position = ? AND startByte = ?');
  const deleteRanges = db.prepare('DELETE FROM downloadRanges WHERE downloadId = ? AND position = ?');
  const addReceived = db.prepare('UPDATE downloads SET receivedBytes = receivedBytes + ? WHERE id = ?');
  const updateAnswer = db.prepare('UPDATE downloadFiles SET etag = ?, sha256 = coalesce(sha256, ?) WHERE downloadId = ? AND position = ?');
  const updateFinished = db.prepare('UPDATE downloadFiles SET finishedMtimeMs = ? WHERE downloadId = ? AND position = ?');
  const updateState = db.prepare('UPDATE downloads SET state = ?, error = ? WHERE id = ?');
  const updateWish = db.prepare('UPDATE downloads SET wish = ? WHERE id = ?');
  const updateDone = db.prepare("UPDATE downloads SET state = 'completed', error = NULL, packIds = ? WHERE id = ?");
  const deleteOne = db.prepare('DELETE FROM downloads WHERE id = ?');

  const toRow = (row: StoredRow): DownloadRow => ({
    ...row,
    spec: parseStored(db.path, 'download', row.spec, DownloadSpec),
    error: row.error === null ? null : parseStored(db.path, 'download error', row.error, StoredError),
    packIds: parseStored(db.path, 'download packs', row.packIds, z.array(z.string())),
  });
  const lockFile = (id: string): string => join(dirname(db.path), 'downloads', id.replace(/^download:/, ''));
  let version = Number(db.pragma('data_version'));

  return {
    create: (id, spec, files) =>
      db.transaction(() => {
        insert.run([id, JSON.stringify(spec), db.timestamp()]);
        for (const [position, file] of files.entries()) insertFile.run([id, position, file.path, file.sizeBytes, file.sha256, file.gitSha1]);
      }),
    list: () => selectAll.all().map(toRow),
    get: (id) => {
      const row = selectOne.get([id]);
      return row === undefined ? null : toRow(row);
    },
    files: (id) => selectFiles.all([id]),
    ranges: (id, position) => selectRanges.all([id, position]),
    record: (id, position, { start, end, sha256 }) =>
      db.transaction(() => {
        insertRange.run([id, position, start, end, sha256]);
        addReceived.run([end - start, id]);
      }),
    unrecord: (id, position, ranges) =>
      db.transaction(() => {
        if (ranges === undefined) deleteRanges.run([id, position]);
        else for (const { start } of ranges) deleteRange.run([id, position, start]);
      }),
    wasted: (id, bytes) => void addReceived.run([bytes, id]),
    noteAnswer: (id, position, { etag, sha256 }) => void updateAnswer.run([etag, sha256, id, position]),
    finish: (id, position, mtimeMs) =>
      db.transaction(() => {
        updateFinished.run([mtimeMs, id, position]);
        deleteRanges.run([id, position]);
      }),
    setState: (id, state, error = null) => void updateState.run([state, error === null ? null : JSON.stringify(error), id]),
    setWish: (id, wish) => void updateWish.run([wish, id]),
    complete: (id, packIds) => void updateDone.run([JSON.stringify(packIds), id]),
    remove: (id) => {
      deleteOne.run([id]);
      if (db.path !== ':memory:') rmSync(lockFile(id), { force: true });
    },
    lock: (id) => {
      if (db.path === ':memory:') return { release: () => undefined };
      mkdirSync(dirname(lockFile(id)), { recursive: true });
      writeFileSync(lockFile(id), '', { flag: 'a' });
      try {
        return acquireProjectLock(lockFile(id));
      } catch (error) {
        if (StudioError.is(error, 'CONFLICT')) return null;
        throw error;
      }
    },
    changedElsewhere: () => {
      const now = Number(db.pragma('data_version'));
      const changed = now !== version;
      version = now;
      return changed;
    },
  };
}
