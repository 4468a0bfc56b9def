import type { Scheduler } from '../schedulers/scheduler.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Frames that are given: at each step they are put back at that step's noise level, at the end as they are. */
export interface KnownFrames {
  /** Where they stand in the sample. */
  readonly frames: readonly number[];
  /** What they show, [1, channels, frames.length, height, width]. */
  readonly clean: Tensor;
  /** Their noise, shaped like `clean`. */
  readonly noise: Tensor;
}

/** `video` with the frames `at` replaced by those of `part`, as a copy. Both [1, channels, frames, height, width]. */
export function withFrames(video: Tensor, at: readonly number[], part: Tensor): Tensor {
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const area = height * width;
  const data = video.data.slice();
  for (let channel = 0; channel < channels; channel += 1) {
    for (const [index, frame] of at.entries()) {
      const from = (channel * at.length + index) * area;
      data.set(part.data.subarray(from, from + area), (channel * frames + frame) * area);
    }
  }
  return { data, shape: video.shape };
}

/**
 * Replacement conditioning (Song et al. 2021, section 5; RePaint, Lugmayr et al. 2022, equation 8a): the known frames of the
 * sample in front of a step are drawn from their own forward process.
 */
export function replaceKnown(sample: Tensor, known: KnownFrames, scheduler: Scheduler, timestep: number): Tensor {
  return withFrames(sample, known.frames, scheduler.addNoise(known.clean, known.noise, timestep));
}
