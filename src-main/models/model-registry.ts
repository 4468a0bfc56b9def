import { access, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { FolderReport, Hashing, ModelPack } from '../../src-shared/contract/models.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { MODEL_INDEX_FILE, type ModelIndex } from '../../src-shared/pack/model-index.ts';
import { createBackgroundHashing } from './background-hashing.ts';
import { checkPack, readModelIndex } from './check-pack.ts';
import { examineImport } from './examine-import.ts';
import type { InspectNetwork, OnLook } from './find-parts.ts';
import { importFolder, inspectFolder } from './import-folder.ts';
import { openImportedPacks } from './imported-packs.ts';
import { listPackFiles, type PackFileEntry } from './pack-files.ts';
import { openFileHashes, packHash } from './pack-hash.ts';
import { PackProblem } from './pack-problem.ts';

/** A usable pack with its folder, for the engine, and its description. */
export interface OpenedPack {
  readonly pack: ModelPack;
  readonly dir: string;
  readonly index: ModelIndex;
  /** Content hash of the keyframe UNet alone: what learned motions belong to. */
  readonly keyframesSha256: string;
}

/** The model packs of this machine. */
export interface ModelRegistry {
  /** All packs, embedded ones first; a broken one says in `problem` what is wrong and how to mend it. */
  list(): Promise<ModelPack[]>;
  /** The usable packs, with what engine and motions need. */
  usable(): Promise<OpenedPack[]>;
  /** The pack with this id; MODEL_MISSING and the like, naming pack and mend, when it cannot be used. */
  get(packId: string): Promise<OpenedPack>;
  /** What a folder of weights holds and which licences cover it; changes nothing. */
  inspectFolder(folder: string, onLook?: OnLook): Promise<FolderReport>;
  /** Refers to the parts in a folder, without copying. LICENCE_NOT_ACCEPTED until all its licences are. Returns pack ids. */
  importFolder(folder: string, acceptedLicences: readonly string[]): Promise<string[]>;
  /** Takes hashes of files that were just proven, so that they need not be read again. */
  noteHashes(files: readonly (Omit<PackFileEntry, 'relativePath'> & { readonly sha256: string })[]): Promise<void>;
  /** Forgets an imported pack; its weights stay. */
  removeImport(packId: string): Promise<void>;
  /** Told as the hashes of imported packs come along. */
  watchHashing(listener: (progress: Hashing) => void): () => void;
  /** Stops reading imported packs. */
  close(): Promise<void>;
}

/** Where packs are. Each folder is a pack itself or holds packs as sub-folders; one that does not exist holds none. */
export interface ModelRegistryOptions {
  /** Packs that came with the studio. */
  readonly embeddedDir: string;
  /** Packs that were added later. */
  readonly packsDir?: string;
  /** Folder of the studio for what it can compute again. */
  readonly cacheDir: string;
  /** Where the studio remembers imported packs, and how it looks into their networks. */
  readonly imports?: { readonly dir: string; readonly inspect: InspectNetwork };
}

interface Examined {
  readonly pack: ModelPack;
  readonly dir: string;
  readonly index: ModelIndex | null;
  readonly problem: PackProblem | null;
  readonly keyframesSha256: string;
  /** Set while an imported pack is read through for its hash. */
  readonly hashed?: Promise<void> | null;
}

const exists = (file: string) => access(file).then(() => true, () => false);

/** The files below a folder, under their names there: where a stage lies in its pack does not count. */
const filesBelow = (files: readonly PackFileEntry[], folder: string): PackFileEntry[] =>
  files.filter(({ relativePath }) => relativePath.startsWith(folder)).map((file) => ({ ...file, relativePath: file.relativePath.slice(folder.length) }));

async function packFolders(root: string): Promise<string[]> {
  if (await exists(path.join(root, MODEL_INDEX_FILE))) return [await realpath(root)];
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  const folders: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const folder = path.join(root, entry.name);
    if (entry.isDirectory() && (await exists(path.join(folder, MODEL_INDEX_FILE)))) folders.push(await realpath(folder));
  }
  return folders;
}

function unreadablePack(dir: string, embedded: boolean, problem: PackProblem): ModelPack {
  const id = path.basename(dir);
  return {
    id, name: id, version: '', licence: '', description: '', path: dir, embedded, sizeBytes: 0, sha256: '',
    presets: { draft: [], standard: [], final: [] },
    output: { frames: 0, keyframes: 0, width: 0, height: 0, frameRate: { num: 8, den: 1 } },
    problem: problem.message,
  };
}

/** Opens the registry. Folders are looked at anew each time, so a repaired pack works without a restart; hashes are remembered. */
export function createModelRegistry({ embeddedDir, packsDir, cacheDir, imports }: ModelRegistryOptions): ModelRegistry {
  const hashes = openFileHashes(cacheDir);
  const hashing = createBackgroundHashing(hashes);
  const importedPacks = imports === undefined ? null : openImportedPacks(imports.dir);

  const examine = async (dir: string, embedded: boolean): Promise<Examined> => {
    let index: ModelIndex;
    try {
      index = await readModelIndex(dir);
    } catch (error) {
      if (!(error instanceof PackProblem)) throw error;
      return { pack: unreadablePack(dir, embedded, error), dir, index: null, problem: error, keyframesSha256: '' };
    }
    const { id, name, version, licence, description, presets, output } = index;
    let [sizeBytes, sha256, keyframesSha256, problem] = [0, '', '', null as PackProblem | null];
    try {
      const files = await listPackFiles(dir);
      sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
      await checkPack(index, files, hashes);
      sha256 = await packHash(files, hashes);
      keyframesSha256 = await packHash(filesBelow(files, `${index.stages.keyframes ?? ''}/unet/`), hashes);
    } catch (error) {
      if (!(error instanceof PackProblem)) throw error;
      problem = error;
    }
    return { pack: { id, name, version, licence, description, path: dir, embedded, sizeBytes, sha256, presets, output, problem: problem?.message ?? null }, dir, index, problem, keyframesSha256 };
  };

  const examineAll = async (): Promise<Examined[]> => {
    const examined: Examined[] = [];
    const roots = [{ root: embeddedDir, embedded: true }, ...(packsDir === undefined ? [] : [{ root: packsDir, embedded: false }])];
    for (const { root, embedded } of roots) {
      for (const dir of await packFolders(root)) {
        if (examined.some((earlier) => earlier.dir === dir)) continue;
        const entry = await examine(dir, embedded);
        const twin = examined.find((earlier) => earlier.pack.id === entry.pack.id);
        if (twin === undefined) examined.push(entry);
        else {
          const problem = new PackProblem('MODEL_INCOMPATIBLE', `It has the same id as the pack in ${twin.dir}, which is used. Remove one of the two.`);
          examined.push({ ...entry, problem, pack: { ...entry.pack, problem: problem.message } });
        }
      }
    }
    for (const record of (await importedPacks?.records()) ?? []) {
      const { pack, index, problem, keyframesSha256, files } = await examineImport(record, importedPacks!.folder(record.id), hashes, hashing.progress(record.id)?.hashedBytes ?? 0);
      // Read through while the creator looks around, so that the first clip need not wait for it.
      const hashed = problem === null && pack.sha256 === '' ? hashing.start(record.id, files) : null;
      hashed?.catch(() => undefined);
      examined.push({ pack, dir: importedPacks!.folder(record.id), index, problem, keyframesSha256, hashed });
    }
    await hashes.save();
    return examined;
  };

  const requireImports = () => {
    if (imports === undefined || importedPacks === null) throw new StudioError('CAPABILITY_UNAVAILABLE', 'This studio keeps no imported models. Start it with a data folder.');
    return { packs: importedPacks, inspect: imports.inspect };
  };

  return {
    list: async () => (await examineAll()).map(({ pack }) => pack),
    usable: async () => (await examineAll()).flatMap(({ pack, dir, index, problem, keyframesSha256 }) => (index === null || problem !== null || pack.sha256 === '' ? [] : [{ pack, dir, index, keyframesSha256 }])),
    get: async (packId) => {
      const find = async () => (await examineAll()).find(({ pack }) => pack.id === packId);
      let found = await find();
      if (found?.hashed) {
        await found.hashed;
        found = await find();
      }
      if (found === undefined) {
        const mend = packId === 'motif-mini' ? 'it comes with Motif Studio, so reinstall the studio.' : packsDir === undefined ? 'choose another pack.' : `put its folder into ${packsDir}, or choose another pack.`;
        throw new StudioError('MODEL_MISSING', `The model pack "${packId}" is not installed: ${mend}`, { details: { packId } });
      }
      if (found.problem !== null || found.index === null) {
        const code = found.problem?.code ?? 'MODEL_INCOMPATIBLE';
        throw new StudioError(code, `The model pack "${packId}" cannot be used: ${found.problem?.message ?? ''}`, { details: { packId, path: found.dir } });
      }
      return { pack: found.pack, dir: found.dir, index: found.index, keyframesSha256: found.keyframesSha256 };
    },
    inspectFolder: async (folder, onLook) => {
      const { packs, inspect } = requireImports();
      return inspectFolder(folder, packs, inspect, onLook);
    },
    importFolder: async (folder, acceptedLicences) => {
      const { packs, inspect } = requireImports();
      return importFolder(folder, acceptedLicences, packs, inspect);
    },
    noteHashes: async (files) => {
      // Imports go by real paths, whatever links led to the folder.
      for (const { sha256, ...file } of files) await hashes.learn({ ...file, absolutePath: await realpath(file.absolutePath) }, sha256);
      await hashes.save();
    },
    removeImport: async (packId) => {
      if (!(await requireImports().packs.remove(packId))) throw new StudioError('NOT_FOUND', `There is no imported model "${packId}". Packs in the studio's own folders are removed there.`, { details: { packId } });
    },
    watchHashing: (listener) => hashing.subscribe(listener),
    close: () => hashing.close(),
  };
}
