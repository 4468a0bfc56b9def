import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ModelIndex, MODEL_INDEX_FILE } from '../../src-shared/pack/model-index.ts';
import { REFERENCES_FILE } from '../../src-shared/pack/references.ts';
import { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { FileHashes } from './pack-hash.ts';
import { safetensorsFault, type PackFileEntry } from './pack-files.ts';
import { PackProblem } from './pack-problem.ts';

/** Largest `model_index.json`, in bytes. */
const MAX_INDEX_BYTES = 4 * 2 ** 20;

/** Reads and checks the description of the pack in `dir`. */
export async function readModelIndex(dir: string): Promise<ModelIndex> {
  let value: unknown;
  try {
    const text = await readFile(path.join(dir, MODEL_INDEX_FILE), 'utf8');
    if (text.length > MAX_INDEX_BYTES) throw new SyntaxError('too long');
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new PackProblem('MODEL_INCOMPATIBLE', `${MODEL_INDEX_FILE} is not valid JSON. Fetch the pack again.`);
    throw new PackProblem('MODEL_MISSING', `${MODEL_INDEX_FILE} cannot be read. Fetch the pack again.`);
  }
  const parsed = ModelIndex.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  const where = first === undefined || first.path.length === 0 ? MODEL_INDEX_FILE : `${MODEL_INDEX_FILE}: ${first.path.join('.')}`;
  throw new PackProblem('MODEL_INCOMPATIBLE', `${where} ${first?.message ?? 'is invalid'}. The pack may be meant for another version of Motif Studio: update the studio or the pack.`);
}

/** Names a network's weights may have, in the order they are preferred; an index file names the shards beside it. */
function weightNames(stem: string): string[] {
  const pickle = stem === 'model' ? 'pytorch_model' : stem;
  return [`${stem}.safetensors`, `${stem}.safetensors.index.json`, `${pickle}.bin`, `${pickle}.bin.index.json`];
}

interface Requirement {
  /** Any one of these paths will do. */
  readonly anyOf: readonly string[];
}

/** Files the layout asks for, by stage and network. */
export function requiredFiles(index: ModelIndex, has: (relativePath: string) => boolean): Requirement[] {
  const one = (relativePath: string): Requirement => ({ anyOf: [relativePath] });
  const network = (folder: string, stem: string): Requirement[] => [one(`${folder}/config.json`), { anyOf: weightNames(`${folder}/${stem}`) }];
  const required: Requirement[] = [];
  let rootTextEncoder = false;
  for (const stage of StageName.options) {
    const folder = index.stages[stage];
    if (folder === undefined) continue;
    required.push(...network(`${folder}/unet`, 'diffusion_pytorch_model'), one(`${folder}/scheduler/scheduler_config.json`));
    if (stage === 'superResolution2') required.push(...network(`${folder}/vae`, 'diffusion_pytorch_model'));
    if (has(`${folder}/text_encoder/config.json`)) required.push(...network(`${folder}/text_encoder`, 'model'), one(`${folder}/tokenizer/tokenizer.json`));
    else rootTextEncoder = true;
  }
  if (rootTextEncoder) required.push(...network('text_encoder', 'model'), one('tokenizer/tokenizer.json'));
  return required;
}

async function shardsOf(indexFile: PackFileEntry): Promise<string[]> {
  try {
    const value: unknown = JSON.parse(await readFile(indexFile.absolutePath, 'utf8'));
    const map: unknown = typeof value === 'object' && value !== null && 'weight_map' in value ? value.weight_map : null;
    if (typeof map !== 'object' || map === null) throw new SyntaxError('no weight_map');
    const folder = path.posix.dirname(indexFile.relativePath);
    return [...new Set(Object.values(map).map(String))].map((name) => path.posix.join(folder, name));
  } catch (error) {
    if (error instanceof SyntaxError) throw new PackProblem('MODEL_INCOMPATIBLE', `${indexFile.relativePath} is not an index of weights. Fetch the pack again.`);
    throw error;
  }
}

/** Checks that the pack is complete and uncut; throws the first PackProblem found. */
export async function checkPack(index: ModelIndex, files: readonly PackFileEntry[], hashes: FileHashes): Promise<void> {
  // Only the studio's own records of imports may lead elsewhere.
  if (files.some(({ relativePath }) => relativePath === REFERENCES_FILE)) throw new PackProblem('MODEL_INCOMPATIBLE', `It refers to files outside its folder by ${REFERENCES_FILE}, which packs may not do. Remove that file, or import the folders it names.`);
  const byPath = new Map(files.map((file) => [file.relativePath, file]));
  for (const [relativePath, declared] of Object.entries(index.files ?? {})) {
    const file = byPath.get(relativePath);
    if (file === undefined) throw new PackProblem('MODEL_MISSING', `${relativePath} is missing. Fetch the pack again.`);
    if (file.sizeBytes !== declared.sizeBytes) throw new PackProblem('MODEL_CHECKSUM_MISMATCH', `${relativePath} has ${file.sizeBytes} bytes instead of ${declared.sizeBytes}. Fetch the pack again.`);
    if (declared.sha256 !== undefined && (await hashes.of(file)) !== declared.sha256) throw new PackProblem('MODEL_CHECKSUM_MISMATCH', `${relativePath} was changed or damaged: its checksum differs. Fetch the pack again.`);
  }
  for (const { anyOf } of requiredFiles(index, (relativePath) => byPath.has(relativePath))) {
    const present = anyOf.find((candidate) => byPath.has(candidate));
    if (present === undefined) throw new PackProblem('MODEL_MISSING', `${anyOf[0]} is missing. Fetch the pack again.`);
    const file = byPath.get(present)!;
    if (!present.endsWith('.index.json')) continue;
    for (const shard of await shardsOf(file)) {
      if (!byPath.has(shard)) throw new PackProblem('MODEL_MISSING', `${shard} is missing. Fetch the pack again.`);
    }
  }
  for (const file of files) {
    if (!file.relativePath.endsWith('.safetensors')) continue;
    const fault = await safetensorsFault(file);
    if (fault !== null) throw new PackProblem('WEIGHTS_INVALID', `${file.relativePath} ${fault}. Fetch the pack again.`);
  }
}
