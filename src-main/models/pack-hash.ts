import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { PackFileEntry } from './pack-files.ts';

const CacheFile = z.object({
  format: z.literal(1),
  files: z.record(z.string(), z.object({ sizeBytes: z.number(), mtimeMs: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});
type CacheFile = z.infer<typeof CacheFile>;

/** Told how many more bytes were read; a signal stops the reading between two of them. */
export interface HashProgress {
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
}

/** SHA-256 of files, computed once per content: remembered by path, size and change time, in memory and in `cacheDir`. */
export interface FileHashes {
  of(file: PackFileEntry, progress?: HashProgress): Promise<string>;
  /** The hash if it is remembered; null means that the file would have to be read. */
  known(file: PackFileEntry): Promise<string | null>;
  /** Remembers a hash that was computed elsewhere from these very bytes. */
  learn(file: Omit<PackFileEntry, 'relativePath'>, sha256: string): Promise<void>;
  /** Writes what was learned; a cache that cannot be written only costs time. */
  save(): Promise<void>;
}

/** Opens the cache in `cacheDir`; an unreadable one starts empty. */
export function openFileHashes(cacheDir: string): FileHashes {
  const cachePath = path.join(cacheDir, 'pack-hashes.json');
  let loaded: Promise<CacheFile> | undefined;
  let changed = false;
  const load = () =>
    (loaded ??= readFile(cachePath, 'utf8')
      .then((text) => CacheFile.parse(JSON.parse(text)))
      .catch((): CacheFile => ({ format: 1, files: {} })));
  const recall = async (file: PackFileEntry): Promise<string | null> => {
    const known = (await load()).files[file.absolutePath];
    return known !== undefined && known.sizeBytes === file.sizeBytes && known.mtimeMs === file.mtimeMs ? known.sha256 : null;
  };
  return {
    known: recall,
    async of(file, progress) {
      const known = await recall(file);
      if (known !== null) return known;
      const hash = createHash('sha256');
      const counted = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const chunk of chunks) {
          progress?.onBytes(chunk.length);
          yield chunk;
        }
      };
      await pipeline(createReadStream(file.absolutePath, { highWaterMark: 1 << 20 }), counted, hash, { signal: progress?.signal });
      const sha256 = hash.digest('hex');
      (await load()).files[file.absolutePath] = { sizeBytes: file.sizeBytes, mtimeMs: file.mtimeMs, sha256 };
      changed = true;
      return sha256;
    },
    async learn({ absolutePath, sizeBytes, mtimeMs }, sha256) {
      (await load()).files[absolutePath] = { sizeBytes, mtimeMs, sha256 };
      changed = true;
    },
    async save() {
      if (!changed) return;
      changed = false;
      const temporary = `${cachePath}.${randomUUID()}`;
      try {
        await mkdir(cacheDir, { recursive: true });
        await writeFile(temporary, JSON.stringify(await load()));
        await rename(temporary, cachePath);
      } catch {
        await rm(temporary, { force: true });
      }
    },
  };
}

/**
 * Content hash of a pack: SHA-256 over one line `path size sha256` for each file, sorted by path. Where the pack lies and when
 * it was copied do not count.
 */
export async function packHash(files: readonly PackFileEntry[], hashes: FileHashes): Promise<string> {
  const total = createHash('sha256');
  for (const file of files) total.update(`${file.relativePath} ${file.sizeBytes} ${await hashes.of(file)}\n`);
  return total.digest('hex');
}
