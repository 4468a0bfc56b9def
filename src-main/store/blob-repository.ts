import { createHash, type Hash } from 'node:crypto';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import { CHUNK_BYTES, createChunkCutter, readChunks } from './chunks.ts';
import type { StoreDatabase } from './database.ts';

/** Chunks per transaction while streaming: 8 MB keeps the WAL small and memory flat. */
const CHUNKS_PER_TRANSACTION = 32;

/** A finished blob. */
export interface BlobRow {
  readonly id: number;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Receives the bytes of one blob in order. */
export interface BlobWriter {
  readonly blobId: number;
  write(bytes: Uint8Array): void;
  /** Inside the caller's transaction: the finished blob, or the one that already held the same bytes. */
  finish(): BlobRow;
}

/** Content-addressed bytes in chunk rows; every chunk carries its own hash, so bit rot is found where it is read. */
export interface BlobRepository {
  beginWrite(): BlobWriter;
  /** Bytes [start, endExclusive), reading only the chunks that hold them. */
  readRange(blob: BlobRow, start: number, endExclusive: number): Uint8Array;
  /** Problems of one blob in words; empty when every byte is as it was stored. */
  verify(blob: BlobRow): string[];
  list(): BlobRow[];
  /** Deletes the blob unless an asset points at it. */
  removeIfUnused(blobId: number): void;
}

export function createBlobRepository(db: StoreDatabase): BlobRepository {
  const insertBlob = db.prepare('INSERT INTO blobs (sha256, sizeBytes) VALUES (NULL, 0)');
  const insertChunk = db.prepare('INSERT INTO chunks (blobId, position, sha256, data) VALUES (?, ?, ?, ?)');
  const bySha = db.prepare<BlobRow>('SELECT id, sha256, sizeBytes FROM blobs WHERE sha256 = ?');
  const seal = db.prepare('UPDATE blobs SET sha256 = ?, sizeBytes = ? WHERE id = ? AND sha256 IS NULL');
  const selectChunk = db.prepare<{ sha256: Uint8Array; data: Uint8Array }>('SELECT sha256, data FROM chunks WHERE blobId = ? AND position = ?');
  const countChunks = db.prepare<{ count: number }>('SELECT count(*) AS count FROM chunks WHERE blobId = ?');
  const listBlobs = db.prepare<BlobRow>('SELECT id, sha256, sizeBytes FROM blobs WHERE sha256 IS NOT NULL ORDER BY id');
  const removeUnused = db.prepare('DELETE FROM blobs WHERE id = ? AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.blobId = blobs.id)');

  const readChunk = (blobId: number, position: number): Uint8Array => {
    const row = selectChunk.get([blobId, position]);
    if (row === undefined || !createHash('sha256').update(row.data).digest().equals(row.sha256)) {
      throw new StudioError('BLOB_MISSING', `${db.path} has lost part ${position} of a stored file. Run "motif check" on it and restore it from a backup copy.`, { details: { path: db.path, blobId, position } });
    }
    return row.data;
  };

  return {
    beginWrite: () => {
      const blobId = insertBlob.run().lastInsertRowid;
      const hash: Hash = createHash('sha256');
      let pending: Uint8Array[] = [];
      const cutter = createChunkCutter();
      let position = 0;
      let sizeBytes = 0;

      const flush = () => {
        if (pending.length === 0) return;
        const chunks = pending;
        db.transaction(() => {
          for (const [index, data] of chunks.entries()) insertChunk.run([blobId, position + index, createHash('sha256').update(data).digest(), data]);
        });
        position += chunks.length;
        pending = [];
      };

      return {
        blobId,
        write: (bytes) => {
          hash.update(bytes);
          sizeBytes += bytes.length;
          for (const chunk of cutter.push(bytes)) {
            pending.push(chunk);
            if (pending.length === CHUNKS_PER_TRANSACTION) flush();
          }
        },
        finish: () => {
          const last = cutter.rest();
          if (last !== null) pending.push(last);
          flush();
          const sha256 = hash.digest('hex');
          const twin = bySha.get([sha256]);
          // The caller moves its asset to the twin, then `removeIfUnused` drops these chunks.
          if (twin !== undefined) return twin;
          assert(seal.run([sha256, sizeBytes, blobId]).changes === 1, 'a blob is sealed once');
          return { id: blobId, sha256, sizeBytes };
        },
      };
    },

    readRange: (blob, start, endExclusive) => {
      const end = Math.min(endExclusive, blob.sizeBytes);
      return readChunks(start, end, (position) => readChunk(blob.id, position));
    },

    verify: (blob) => {
      const problems: string[] = [];
      const expected = Math.ceil(blob.sizeBytes / CHUNK_BYTES);
      const stored = countChunks.get([blob.id])?.count ?? 0;
      if (stored !== expected) problems.push(`blob ${blob.id}: ${stored} parts stored, ${expected} expected`);
      const hash = createHash('sha256');
      for (let position = 0; position < expected; position += 1) {
        const row = selectChunk.get([blob.id, position]);
        if (row === undefined) problems.push(`blob ${blob.id}: part ${position} is missing`);
        else if (!createHash('sha256').update(row.data).digest().equals(row.sha256)) problems.push(`blob ${blob.id}: part ${position} has changed since it was stored`);
        hash.update(row?.data ?? '');
      }
      if (problems.length === 0 && hash.digest('hex') !== blob.sha256) problems.push(`blob ${blob.id}: its bytes do not match their hash ${blob.sha256}`);
      return problems;
    },

    list: () => listBlobs.all(),
    removeIfUnused: (blobId) => {
      removeUnused.run([blobId]);
    },
  };
}
