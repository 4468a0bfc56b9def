import { lstat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelPack } from '../../src-shared/contract/models.ts';
import { readModelIndex } from './check-pack.ts';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';
import { composePack, usedFiles } from './compose-pack.ts';
import type { ImportRecord } from './imported-packs.ts';
import type { PackFileEntry } from './pack-files.ts';
import { packHash, type FileHashes } from './pack-hash.ts';
import { PackProblem } from './pack-problem.ts';

/** An imported pack as it is now. */
export interface ExaminedImport {
  readonly pack: ModelPack;
  readonly index: ModelIndex | null;
  readonly problem: PackProblem | null;
  readonly keyframesSha256: string;
  /** Everything that must be read once for the hash; empty when the pack cannot be used. */
  readonly files: readonly PackFileEntry[];
}

async function entryOf(role: string, folder: string, file: string): Promise<PackFileEntry> {
  const facts = await lstat(file).catch(() => null);
  if (facts === null) throw new PackProblem('MODEL_MISSING', `${file} is gone. Put it back (is its disk connected?), import the folder again, or remove the pack.`);
  if (!facts.isFile()) throw new PackProblem('MODEL_INCOMPATIBLE', `${file} is no longer a regular file. Put the file itself in its place and import the folder again.`);
  return { relativePath: `${role}/${path.relative(folder, file).split(path.sep).join('/')}`, absolutePath: file, sizeBytes: facts.size, mtimeMs: facts.mtimeMs };
}

/** Whether every file's hash is remembered. */
async function allKnown(files: readonly PackFileEntry[], hashes: FileHashes): Promise<boolean> {
  for (const file of files) if ((await hashes.known(file)) === null) return false;
  return true;
}

/** Looks whether an imported pack's files are where they were; takes its hash from memory and reads no weights. */
export async function examineImport(record: ImportRecord, dir: string, hashes: FileHashes, hashedBytes: number): Promise<ExaminedImport> {
  const { missing, blocked, pack: composed } = composePack(record);
  const imported = { parts: record.parts.map(({ role, path: place }) => ({ role, path: place })), missing: [...missing], hashedBytes, totalBytes: 0 };
  const empty: ModelPack = {
    id: record.id, name: record.name, version: 'imported', licence: '', description: '', path: dir, embedded: false, sizeBytes: 0, sha256: '',
    presets: { draft: [], standard: [], final: [] }, output: { frames: 0, keyframes: 0, width: 0, height: 0, frameRate: { num: 8, den: 1 } }, problem: null, imported,
  };
  const refused = (problem: PackProblem): ExaminedImport => ({ pack: { ...empty, problem: problem.message }, index: null, problem, keyframesSha256: '', files: [] });
  try {
    if (composed === null) return refused(new PackProblem('MODEL_MISSING', blocked ?? 'Parts are missing. Import them.'));
    const index = await readModelIndex(dir);
    const files: PackFileEntry[] = [];
    for (const { part, files: used } of usedFiles(record.parts, composed.references)) for (const file of used) files.push(await entryOf(part.role, part.path, file));
    files.sort((a, b) => (a.relativePath < b.relativePath ? -1 : 1));
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const known = await allKnown(files, hashes);
    const { id, name, version, licence, description, presets, presetNames, output } = index;
    const unet = files.filter(({ relativePath }) => /^(keyframes|textToVideo)\/unet\//.test(relativePath));
    return {
      pack: {
        id, name, version, licence, description, path: dir, embedded: false, sizeBytes, sha256: known ? await packHash(files, hashes) : '', presets, output, problem: null,
        ...(presetNames === undefined ? {} : { presetNames }), imported: { ...imported, hashedBytes: known ? sizeBytes : hashedBytes, totalBytes: sizeBytes },
      },
      index, problem: null, keyframesSha256: known ? await packHash(unet.map((file) => ({ ...file, relativePath: file.relativePath.split('/').slice(2).join('/') })), hashes) : '', files,
    };
  } catch (error) {
    if (!(error instanceof PackProblem)) throw error;
    return refused(error);
  }
}
