import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PackPath } from '../../src-shared/pack/model-index.ts';
import { PackProblem } from './pack-problem.ts';

/** One file of a pack. */
export interface PackFileEntry {
  /** Relative to the pack, with forward slashes. */
  readonly relativePath: string;
  readonly absolutePath: string;
  readonly sizeBytes: number;
  /** Change time of the content, in ms since 1970. */
  readonly mtimeMs: number;
}

/** Files that say something about a pack but do not reach its frames: they are neither checked nor hashed. */
const isDocument = (name: string) => name.startsWith('.') || /^(LICEN[CS]E|NOTICE)/i.test(name) || /\.(md|png|jpe?g|mp4|csv|html)$/i.test(name);

const MAX_FILES = 2000;
const MAX_DEPTH = 4;

/**
 * All files of the pack in `dir` that can reach its frames, sorted by path. Links, devices and names that could leave the
 * folder on some platform are refused.
 */
export async function listPackFiles(dir: string): Promise<PackFileEntry[]> {
  const found: PackFileEntry[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path.join(dir, folder), { withFileTypes: true })) {
      const relativePath = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) throw new PackProblem('MODEL_INCOMPATIBLE', `${relativePath} is a link, which could lead out of the pack. Put the file itself in its place.`);
      if (isDocument(entry.name)) continue;
      if (!PackPath.safeParse(relativePath).success) throw new PackProblem('MODEL_INCOMPATIBLE', `${relativePath} has a name or depth that packs may not have. Remove or rename it.`);
      if (entry.isDirectory()) {
        if (depth === MAX_DEPTH) throw new PackProblem('MODEL_INCOMPATIBLE', `${relativePath} lies too deep in the pack. Packs have at most ${MAX_DEPTH} levels.`);
        await walk(relativePath, depth + 1);
      } else if (entry.isFile()) {
        const absolutePath = path.join(dir, relativePath);
        const { size, mtimeMs } = await stat(absolutePath);
        found.push({ relativePath, absolutePath, sizeBytes: size, mtimeMs });
        if (found.length > MAX_FILES) throw new PackProblem('MODEL_INCOMPATIBLE', `The folder holds more than ${MAX_FILES} files. Put nothing but the pack in it.`);
      } else {
        throw new PackProblem('MODEL_INCOMPATIBLE', `${relativePath} is not a regular file. Remove it from the pack.`);
      }
    }
  };
  await walk('', 1);
  return found.sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1));
}

/** Largest safetensors header that is read, in bytes. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Says whether the header of a safetensors file fits the file: a cut-off download shows here at once. The engine checks every
 * tensor when it opens the weights. Null when all is well.
 */
export async function safetensorsFault(file: PackFileEntry): Promise<string | null> {
  if (file.sizeBytes < 8) return `has ${file.sizeBytes} bytes, too few for a header`;
  const handle = await open(file.absolutePath, 'r');
  try {
    const length = Buffer.alloc(8);
    await handle.read(length, 0, 8, 0);
    const headerBytes = Number(length.readBigUInt64LE(0));
    if (headerBytes > MAX_HEADER_BYTES || headerBytes > file.sizeBytes - 8) return `declares a header of ${headerBytes} bytes but has ${file.sizeBytes} in all`;
    const text = Buffer.alloc(headerBytes);
    await handle.read(text, 0, headerBytes, 8);
    const header: unknown = JSON.parse(text.toString('utf8'));
    if (typeof header !== 'object' || header === null || Array.isArray(header)) return 'has a header that is not a JSON object';
    let end = 0;
    for (const [name, tensor] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const offsets: unknown = typeof tensor === 'object' && tensor !== null && 'data_offsets' in tensor ? tensor.data_offsets : null;
      if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 0)) return `describes ${name.slice(0, 100)} without valid offsets`;
      end = Math.max(end, Number(offsets[1]));
    }
    const expected = 8 + headerBytes + end;
    return expected === file.sizeBytes ? null : `should have ${expected} bytes by its header and has ${file.sizeBytes}`;
  } catch (error) {
    if (error instanceof SyntaxError) return 'has a header that is not JSON';
    throw error;
  } finally {
    await handle.close();
  }
}
