import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { bytesToFloat32 } from '../weights/float-formats.ts';
import { readSafetensorsHeader } from '../weights/safetensors-reader.ts';
import { writeSafetensors } from '../weights/safetensors-writer.ts';
import type { TensorToWrite } from '../weights/safetensors-writer.ts';
import type { OpenFile } from '../weights/weights-index.ts';
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
  const file: OpenFile = {
    path: 'checkpoint', sizeBytes: bytes.length,
    // Copied: the view may start anywhere in its buffer, and resumed runs must not share memory with the message.
    read: (position, length) => bytes.slice(position, position + length) as Uint8Array<ArrayBuffer>,
    close: () => {},
  };
  const { entries, metadata } = readSafetensorsHeader(file);
  if (metadata['format'] !== FORMAT || metadata['stage'] !== stage) {
    throw new StudioError('WEIGHTS_INVALID', `The checkpoint is for ${metadata['stage'] ?? 'something else'}, not for ${stage}. Start the stage anew.`, { details: { stage } });
  }
  const tensor = (name: string): Tensor | null => {
    const entry = entries.get(name);
    return entry ? { data: bytesToFloat32(file.read(entry.byteOffset, entry.byteLength), entry.dtype), shape: entry.shape } : null;
  };
  const sample = tensor('sample');
  const [part, stepIndex] = [Number(metadata['part']), Number(metadata['stepIndex'])];
  if (!sample || !Number.isInteger(part) || !Number.isInteger(stepIndex)) throw new StudioError('WEIGHTS_INVALID', 'The checkpoint is incomplete. Start the stage anew.');
  const denoised: Float32Array[] = [];
  for (let i = 0; entries.has(`denoised.${i}`); i += 1) denoised.push(tensor(`denoised.${i}`)!.data);
  return { part, position: { stepIndex, sample, schedulerState: { denoised } }, output: tensor('output') };
}
