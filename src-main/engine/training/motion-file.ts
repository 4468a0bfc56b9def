import { MotionFacts } from '../../../src-shared/contract/motions.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { VideoFrames } from '../pipelines/video-tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openMemoryTensors } from '../weights/memory-tensors.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import type { TensorToWrite } from '../weights/safetensors-writer.ts';
import type { WeightChange } from './change.ts';
import { downName, upName } from './low-rank.ts';
import { TEMPORAL_PROJECTION } from './temporal-projections.ts';

/** A learned motion: facts, the changes by weight name, the frames it was learned from, and the noise they were traced back to. */
export interface MotionFile {
  readonly facts: MotionFacts;
  readonly changes: ReadonlyMap<string, { readonly shape: readonly [number, number]; readonly change: WeightChange }>;
  readonly frames: VideoFrames;
  /** [1, channels, frames, height, width]; null where it was not traced. */
  readonly noise: Tensor | null;
}

const FORMAT = 'motif-motion-1';
/** Largest motion file that is read: a full change of Show-1's 134 million weights fits. */
export const MAX_MOTION_BYTES = 700_000_000;
const FRAMES_TENSOR = 'source.frames';
const NOISE_TENSOR = 'source.noise';

/** The motion as one safetensors file; changes and noise in half precision. */
export function encodeMotionFile({ facts, changes, frames, noise }: MotionFile): Uint8Array {
  const tensors = new Map<string, TensorToWrite>();
  for (const [name, { shape: [out, inner], change }] of changes) {
    if (change.kind === 'full') tensors.set(name, { data: change.values, shape: [out, inner], dtype: 'F16' });
    else {
      tensors.set(downName(name), { data: change.down, shape: [change.rank, inner], dtype: 'F16' });
      tensors.set(upName(name), { data: change.up, shape: [out, change.rank], dtype: 'F16' });
    }
  }
  tensors.set(FRAMES_TENSOR, { data: frames.data, shape: [frames.count, frames.height, frames.width, 3] });
  if (noise !== null) tensors.set(NOISE_TENSOR, { ...noise, dtype: 'F16' });
  return writeSafetensors(tensors, { format: FORMAT, motion: JSON.stringify(facts) });
}

/** Reads a motion file from anywhere: header, facts, names, shapes and values are checked. WEIGHTS_INVALID, naming what is wrong. */
export function decodeMotionFile(bytes: Uint8Array, origin: string): MotionFile {
  const invalid = (problem: string): StudioError => new StudioError('WEIGHTS_INVALID', `${origin} is no usable motion: ${problem}. Export it again from the project that it was learned in.`, { details: { file: origin, problem } });
  const file = openMemoryTensors(bytes, origin);
  if (file.metadata['format'] !== FORMAT) throw invalid(file.metadata['format']?.startsWith('motif-motion-') === true ? 'it was made by a newer Motif Studio' : 'it is another kind of safetensors file');
  const facts = parseFacts(file.metadata['motion'], invalid);
  const finite = (name: string, rank: number): Tensor => {
    const tensor = file.float32(name);
    if (tensor === null || tensor.shape.length !== rank || tensor.shape.some((size) => size === 0)) throw invalid(`${name} is missing or has another shape than expected`);
    if (!tensor.data.every(Number.isFinite)) throw invalid(`${name} holds values that are not numbers`);
    return tensor;
  };
  const changes = new Map<string, { shape: readonly [number, number]; change: WeightChange }>();
  for (const name of [...file.entries.keys()].toSorted()) {
    if (name === FRAMES_TENSOR || name === NOISE_TENSOR) continue;
    if (TEMPORAL_PROJECTION.test(name)) {
      const { data, shape: [out = 0, inner = 0] } = finite(name, 2);
      changes.set(name, { shape: [out, inner], change: { kind: 'full', values: data } });
      continue;
    }
    const weight = name.replace(/\.(down|up)$/, '');
    if (weight === name || !TEMPORAL_PROJECTION.test(weight)) throw invalid(`it holds ${name.slice(0, 100)}, which is no temporal attention weight`);
    const [down, up] = [finite(downName(weight), 2), finite(upName(weight), 2)];
    const [rank = 0, inner = 0] = down.shape;
    if (up.shape[1] !== rank) throw invalid(`the two factors of ${weight} do not fit each other`);
    changes.set(weight, { shape: [up.shape[0] ?? 0, inner], change: { kind: 'lowRank', rank, up: up.data, down: down.data } });
  }
  if (changes.size === 0) throw invalid('it changes nothing');
  const [count = 0, height = 0, width = 0, channels = 0] = file.entries.get(FRAMES_TENSOR)?.shape ?? [];
  const data = file.bytes(FRAMES_TENSOR);
  if (data === null || channels !== 3 || file.entries.get(FRAMES_TENSOR)?.dtype !== 'U8' || data.length !== count * height * width * 3 || data.length === 0) throw invalid('its source frames are missing');
  const noise = file.entries.has(NOISE_TENSOR) ? finite(NOISE_TENSOR, 5) : null;
  return { facts, changes, frames: { count, height, width, data }, noise };
}

function parseFacts(text: string | undefined, invalid: (problem: string) => StudioError): MotionFacts {
  let json: unknown = null;
  try {
    json = JSON.parse(text ?? 'null');
  } catch {
    throw invalid('its description is not JSON');
  }
  const facts = MotionFacts.safeParse(json);
  if (!facts.success) throw invalid(`its description is incomplete (${facts.error.issues[0]?.path.join('.') || 'motion'})`);
  return facts.data;
}

/** Refuses a motion on another model than its own: MODEL_INCOMPATIBLE, naming both. */
export function requireModel(facts: Pick<MotionFacts, 'name' | 'model'>, model: { readonly sha256: string; readonly name: string }): void {
  if (facts.model.sha256 === model.sha256) return;
  throw new StudioError('MODEL_INCOMPATIBLE', `The motion "${facts.name}" was learned on "${facts.model.packName}" and does not work with "${model.name}", whose weights are others. Choose that model, or learn the motion again with this one.`, {
    details: { motion: facts.name, expected: facts.model.sha256, got: model.sha256 },
  });
}
