import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openProjectStore, type OpenProjectOptions, type ProjectStore } from '../../src-main/store/project-store.ts';
import type { AssetRow } from '../../src-main/store/asset-repository.ts';

/** A folder that goes with the test. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'motif-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A new project in a folder of its own; closed with the test. */
export function newProject(options: OpenProjectOptions = {}): ProjectStore {
  return opened(openProjectStore(join(testFolder(), 'project.motif'), { create: { name: 'Test' }, ...options }));
}

/** Closes the store with the test. */
export function opened(store: ProjectStore): ProjectStore {
  onTestFinished(() => store.close());
  return store;
}

/** Bytes that depend on the seed and do not compress. */
export function noise(length: number, seed = 1): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

/** Stores bytes as an imported video, in pieces of `pieceBytes`. */
export function storeVideo(store: ProjectStore, bytes: Uint8Array, name = 'clip', pieceBytes = 100_000): AssetRow {
  const writer = store.assets.beginWrite({ kind: 'video', name, mimeType: 'video/mp4', origin: 'imported' });
  try {
    for (let start = 0; start < bytes.length; start += pieceBytes) writer.write(bytes.subarray(start, start + pieceBytes));
    return writer.finish({ width: 64, height: 48, frames: 8, frameRate: { num: 8, den: 1 }, durationMs: 1000 });
  } catch (error) {
    writer.abort();
    throw error;
  }
}
