import { z } from 'zod';
import { StageName } from '../recipe/stage-name.ts';

/** One model that is loaded, run and released again. Bytes throughout. */
export const MemoryStep = z.object({
  stage: StageName,
  part: z.enum(['text', 'unet', 'firstFrame', 'encoder', 'decoder']),
  /** As they are stored. */
  weightBytes: z.number(),
  /** What the same weights take with their linear layers in 8 bits; null for models that are not offered so. */
  int8Bytes: z.number().nullable(),
  /** The weights are read where they lie: the system keeps as many of their pages as it has room for. */
  weightsStayInFile: z.boolean(),
  /** Estimate of what is alive at once while it runs. */
  activationBytes: z.number(),
  /** What the engine must have for itself. */
  needBytes: z.number(),
});
export type MemoryStep = z.infer<typeof MemoryStep>;

/** `fits`: now. `slow`: weights are read from disk again and again. `tight`: once other programs give some back. `tooLarge`: never here. */
export const MemoryVerdict = z.enum(['fits', 'slow', 'tight', 'tooLarge']);
export type MemoryVerdict = z.infer<typeof MemoryVerdict>;

export const MachineMemory = z.object({ totalBytes: z.number(), freeBytes: z.number() });
export type MachineMemory = z.infer<typeof MachineMemory>;

/** Left to the system and the window. */
const RESERVE_BYTES = 1.5e9;
/** What a large text encoder needs beside its weights: the engine itself, and the layers at hand widened. */
const TEXT_WORKING_BYTES = 1.5e9;
/** Smaller text encoders are never worth a copy. */
const LARGE_TEXT_BYTES = 2 ** 30;

/** How a text encoder's weights are held: as they are stored, or in 8 bits with a factor for each row. */
export const WeightForm = z.enum(['stored', 'int8']);
export type WeightForm = z.infer<typeof WeightForm>;

/**
 * Weights that this machine can never hold are read from the disk again for every prompt; in 8 bits they may fit. It follows from the
 * model and the size of the machine's memory, not from what is free, so that a machine computes the same every time.
 */
export function chooseTextForm({ storedBytes, int8Bytes }: { readonly storedBytes: number; readonly int8Bytes: number }, totalBytes: number): WeightForm {
  const room = totalBytes - RESERVE_BYTES - TEXT_WORKING_BYTES;
  return storedBytes >= LARGE_TEXT_BYTES && storedBytes > room && int8Bytes <= room ? 'int8' : 'stored';
}

/** The form that a step's weights take on a machine. */
export const formOf = ({ weightBytes, int8Bytes }: MemoryStep, { totalBytes }: MachineMemory): WeightForm => (int8Bytes === null ? 'stored' : chooseTextForm({ storedBytes: weightBytes, int8Bytes }, totalBytes));

/** Whether a step fits a machine. */
export function judgeStep(step: MemoryStep, machine: MachineMemory): MemoryVerdict {
  const { needBytes, weightsStayInFile, int8Bytes } = step;
  const { totalBytes, freeBytes } = machine;
  const weightBytes = formOf(step, machine) === 'int8' ? int8Bytes ?? 0 : step.weightBytes;
  if (needBytes > totalBytes - RESERVE_BYTES) return 'tooLarge';
  if (needBytes > freeBytes) return 'tight';
  return weightsStayInFile && needBytes + weightBytes > freeBytes ? 'slow' : 'fits';
}

/** The worst of several. */
export const worstVerdict = (verdicts: readonly MemoryVerdict[]): MemoryVerdict =>
  verdicts.reduce<MemoryVerdict>((worst, verdict) => (MemoryVerdict.options.indexOf(verdict) > MemoryVerdict.options.indexOf(worst) ? verdict : worst), 'fits');
