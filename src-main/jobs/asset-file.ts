import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** Bytes copied at once: four chunk rows. */
const COPY_BYTES = 1024 * 1024;

function* chunksOf(store: ProjectStore, asset: AssetRow): Generator<Uint8Array> {
  for (let start = 0; start < asset.sizeBytes; start += COPY_BYTES) yield store.assets.readRange(asset.id, start, start + COPY_BYTES);
}

/** Copies an asset's bytes to a file and waits until they are on the disk. */
export async function writeAsset(store: ProjectStore, asset: AssetRow, path: string, signal: AbortSignal): Promise<void> {
  await pipeline(Readable.from(chunksOf(store, asset)), createWriteStream(path), { signal });
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
