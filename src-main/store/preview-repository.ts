import { assert } from '../../src-shared/errors/studio-error.ts';
import type { StoreDatabase } from './database.ts';

/** A row of frames, the course of a sound, or a stand-in that browsers can decode. */
export type PreviewKind = 'filmstrip' | 'waveform' | 'proxy';

/** Previews of assets, kept with the project so that each is made once. They go with their asset, and count as nothing that could be lost. */
export interface PreviewRepository {
  /** Stores it in place of an earlier one; `facts` is JSON. Invisible until its last byte is stored. */
  write(assetId: string, kind: PreviewKind, facts: object, bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void>;
  /** Size of a stored one; null while there is none. */
  sizeOf(assetId: string, kind: PreviewKind): number | null;
  readRange(assetId: string, kind: PreviewKind, start: number, endExclusive: number): Uint8Array;
}

/** Bytes per row, as for assets. */
const CHUNK_BYTES = 256 * 1024;

/** Gives bytes out again in pieces of one size. */
async function* inChunks(bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let tail: Uint8Array = new Uint8Array(0);
  for await (const piece of bytes) {
    tail = tail.length === 0 ? piece : Buffer.concat([tail, piece]);
    let start = 0;
    for (; tail.length - start >= CHUNK_BYTES; start += CHUNK_BYTES) yield tail.subarray(start, start + CHUNK_BYTES);
    tail = Uint8Array.from(tail.subarray(start));
  }
  if (tail.length > 0) yield tail;
}

export function createPreviewRepository(db: StoreDatabase): PreviewRepository {
  const prepare = () => ({
    begin: db.prepare('INSERT INTO assetPreviews (assetId, kind, facts) VALUES (?, ?, ?)'),
    remove: db.prepare('DELETE FROM assetPreviews WHERE assetId = ? AND kind = ?'),
    chunk: db.prepare('INSERT INTO previewChunks (assetId, kind, position, data) VALUES (?, ?, ?, ?)'),
    finish: db.prepare('UPDATE assetPreviews SET ready = 1, sizeBytes = ? WHERE assetId = ? AND kind = ?'),
    size: db.prepare<{ sizeBytes: number }>('SELECT sizeBytes FROM assetPreviews WHERE assetId = ? AND kind = ? AND ready = 1'),
    read: db.prepare<{ position: number; data: Uint8Array }>('SELECT position, data FROM previewChunks WHERE assetId = ? AND kind = ? AND position BETWEEN ? AND ? ORDER BY position'),
  });
  // Prepared late: the tables come with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const sql = () => (statements ??= prepare());

  return {
    write: async (assetId, kind, facts, bytes) => {
      db.transaction(() => {
        sql().remove.run([assetId, kind]);
        sql().begin.run([assetId, kind, JSON.stringify(facts)]);
      });
      try {
        let [position, sizeBytes] = [0, 0];
        for await (const data of inChunks(bytes)) {
          sql().chunk.run([assetId, kind, position, data]);
          position += 1;
          sizeBytes += data.length;
        }
        db.transaction(() => {
          sql().finish.run([sizeBytes, assetId, kind]);
          db.touch('assets');
        });
      } catch (error) {
        sql().remove.run([assetId, kind]);
        throw error;
      }
    },
    sizeOf: (assetId, kind) => sql().size.get([assetId, kind])?.sizeBytes ?? null,
    readRange: (assetId, kind, start, endExclusive) => {
      assert(start >= 0 && start <= endExclusive, `range ${start}..${endExclusive}`);
      const result = new Uint8Array(endExclusive - start);
      for (const { position, data } of sql().read.all([assetId, kind, Math.floor(start / CHUNK_BYTES), Math.floor(Math.max(start, endExclusive - 1) / CHUNK_BYTES)])) {
        const base = position * CHUNK_BYTES;
        const part = data.subarray(Math.max(0, start - base), Math.min(data.length, endExclusive - base));
        result.set(part, Math.max(base, start) - start);
      }
      return result;
    },
  };
}
