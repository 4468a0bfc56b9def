import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** Bytes copied at once: four chunk rows. */
const COPY_BYTES = 1024 * 1024;

function* chunksOf(store: ProjectStore, asset: AssetRow): Generator<Uint8Array> {
  for (let start = 0; start < asset.sizeBytes; start += COPY_BYTES) yield store.assets.readRange(asset.id, start, start + COPY_BYTES);
}

/** Copies an asset's bytes to a new file that serves for a while, for a tool to read. */
export async function copyAsset(store: ProjectStore, asset: AssetRow, path: string, signal?: AbortSignal): Promise<void> {
  await pipeline(Readable.from(chunksOf(store, asset)), createWriteStream(path, { flags: 'wx', mode: 0o600 }), { ...(signal && { signal }) });
}

/** The same under the ending of the asset's name, where it has one: some tools go by it. Returns the file. */
export async function copyAssetInto(folder: string, store: ProjectStore, asset: AssetRow, signal: AbortSignal): Promise<string> {
  const file = join(folder, `source${/^\.[a-z0-9]{1,8}$/iu.exec(extname(asset.name))?.[0] ?? ''}`);
  await copyAsset(store, asset, file, signal);
  return file;
}

/** Copies an asset's bytes to a file that stays, and waits until they are on the disk. */
export async function writeAsset(store: ProjectStore, asset: AssetRow, path: string, signal: AbortSignal): Promise<void> {
  await pipeline(Readable.from(chunksOf(store, asset)), createWriteStream(path), { signal });
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
