import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { readSafetensorsHeader } from './safetensors-reader.ts';
import { readTorchCheckpoint } from './torch-checkpoint.ts';
import { createWeightsIndex, openFile, weightsInvalid } from './weights-index.ts';
import type { OpenFile, WeightEntry, WeightsIndex } from './weights-index.ts';

/** File stems of diffusers and transformers folders, in the order tried; safetensors before pickles, full names before variants. */
const CANDIDATES: readonly string[] = (['safetensors', 'bin'] as const).flatMap((extension) => {
  const stems = extension === 'safetensors' ? ['diffusion_pytorch_model', 'model'] : ['diffusion_pytorch_model', 'pytorch_model'];
  return stems.flatMap((stem) => [
    `${stem}.${extension}`, `${stem}.${extension}.index.json`,
    `${stem}.fp16.${extension}`, `${stem}.${extension}.index.fp16.json`, `${stem}.fp16.${extension}.index.json`,
  ]);
});

const MAX_INDEX_BYTES = 64_000_000;

/** Tells the format by the first bytes, never by the name. */
function readEntries(file: OpenFile): ReadonlyMap<string, WeightEntry> {
  const head = file.read(0, Math.min(9, file.sizeBytes));
  const ascii = String.fromCharCode(...head.subarray(0, 4));
  if (ascii === 'PK\u0003\u0004') return readTorchCheckpoint(file);
  if (ascii === 'GGUF') throw weightsInvalid(file.path, 'is a GGUF file', 'Only safetensors and PyTorch zip checkpoints are read: get the model in one of these forms.');
  if (head[0] === 0x80 && head[8] !== 0x7b) {
    throw weightsInvalid(file.path, 'is a bare pickle (the form before PyTorch 1.6), which cannot be read safely', 'Save it again with a current torch.save, or convert it to safetensors.');
  }
  return readSafetensorsHeader(file).entries;
}

/** Shard files named by an index, relative to its folder; a name that leaves the folder is refused. */
function shardNames(indexPath: string): { shards: string[]; shardOf: Map<string, string> } {
  if (statSync(indexPath).size > MAX_INDEX_BYTES) throw weightsInvalid(indexPath, 'is too large for an index');
  let map: unknown;
  try {
    map = (JSON.parse(readFileSync(indexPath, 'utf8')) as { weight_map?: unknown }).weight_map;
  } catch {
    throw weightsInvalid(indexPath, 'is not JSON');
  }
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0) throw weightsInvalid(indexPath, 'has no weight_map');
  const shardOf = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || shard !== basename(shard) || shard.includes('\\') || shard === '..' || shard === '') {
      throw weightsInvalid(indexPath, `places ${name} in ${String(shard)}, which is not a file beside the index`);
    }
    shardOf.set(name, shard);
  }
  return { shards: [...new Set(shardOf.values())], shardOf };
}

function openSharded(folder: string, indexPath: string): WeightsIndex {
  const { shards, shardOf } = shardNames(indexPath);
  const files: OpenFile[] = [];
  const entries = new Map<string, WeightEntry>();
  try {
    for (const shard of shards) {
      const file = openFile(join(folder, shard));
      files.push(file);
      const held = readEntries(file);
      for (const [name, owner] of shardOf) {
        if (owner !== shard) continue;
        const entry = held.get(name);
        if (!entry) throw weightsInvalid(file.path, `lacks tensor ${name}, which ${basename(indexPath)} places here`);
        entries.set(name, entry);
      }
    }
  } catch (error) {
    for (const file of files) file.close();
    throw error;
  }
  return createWeightsIndex(files, entries, indexPath);
}

function openSingle(path: string): WeightsIndex {
  const file = openFile(path);
  try {
    return createWeightsIndex([file], readEntries(file));
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Opens the weights of a model: a file, a shard index, or a diffusers/transformers folder (single or sharded, safetensors or
 * PyTorch zip checkpoints, plain or fp16 variant). Only headers are read; call `close` when done.
 */
export function openWeights(path: string): WeightsIndex {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new StudioError('MODEL_MISSING', `${absolute} does not exist. Import the model again or choose its folder.`, { details: { file: absolute } });
  }
  if (!statSync(absolute).isDirectory()) {
    return absolute.endsWith('.json') ? openSharded(resolve(absolute, '..'), absolute) : openSingle(absolute);
  }
  const found = CANDIDATES.find((name) => existsSync(join(absolute, name)));
  if (!found) {
    throw new StudioError('MODEL_MISSING', `${absolute} holds no weights (looked for diffusion_pytorch_model and model, .safetensors and .bin). The model is incomplete: import it again.`, { details: { file: absolute } });
  }
  return found.endsWith('.json') ? openSharded(absolute, join(absolute, found)) : openSingle(join(absolute, found));
}
