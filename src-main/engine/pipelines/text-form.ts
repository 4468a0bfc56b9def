import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { chooseTextForm } from '../../../src-shared/pack/memory-plan.ts';
import type { WeightForm } from '../../../src-shared/pack/memory-plan.ts';
import { ENGINE_VERSION } from '../process/engine-version.ts';
import type { Graph } from '../onnx/graph.ts';
import { weightForms, writeInt8Copy } from '../weights/int8-copy.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';

/** What decides for or against a copy in 8 bits, from what both forms take. */
export type ChooseForm = (forms: { readonly storedBytes: number; readonly int8Bytes: number }) => WeightForm;

/** Left free on the disk. */
const SPARE_DISK_BYTES = 2e9;

let current: { readonly folder: string; readonly choose: ChooseForm } | null = null;

/** Sets where this process keeps copies in 8 bits; without it, text encoders are read as they are stored. */
export function useTextCache(folder: string | null, choose: ChooseForm = (forms) => chooseTextForm(forms, totalmem())): void {
  current = folder === null ? null : { folder, choose };
}

/** Names the weights by their files: a changed file is another model. */
function keyOf(weights: WeightsIndex): string {
  const files = [...new Set([...weights.entries.values()].map(({ file }) => file))].sort();
  const hash = createHash('sha256').update(ENGINE_VERSION);
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`\n${file}\n${size}\n${mtimeMs}`);
  }
  return hash.digest('hex').slice(0, 32);
}

/**
 * The folder to read a text encoder from: where it lies, or a copy in 8 bits that is made once where the machine can hold that and not
 * the original (`chooseTextForm`). Without room on the disk the original serves.
 */
export function textWeightsFolder(weightsDir: string, graph: Graph, weights: WeightsIndex): string {
  if (current === null) return weightsDir;
  const forms = weightForms(graph, weights);
  if (current.choose(forms) === 'stored') return weightsDir;
  const copy = join(current.folder, keyOf(weights));
  if (existsSync(copy)) return copy;
  mkdirSync(current.folder, { recursive: true });
  const { bavail, bsize } = statfsSync(current.folder);
  if (bavail * bsize < forms.int8Bytes + SPARE_DISK_BYTES) return weightsDir;
  writeInt8Copy(graph, weights, join(weightsDir, 'config.json'), copy);
  return copy;
}
