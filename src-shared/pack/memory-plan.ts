import { z } from 'zod';
import { StageName } from '../recipe/stage-name.ts';

/** One model that is loaded, run and released again. Bytes throughout. */
export const MemoryStep = z.object({
  stage: StageName,
  part: z.enum(['text', 'unet', 'firstFrame', 'encoder', 'decoder']),
  /** As they are stored. */
  weightBytes: z.number(),
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

/** Whether a step fits a machine. */
export function judgeStep({ needBytes, weightBytes, weightsStayInFile }: MemoryStep, { totalBytes, freeBytes }: MachineMemory): MemoryVerdict {
  if (needBytes > totalBytes - RESERVE_BYTES) return 'tooLarge';
  if (needBytes > freeBytes) return 'tight';
  return weightsStayInFile && needBytes + weightBytes > freeBytes ? 'slow' : 'fits';
}

/** The worst of several. */
export const worstVerdict = (verdicts: readonly MemoryVerdict[]): MemoryVerdict =>
  verdicts.reduce<MemoryVerdict>((worst, verdict) => (MemoryVerdict.options.indexOf(verdict) > MemoryVerdict.options.indexOf(worst) ? verdict : worst), 'fits');
