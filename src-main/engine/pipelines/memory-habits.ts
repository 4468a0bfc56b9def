import type { SessionOptions } from '../session/engine-session.ts';
import { openWeights } from '../weights/open-weights.ts';

/** From here on memory counts more than the time that keeping freed blocks and widened weights saves. */
export const LARGE_WEIGHTS_BYTES = 2 ** 30;

/** How sessions of a model of so many stored bytes treat memory. It follows from the model alone, so that every machine computes the same. */
export function memoryHabits(weightBytes: number): Pick<SessionOptions, 'arena' | 'keepStoredWeights'> {
  const isLarge = weightBytes >= LARGE_WEIGHTS_BYTES;
  return { arena: !isLarge, keepStoredWeights: isLarge };
}

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
