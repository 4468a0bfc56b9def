import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FoundPart, PartRole } from '../../src-shared/contract/models.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** What the engine can say about one network's folder from its headers alone; it throws a StudioError for one it cannot run. */
export interface NetworkFacts {
  readonly tensors: number;
  readonly parameters: number;
  readonly format: 'safetensors' | 'pickle';
  /** Absolute paths of the weight files. */
  readonly files: readonly string[];
}

/** Reads headers and compares them with `config.json`: `inspect(folder)` for a folder named unet, vae or text_encoder. */
export type InspectNetwork = (folder: string) => NetworkFacts | Promise<NetworkFacts>;

/** Told before each folder that may hold a part is looked into. */
export type OnLook = (lookedAt: number, of: number, path: string) => void;

/** A part with the files that reach its frames. */
export interface LocatedPart extends FoundPart {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** True when the folder has a text encoder that can be used. */
  readonly hasText: boolean;
  /** Edge of the UNet's training samples, in pixels or latents. */
  readonly sampleSize: number | null;
}

const MAX_FOLDERS = 300;
const MAX_DEPTH = 2;
const MAX_CONFIG_BYTES = 4_000_000;
const DETAILS: readonly string[] = ['scheduler/scheduler_config.json', 'image_noising_scheduler/scheduler_config.json'];
const TOKENIZERS: readonly (readonly string[])[] = [['tokenizer.json'], ['spiece.model'], ['vocab.json', 'merges.txt']];

const isFile = (file: string): Promise<boolean> => lstat(file).then((facts) => facts.isFile(), () => false);

async function readJson(file: string): Promise<Record<string, unknown> | null> {
  try {
    if ((await stat(file)).size > MAX_CONFIG_BYTES) return null;
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Folders that hold networks: the given one, its children and theirs. Links are not followed. */
async function candidates(root: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (found.length > MAX_FOLDERS) return;
    if ((await isFile(path.join(folder, 'unet', 'config.json'))) || (await isFile(path.join(folder, 'text_encoder', 'config.json')))) {
      found.push(folder);
      return;
    }
    if (depth === MAX_DEPTH) return;
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(path.join(folder, entry.name), depth + 1);
    }
  };
  await walk(root, 0);
  return found;
}

/** Tells what a UNet is by its channels, block types and, where two stages share them, the pipeline's name; null for one of another family. */
export function roleOf(unet: Record<string, unknown>, pipeline: string): PartRole | null {
  const [inChannels, blocks] = [unet['in_channels'], Array.isArray(unet['down_block_types']) ? unet['down_block_types'].map(String) : []];
  const noiseLevel = unet['class_embed_type'] === 'timestep';
  if (blocks.some((type) => type === 'SimpleCrossAttnDownBlock2D')) return inChannels === 6 && noiseLevel ? 'firstFrame' : null;
  if (blocks.some((type) => type === 'SimpleCrossAttnDownBlock3D')) {
    if (inChannels === 6) return noiseLevel ? 'superResolution1' : null;
    return inChannels === 3 ? 'keyframes' : inChannels === 7 ? 'interpolation' : null;
  }
  if (blocks.some((type) => type.endsWith('DownBlock3D')) || unet['_class_name'] === 'UNet3DConditionModel') return pipeline.startsWith('VideoToVideo') ? 'superResolution2' : 'textToVideo';
  return null;
}

async function textOf(folder: string, inspect: InspectNetwork): Promise<{ files: string[]; facts: NetworkFacts } | null> {
  const encoder = path.join(folder, 'text_encoder');
  if (!(await isFile(path.join(encoder, 'config.json')))) return null;
  const tokenizer = path.join(folder, 'tokenizer');
  const here = await Promise.all(TOKENIZERS.map(async (names) => ((await Promise.all(names.map((name) => isFile(path.join(tokenizer, name))))).every(Boolean) ? names : null)));
  const names = here.find((found) => found !== null);
  if (names === undefined || names === null) throw new StudioError('MODEL_MISSING', `${tokenizer} has no tokenizer.json, spiece.model, or vocab.json with merges.txt. Download the folder again.`);
  const facts = await inspect(encoder);
  const optional = (await isFile(path.join(tokenizer, 'tokenizer_config.json'))) ? [path.join(tokenizer, 'tokenizer_config.json')] : [];
  return { facts, files: [path.join(encoder, 'config.json'), ...facts.files, ...names.map((name) => path.join(tokenizer, name)), ...optional] };
}

/** Adds the files of a part; throws what is missing or wrong. */
async function partFiles(folder: string, role: PartRole, inspect: InspectNetwork): Promise<{ files: string[]; facts: NetworkFacts; hasText: boolean }> {
  const text = await textOf(folder, inspect).catch((error: unknown) => {
    // A cascade may have its text encoder elsewhere; a folder that has nothing else needs its own.
    if (role === 'text' || role === 'textToVideo' || role === 'superResolution2') throw error;
    return null;
  });
  if (role === 'text') {
    if (text === null) throw new StudioError('MODEL_MISSING', `${folder} has no text encoder. Download the folder again.`);
    return { ...text, hasText: true };
  }
  const unet = path.join(folder, 'unet');
  const facts = await inspect(unet);
  const files = [path.join(unet, 'config.json'), ...facts.files];
  for (const name of DETAILS) {
    if (await isFile(path.join(folder, name))) files.push(path.join(folder, name));
    else if (name === DETAILS[0]) throw new StudioError('MODEL_MISSING', `${path.join(folder, name)} is missing. Download the folder again.`);
  }
  if (role === 'textToVideo' || role === 'superResolution2') {
    const vae = path.join(folder, 'vae');
    if (!(await isFile(path.join(vae, 'config.json')))) throw new StudioError('MODEL_MISSING', `${path.join(vae, 'config.json')} is missing: this model works on latents and needs its autoencoder. Download the folder again.`);
    files.push(path.join(vae, 'config.json'), ...(await inspect(vae)).files);
    if (text === null) throw new StudioError('MODEL_MISSING', `${path.join(folder, 'text_encoder')} is missing: this model has a text encoder of its own. Download the folder again.`);
  }
  return { facts, files: [...files, ...(text?.files ?? [])], hasText: text !== null };
}

async function totalBytes(files: readonly string[]): Promise<number> {
  let sum = 0;
  for (const file of files) sum += (await stat(file)).size;
  return sum;
}

async function locate(folder: string, inspect: InspectNetwork): Promise<LocatedPart | null> {
  const unet = await readJson(path.join(folder, 'unet', 'config.json'));
  const pipeline = await readJson(path.join(folder, 'model_index.json'));
  if (pipeline?.['_class_name'] === 'MotifCascade') return null;
  const role = unet === null ? 'text' : roleOf(unet, String(pipeline?.['_class_name'] ?? ''));
  if (role === null) return null;
  const size = unet?.['sample_size'];
  const base = { role, path: folder, sampleSize: typeof size === 'number' ? size : null };
  try {
    const { files, facts, hasText } = await partFiles(folder, role, inspect);
    for (const file of files) {
      // The search followed no link, so a path that is not its own real path goes through one inside the part.
      if ((await realpath(file)) !== file) throw new StudioError('MODEL_INCOMPATIBLE', `${file} is reached through a link, which could lead out of the folder. Put the file itself in its place (cp -rL copies a hub cache that way).`);
    }
    return { ...base, sizeBytes: await totalBytes(files), tensors: facts.tensors, parameters: facts.parameters, format: facts.format, problem: null, files, hasText };
  } catch (error) {
    if (!StudioError.is(error) || error.code === 'INTERNAL') throw error;
    return { ...base, sizeBytes: 0, tensors: 0, parameters: 0, format: null, problem: error.message, files: [], hasText: false };
  }
}

/** Looks for the family's parts in a folder, in the folders inside it and in those inside them. Reads headers only. */
export async function findParts(folder: string, inspect: InspectNetwork, onLook: OnLook = () => {}): Promise<LocatedPart[]> {
  let root: string;
  try {
    root = await realpath(folder);
    if (!(await stat(root)).isDirectory()) throw new StudioError('INVALID_INPUT', `${folder} is a file. Choose the folder that holds the model.`, { details: { path: folder } });
  } catch (error) {
    if (StudioError.is(error)) throw error;
    throw new StudioError('NOT_FOUND', `${folder} does not exist or cannot be read. Choose another folder.`, { details: { path: folder }, cause: error });
  }
  const parts: LocatedPart[] = [];
  const found = await candidates(root);
  for (const [index, candidate] of found.entries()) {
    onLook(index, found.length, candidate);
    const part = await locate(candidate, inspect);
    if (part !== null) parts.push(part);
  }
  return parts;
}
