import { z } from 'zod';
import { LossPoint, type LearningSettings } from '../../../src-shared/contract/motions.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { createNoise } from '../random/noise.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openMemoryTensors } from '../weights/memory-tensors.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import type { TensorToWrite } from '../weights/safetensors-writer.ts';
import type { TrainedValues } from './adam-w.ts';
import { downName, upName } from './low-rank.ts';
import type { TemporalProjection } from './temporal-projections.ts';

/** One trained parameter with its optimizer state and its best values so far. */
export interface TrainedParameterState extends TrainedValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly best: Float32Array;
}

/** Where a learning stands between two steps: from it the rest is determined, bit for bit. */
export interface TrainingState {
  /** Finished steps. */
  step: number;
  readonly parameters: readonly TrainedParameterState[];
  readonly curve: LossPoint[];
  bestStep: number;
  bestLoss: number;
  firstLoss: number;
  /** Evaluations since the best one. */
  stale: number;
  /** 1, halved each time the loss stopped being a number. */
  rateFactor: number;
  /** True when training is over and only the inversion is left. */
  isTrained: boolean;
  /** The clip on its way to noise and the number of inversion steps taken; null before. */
  inversion: { readonly step: number; readonly sample: Tensor } | null;
}

/** Before the first step. Low-rank changes begin as zero: a random `down`, an empty `up`. */
export function initialState(projections: readonly TemporalProjection[], rank: LearningSettings['rank'], seed: number): TrainingState {
  const parameter = (name: string, shape: readonly number[], values: Float32Array): TrainedParameterState => ({
    name, shape, values, rate: rateOf(shape), best: values.slice(), origin: values.slice(), first: new Float32Array(values.length), second: new Float32Array(values.length),
  });
  const random = createNoise(seed).fork('motion').fork('low-rank');
  const parameters = projections.flatMap(({ name, shape, values }) => {
    if (rank === 'full') return [parameter(name, shape, values.slice())];
    const [out, inner] = shape;
    const down = random.fork(name).normal(rank * inner).map((value) => value / Math.sqrt(inner));
    return [parameter(downName(name), [rank, inner], down), parameter(upName(name), [out, rank], new Float32Array(out * rank))];
  });
  return { step: 0, parameters, curve: [], bestStep: 0, bestLoss: Infinity, firstLoss: Infinity, stale: 0, rateFactor: 1, isTrained: false, inversion: null };
}

/** Width up to which the learning rate holds as it is. */
const REFERENCE_WIDTH = 128;

/**
 * A step of Adam changes every weight by about the same, so a layer's output moves with its width: rates fall as 1 / width (Yang et al.
 * 2022, arXiv 2203.03466, table 3). One setting then serves a small pack (3e-3 at 128) and Show-1 (3e-4 at 1280; VMC takes 1e-4).
 */
function rateOf(shape: readonly number[]): number {
  return Math.min(1, REFERENCE_WIDTH / Math.max(...shape));
}

const FORMAT = 'motif-training-1';
const Position = z.object({
  request: z.string(), step: z.number().int(), curve: z.array(LossPoint), bestStep: z.number().int(), bestLoss: z.number().nullable(), firstLoss: z.number().nullable(),
  stale: z.number().int(), rateFactor: z.number(), isTrained: z.boolean(), inversionStep: z.number().int().nullable(),
});

/** The state as one block of bytes. `request` names what is being learned: a checkpoint of another request is refused. */
export function encodeTrainingState(state: TrainingState, request: string): Uint8Array {
  const tensors = new Map<string, TensorToWrite>();
  for (const { name, shape, values, best, first, second } of state.parameters) {
    for (const [part, data] of Object.entries({ values, best, first, second })) tensors.set(`${part}/${name}`, { data, shape });
  }
  if (state.inversion !== null) tensors.set('inversion', state.inversion.sample);
  const finite = (loss: number): number | null => (Number.isFinite(loss) ? loss : null);
  const { step, curve, bestStep, stale, rateFactor, isTrained } = state;
  const position: z.input<typeof Position> = {
    request, step, curve, bestStep, stale, rateFactor, isTrained, bestLoss: finite(state.bestLoss), firstLoss: finite(state.firstLoss), inversionStep: state.inversion?.step ?? null,
  };
  return writeSafetensors(tensors, { format: FORMAT, position: JSON.stringify(position) });
}

/** Puts a state read from bytes in place of `fresh`, which is the state before the first step of the same request. */
export function decodeTrainingState(bytes: Uint8Array, fresh: TrainingState, request: string): TrainingState {
  const file = openMemoryTensors(bytes, 'checkpoint');
  if (file.metadata['format'] !== FORMAT) throw unfit();
  const position = Position.safeParse(JSON.parse(file.metadata['position'] ?? 'null'));
  if (!position.success || position.data.request !== request) throw unfit();
  const parameters = fresh.parameters.map((parameter) => {
    const read = (part: string): Float32Array => {
      const tensor = file.float32(`${part}/${parameter.name}`);
      if (tensor === null || tensor.data.length !== parameter.values.length) throw unfit();
      return tensor.data;
    };
    return { ...parameter, values: read('values'), best: read('best'), first: read('first'), second: read('second') };
  });
  const { inversionStep, bestLoss, firstLoss, ...rest } = position.data;
  const sample = file.float32('inversion');
  if (inversionStep !== null && sample === null) throw unfit();
  return { ...rest, parameters, bestLoss: bestLoss ?? Infinity, firstLoss: firstLoss ?? Infinity, inversion: inversionStep === null || sample === null ? null : { step: inversionStep, sample } };
}

/** The loss curve inside a checkpoint, without its tensors; empty for anything else. */
export function curveOfCheckpoint(bytes: Uint8Array): { readonly points: readonly LossPoint[]; readonly bestStep: number | null } {
  try {
    const { metadata } = openMemoryTensors(bytes, 'checkpoint');
    const position = Position.parse(JSON.parse(metadata['position'] ?? 'null'));
    return { points: position.curve, bestStep: position.bestLoss === null ? null : position.bestStep };
  } catch {
    return { points: [], bestStep: null };
  }
}

function unfit(): StudioError {
  return new StudioError('WEIGHTS_INVALID', 'The checkpoint does not belong to this learning. Cancel the job and learn the motion anew.');
}
