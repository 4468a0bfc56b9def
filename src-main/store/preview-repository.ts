import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { createChunkCutter, readChunks } from './chunks.ts';
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

export function createPreviewRepository(db: StoreDatabase): PreviewRepository {
  const prepare = () => ({
    begin: db.prepare('INSERT INTO assetPreviews (assetId, kind, facts) VALUES (?, ?, ?)'),
    remove: db.prepare('DELETE FROM assetPreviews WHERE assetId = ? AND kind = ?'),
    chunk: db.prepare('INSERT INTO previewChunks (assetId, kind, position, data) VALUES (?, ?, ?, ?)'),
    finish: db.prepare('UPDATE assetPreviews SET ready = 1, sizeBytes = ? WHERE assetId = ? AND kind = ?'),
    size: db.prepare<{ sizeBytes: number }>('SELECT sizeBytes FROM assetPreviews WHERE assetId = ? AND kind = ? AND ready = 1'),
    read: db.prepare<{ data: Uint8Array }>('SELECT data FROM previewChunks WHERE assetId = ? AND kind = ? AND position = ?'),
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
        const cutter = createChunkCutter();
        const store = (data: Uint8Array): void => {
          sql().chunk.run([assetId, kind, position, data]);
          position += 1;
          sizeBytes += data.length;
        };
        for await (const piece of bytes) for (const data of cutter.push(piece)) store(data);
        const last = cutter.rest();
        if (last !== null) store(last);
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
    readRange: (assetId, kind, start, endExclusive) => readChunks(start, endExclusive, (position) => {
      const row = sql().read.get([assetId, kind, position]);
      if (row === undefined) throw new StudioError('BLOB_MISSING', `${db.path} has lost part ${position} of a ${kind}. Remove the file from the library and import it again.`, { details: { path: db.path, assetId, kind, position } });
      return row.data;
    }),
  };
}
