import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { FoundPart, PartRole } from '../../src-shared/contract/models.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { networkKind, type NetworkKind } from '../../src-shared/pack/network-kind.ts';
import type { TextPlace } from '../../src-shared/pack/references.ts';

/** What the engine can say about one network's folder from its headers alone; it throws a StudioError for one it cannot run. */
export interface NetworkFacts {
  readonly tensors: number;
  readonly parameters: number;
  readonly format: 'safetensors' | 'pickle';
  /** Absolute paths of the weight files. */
  readonly files: readonly string[];
}

/** Reads headers and compares them with the folder's `config.json`. */
export type InspectNetwork = (folder: string) => NetworkFacts | Promise<NetworkFacts>;

/** Told before each folder that may hold a part is looked into. */
export type OnLook = (lookedAt: number, of: number, path: string) => void;

/** A text encoder with its tokenizer, and the absolute paths of what is read of them. */
export interface LocatedText extends TextPlace {
  readonly files: readonly string[];
}

/** An autoencoder's folder, and the absolute paths of what is read of it. */
export interface LocatedAutoencoder {
  readonly folder: string;
  readonly files: readonly string[];
}

/** A part with the files that reach its frames. */
export interface LocatedPart extends FoundPart {
  /** Absolute paths of its own UNet and schedules; empty for a part that completes others. */
  readonly files: readonly string[];
  /** Null where the folder has none that can be used. */
  readonly text: LocatedText | null;
  readonly autoencoder: LocatedAutoencoder | null;
  /** A tokenizer's folder without an encoder beside it: it belongs to whatever encoder completes the part. */
  readonly tokenizer: { readonly folder: string; readonly files: readonly string[] } | null;
  /** Edge of the UNet's training samples, in pixels or latents. */
  readonly sampleSize: number | null;
}

const MAX_FOLDERS = 300;
const MAX_DEPTH = 2;
const MAX_CONFIG_BYTES = 4_000_000;
const DETAILS: readonly string[] = ['scheduler/scheduler_config.json', 'image_noising_scheduler/scheduler_config.json'];
const TOKENIZER_DETAILS: readonly string[] = ['tokenizer_config.json', 'special_tokens_map.json'];
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

/** Sub-folders of a pipeline that may be all that is there of it. */
export const PIPELINE_FOLDERS: readonly string[] = ['text_encoder', 'vae'];

/** Folders of pipelines and of networks alone: the given one, its children and theirs. Links are not followed. */
async function candidates(root: string): Promise<string[]> {
  const found: string[] = [];
  const isNetwork = async (folder: string): Promise<boolean> => (await isFile(path.join(folder, 'config.json'))) && networkKind(await readJson(path.join(folder, 'config.json'))) !== null;
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (found.length > MAX_FOLDERS) return;
    if ((await isFile(path.join(folder, 'unet', 'config.json'))) || (await isNetwork(folder))) {
      found.push(folder);
      return;
    }
    if (depth === MAX_DEPTH) {
      for (const name of PIPELINE_FOLDERS) if (await isNetwork(path.join(folder, name))) found.push(path.join(folder, name));
      return;
    }
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

/** The files of the tokenizer in a folder; null where there is none. */
async function tokenizerFiles(folder: string): Promise<readonly string[] | null> {
  for (const names of TOKENIZERS) {
    if (!(await Promise.all(names.map((name) => isFile(path.join(folder, name))))).every(Boolean)) continue;
    const details = await Promise.all(TOKENIZER_DETAILS.map(async (name) => ((await isFile(path.join(folder, name))) ? [name] : [])));
    return [...names, ...details.flat()].map((name) => path.join(folder, name));
  }
  return null;
}

/** The encoder in `encoder` with the first tokenizer among `tokenizers`; throws what is missing or wrong. */
async function textAt(encoder: string, tokenizers: readonly string[], inspect: InspectNetwork): Promise<{ text: LocatedText; facts: NetworkFacts }> {
  for (const tokenizer of tokenizers) {
    const names = await tokenizerFiles(tokenizer);
    if (names === null) continue;
    const facts = await inspect(encoder);
    return { facts, text: { encoder, tokenizer, files: [path.join(encoder, 'config.json'), ...facts.files, ...names] } };
  }
  throw new StudioError('MODEL_MISSING', `${tokenizers[0]} has no tokenizer.json, spiece.model, or vocab.json with merges.txt. Download the folder again.`);
}

async function autoencoderAt(folder: string, inspect: InspectNetwork): Promise<{ autoencoder: LocatedAutoencoder; facts: NetworkFacts }> {
  const facts = await inspect(folder);
  return { facts, autoencoder: { folder, files: [path.join(folder, 'config.json'), ...facts.files] } };
}

const isLatent = (role: PartRole): boolean => role === 'textToVideo' || role === 'superResolution2';

/** What a part is made of, beside what it is. */
interface Contents {
  readonly facts: NetworkFacts;
  readonly files: readonly string[];
  readonly text: LocatedText | null;
  readonly autoencoder: LocatedAutoencoder | null;
  readonly tokenizer: LocatedPart['tokenizer'];
}

/** A UNet with its schedules and what else lies beside it; throws what is missing or wrong. */
async function unetContents(folder: string, role: PartRole, inspect: InspectNetwork): Promise<Contents> {
  const [unet, encoder, vae, tokenizer] = ['unet', 'text_encoder', 'vae', 'tokenizer'].map((name) => path.join(folder, name)) as [string, string, string, string];
  const hasEncoder = await isFile(path.join(encoder, 'config.json'));
  const text = hasEncoder ? await textAt(encoder, [tokenizer], inspect).catch((error: unknown) => {
    // The pixel stages share one text encoder, which may lie elsewhere; a broken one of its own is told.
    if (isLatent(role)) throw error;
    return null;
  }) : null;
  const facts = await inspect(unet);
  const files = [path.join(unet, 'config.json'), ...facts.files];
  for (const name of DETAILS) {
    if (await isFile(path.join(folder, name))) files.push(path.join(folder, name));
    else if (name === DETAILS[0]) throw new StudioError('MODEL_MISSING', `${path.join(folder, name)} is missing. Download the folder again.`);
  }
  const autoencoder = isLatent(role) && (await isFile(path.join(vae, 'config.json'))) ? (await autoencoderAt(vae, inspect)).autoencoder : null;
  const names = hasEncoder ? null : await tokenizerFiles(tokenizer);
  return { facts, files, text: text?.text ?? null, autoencoder, tokenizer: names === null ? null : { folder: tokenizer, files: names } };
}

/** What a network alone is for. */
export const ROLE_OF_KIND: Readonly<Record<Exclude<NetworkKind, 'unet'>, PartRole>> = { t5: 'text', clip: 'clipText', autoencoder: 'autoencoder' };

async function totalBytes(files: readonly string[]): Promise<number> {
  let sum = 0;
  for (const file of files) sum += (await stat(file)).size;
  return sum;
}

/** A part to be looked at: what it is, and how to find out what it is made of. */
interface Sighting {
  readonly role: PartRole;
  readonly sampleSize: number | null;
  readonly open: () => Promise<Contents>;
}

/** A network alone, in `folder`. Its tokenizer lies in it, below it, or beside it as in a pipeline. */
async function bareSighting(folder: string, tokenizers: readonly string[], inspect: InspectNetwork): Promise<Sighting[]> {
  const kind = networkKind(await readJson(path.join(folder, 'config.json')));
  if (kind === null) return [];
  const none = { files: [], text: null, autoencoder: null, tokenizer: null };
  if (kind === 'unet') {
    const role = roleOf((await readJson(path.join(folder, 'config.json'))) ?? {}, '');
    const open = async (): Promise<Contents> => { throw new StudioError('MODEL_MISSING', `${folder} is a UNet alone, without its schedule. Choose the folder above it, which has a scheduler folder too.`); };
    return role === null ? [] : [{ role, sampleSize: null, open }];
  }
  const open = async (): Promise<Contents> => ({ ...none, ...(kind === 'autoencoder' ? await autoencoderAt(folder, inspect) : await textAt(folder, tokenizers, inspect)) });
  return [{ role: ROLE_OF_KIND[kind], sampleSize: null, open }];
}

/** What a folder holds: a pipeline around a UNet, or one network. */
async function sightings(folder: string, inspect: InspectNetwork): Promise<Sighting[]> {
  const pipeline = await readJson(path.join(folder, 'model_index.json'));
  if (pipeline?.['_class_name'] === 'MotifCascade') return [];
  const unet = await readJson(path.join(folder, 'unet', 'config.json'));
  if (unet !== null) {
    const role = roleOf(unet, String(pipeline?.['_class_name'] ?? ''));
    const size = unet['sample_size'];
    return role === null ? [] : [{ role, sampleSize: typeof size === 'number' ? size : null, open: () => unetContents(folder, role, inspect) }];
  }
  return bareSighting(folder, [folder, path.join(folder, 'tokenizer'), ...(path.basename(folder) === 'text_encoder' ? [path.join(folder, '..', 'tokenizer')] : [])], inspect);
}

async function locate(folder: string, { role, sampleSize, open }: Sighting): Promise<LocatedPart> {
  const base = { role, path: folder, sampleSize };
  try {
    const { facts, ...contents } = await open();
    const all = [contents, contents.text, contents.autoencoder, contents.tokenizer].flatMap((held) => held?.files ?? []);
    for (const file of all) {
      // The search followed no link, so a path that is not its own real path goes through one inside the part.
      if ((await realpath(file)) !== file) throw new StudioError('MODEL_INCOMPATIBLE', `${file} is reached through a link, which could lead out of the folder. Put the file itself in its place (cp -rL copies a hub cache that way).`);
    }
    return { ...base, sizeBytes: await totalBytes(all), tensors: facts.tensors, parameters: facts.parameters, format: facts.format, problem: null, ...contents };
  } catch (error) {
    if (!StudioError.is(error) || error.code === 'INTERNAL') throw error;
    return { ...base, sizeBytes: 0, tensors: 0, parameters: 0, format: null, problem: error.message, files: [], text: null, autoencoder: null, tokenizer: null };
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
    for (const sighting of await sightings(candidate, inspect)) parts.push(await locate(candidate, sighting));
  }
  return parts;
}
