import type { Hashing } from '../../src-shared/contract/models.ts';
import type { FileHashes } from './pack-hash.ts';
import type { PackFileEntry } from './pack-files.ts';

/** Reads imported packs through once, one after the other, while other work goes on. */
export interface BackgroundHashing {
  /** Begins to read the pack's files, or joins the reading that has begun. Resolves when all are known. */
  start(packId: string, files: readonly PackFileEntry[]): Promise<void>;
  /** Bytes read so far of a pack that is being read or waits for its turn. */
  progress(packId: string): Hashing | null;
  subscribe(listener: (progress: Hashing) => void): () => void;
  /** Stops reading; what was read is remembered. */
  close(): Promise<void>;
}

export function createBackgroundHashing(hashes: FileHashes): BackgroundHashing {
  const stop = new AbortController();
  const running = new Map<string, { progress: Hashing; finished: Promise<void> }>();
  const listeners = new Set<(progress: Hashing) => void>();
  let turn: Promise<void> = Promise.resolve();

  const read = async (packId: string, files: readonly PackFileEntry[], tell: (count: number) => void): Promise<void> => {
    try {
      for (const file of files) {
        stop.signal.throwIfAborted();
        const remembered = (await hashes.known(file)) !== null;
        await hashes.of(file, { onBytes: tell, signal: stop.signal });
        if (remembered) tell(file.sizeBytes);
      }
    } finally {
      running.delete(packId);
      await hashes.save();
    }
  };

  return {
    start(packId, files) {
      const known = running.get(packId);
      if (known !== undefined) return known.finished;
      const entry = { progress: { packId, hashedBytes: 0, totalBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0) }, finished: turn };
      running.set(packId, entry);
      entry.finished = turn.then(() =>
        read(packId, files, (count) => {
          entry.progress = { ...entry.progress, hashedBytes: entry.progress.hashedBytes + count };
          for (const listener of listeners) listener(entry.progress);
        }),
      );
      // The next pack begins whether or not this one could be read; who waits for it is told by `finished`.
      turn = entry.finished.catch(() => undefined);
      return entry.finished;
    },
    progress: (packId) => running.get(packId)?.progress ?? null,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stop.abort();
      await turn;
    },
  };
}
