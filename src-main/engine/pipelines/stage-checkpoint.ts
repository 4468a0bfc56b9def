import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import { openMemoryTensors } from '../weights/memory-tensors.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import type { TensorToWrite } from '../weights/safetensors-writer.ts';
import type { StageCheckpoint } from './stage-step.ts';

const FORMAT = 'motif-stage-checkpoint-1';

/** A checkpoint as one block of bytes: a safetensors file with the position in its metadata. */
export function encodeStageCheckpoint(stage: StageName, checkpoint: StageCheckpoint): Uint8Array {
  const { sample, schedulerState, stepIndex } = checkpoint.position;
  const tensors = new Map<string, TensorToWrite>([['sample', sample]]);
  for (const [i, data] of schedulerState.denoised.entries()) tensors.set(`denoised.${i}`, { data, shape: sample.shape });
  if (checkpoint.output) tensors.set('output', checkpoint.output);
  return writeSafetensors(tensors, { format: FORMAT, stage, part: String(checkpoint.part), stepIndex: String(stepIndex) });
}

/** Reads what `encodeStageCheckpoint` wrote; bytes of another stage or kind are refused. */
export function decodeStageCheckpoint(stage: StageName, bytes: Uint8Array): StageCheckpoint {
  const { entries, metadata, float32: tensor } = openMemoryTensors(bytes, 'checkpoint');
  if (metadata['format'] !== FORMAT || metadata['stage'] !== stage) {
    throw new StudioError('WEIGHTS_INVALID', `The checkpoint is for ${metadata['stage'] ?? 'something else'}, not for ${stage}. Start the stage anew.`, { details: { stage } });
  }
  const sample = tensor('sample');
  const [part, stepIndex] = [Number(metadata['part']), Number(metadata['stepIndex'])];
  if (!sample || !Number.isInteger(part) || !Number.isInteger(stepIndex)) throw new StudioError('WEIGHTS_INVALID', 'The checkpoint is incomplete. Start the stage anew.');
  const denoised: Float32Array[] = [];
  for (let i = 0; entries.has(`denoised.${i}`); i += 1) denoised.push(tensor(`denoised.${i}`)!.data);
  return { part, position: { stepIndex, sample, schedulerState: { denoised } }, output: tensor('output') };
}
