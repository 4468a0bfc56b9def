import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** A file that is looked for by what it holds; its name only says which of equal ones comes first. */
export interface WantedFile {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Folders below the chosen one, and files in all: somebody may choose a whole disk. */
const MAX_DEPTH = 12;
const MAX_FILES = 200_000;

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const block of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Uint8Array>) hash.update(block);
  return hash.digest('hex');
}

/** All files at and below a folder, with their sizes. What may not be read is passed over; links are not followed. */
async function* filesBelow(folder: string, depth = 0): AsyncGenerator<{ readonly path: string; readonly sizeBytes: number }> {
  if (depth > MAX_DEPTH) return;
  const folders: string[] = [];
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) {
        const found = await stat(path).catch(() => null);
        if (found !== null) yield { path, sizeBytes: found.size };
      }
    }
  } catch (error) {
    if (depth === 0) throw error;
  }
  for (const next of folders) yield* filesBelow(next, depth + 1);
}

/**
 * Finds files at and below a folder (beside a file, when one is chosen) by their size and then by the hash of their bytes, whatever they are
 * called now. Returns where each lies, by its id. Reads only files of a size that is looked for.
 */
export async function findFiles(chosen: string, wanted: readonly WantedFile[]): Promise<ReadonlyMap<string, string>> {
  const place = await stat(chosen).catch((error: unknown) => {
    throw new StudioError('NOT_FOUND', `${chosen} cannot be read. Check that it exists and that you may open it.`, { details: { path: chosen }, cause: error });
  });
  const bySize = new Map<number, WantedFile[]>();
  for (const file of wanted) bySize.set(file.sizeBytes, [...(bySize.get(file.sizeBytes) ?? []), file]);
  const found = new Map<string, string>();
  let seen = 0;
  for await (const { path, sizeBytes } of filesBelow(place.isDirectory() ? chosen : dirname(chosen))) {
    seen += 1;
    if (found.size === wanted.length || seen > MAX_FILES) break;
    const candidates = (bySize.get(sizeBytes) ?? []).filter(({ id, name }) => !found.has(id) || name === basename(path));
    if (candidates.length === 0) continue;
    const sha256 = await sha256Of(path).catch(() => null);
    for (const { id, sha256: expected } of candidates) if (sha256 === expected) found.set(id, path);
  }
  return found;
}
