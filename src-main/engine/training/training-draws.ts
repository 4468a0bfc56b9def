import { createNoise } from '../random/noise.ts';

/** What one look at the clip is made with. */
export interface TrainingDraw {
  readonly timestep: number;
  readonly noise: Float32Array;
  /** Frame that the appearance-debiased loss compares with. */
  readonly anchorFrame: number;
}

/** Looks that are kept for measuring, never trained on. */
export const HELD_OUT_DRAWS = 4;

/** The golden ratio's fractional part: multiples of it fill [0, 1) evenly at any length. */
const GOLDEN = 0.618033988749895;

/**
 * Where things are is settled in the first, noisiest steps of a generation; in the last ones the clip itself shows it. So a
 * share u of the looks is noisier than u^(1/4) of the schedule's length: half of them in its last sixth.
 */
const noisyFirst = (share: number, timesteps: number): number => Math.floor(share ** 0.25 * timesteps);

/** The random numbers of one learning, each by name, so that a resumed run draws the same. */
export interface TrainingDraws {
  /** For step 0, 1, ...: timesteps lean to the noisy end of the schedule and are spread evenly over neighbouring steps. */
  at(step: number): TrainingDraw;
  /** For evaluation: timesteps in the middle of equal shares of the same leaning. */
  heldOut(index: number): TrainingDraw;
}

/** Draws for a clip of `frames` frames and `values` values in all, on a schedule of `timesteps` steps. */
export function createTrainingDraws(seed: number, timesteps: number, frames: number, values: number): TrainingDraws {
  const root = createNoise(seed).fork('motion');
  const offset = root.fork('offset').uniform(1)[0]!;
  const anchor = (stream: ReturnType<typeof createNoise>): number => Math.floor(stream.fork('anchor').uniform(1)[0]! * frames);
  return {
    at(step) {
      const stream = root.fork(`step${step}`);
      return { timestep: noisyFirst((offset + step * GOLDEN) % 1, timesteps), noise: stream.fork('noise').normal(values), anchorFrame: anchor(stream) };
    },
    heldOut(index) {
      const stream = root.fork(`heldOut${index}`);
      return { timestep: noisyFirst((index + 0.5) / HELD_OUT_DRAWS, timesteps), noise: stream.fork('noise').normal(values), anchorFrame: anchor(stream) };
    },
  };
}
