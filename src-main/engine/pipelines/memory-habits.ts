import type { SessionOptions } from '../session/engine-session.ts';
import { openWeights } from '../weights/open-weights.ts';

/** From here on memory counts more than the time that keeping freed blocks and widened weights saves. */
export const LARGE_WEIGHTS_BYTES = 2 ** 30;

/** How sessions of a model of so many stored bytes treat memory. It follows from the model alone, so that every machine computes the same. */
export function memoryHabits(weightBytes: number): Pick<SessionOptions, 'arena' | 'keepStoredWeights'> {
  const isLarge = weightBytes >= LARGE_WEIGHTS_BYTES;
  return { arena: !isLarge, keepStoredWeights: isLarge };
}

/** Up to so many values per sample, both prompts of guidance go through the unet in one call; above, memory counts more. */
const MAX_PAIRED_VALUES = 8 * 40 * 64 * 3;

/** Whether both prompts of guidance go through a unet in one call. */
export const pairsGuidance = ({ frames, height, width }: { readonly frames: number; readonly height: number; readonly width: number }, weightBytes: number): boolean =>
  frames * height * width * 3 <= MAX_PAIRED_VALUES && weightBytes < LARGE_WEIGHTS_BYTES;

/** What the process takes before it has loaded anything. */
const PROCESS_BYTES = 250 * 2 ** 20;
/** What the runtime's own buffers add to live activations. */
const ACTIVATION_OVERHEAD = 1.25;

/** Resident memory of a process that holds so many bytes of weights and state and computes with so many at once: every estimate comes from here. */
export const residentBytes = (heldBytes: number, activationBytes: number): number => Math.round(PROCESS_BYTES + heldBytes + activationBytes * ACTIVATION_OVERHEAD);

/** Bytes of all weights in a folder, as they are stored. */
export function weightBytesOf(folder: string): number {
  const weights = openWeights(folder);
  try {
    return sumBytes(weights);
  } finally {
    weights.close();
  }
}

/** Bytes of opened weights, as they are stored. */
export const sumBytes = ({ entries }: ReturnType<typeof openWeights>): number => [...entries.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
