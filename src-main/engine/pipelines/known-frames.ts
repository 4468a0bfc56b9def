import type { Scheduler } from '../schedulers/scheduler.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** Frames that are given: at each step they are put back at that step's noise level, at the end as they are. Weaker ones are let go before the end. */
export interface KnownFrames {
  /** Where they stand in the sample. */
  readonly frames: readonly number[];
  /** What they show, [1, channels, frames.length, height, width]. */
  readonly clean: Tensor;
  /** Their noise, shaped like `clean`. */
  readonly noise: Tensor;
  /** Per frame, the share of the steps in which it is put back, in (0, 1]; 1 for all where left out. */
  readonly strengths?: readonly number[] | undefined;
}

/** How much of a frame of some strength is put back in front of a step: all, then for a part of one step as much as is left, then nothing. */
const heldShare = (strength: number, stepIndex: number, steps: number): number => Math.min(Math.max(strength * steps - stepIndex, 0), 1);

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
 * sample in front of a step are drawn from their own forward process. One of strength s is held for the noisiest share s of the steps, as in
 * SDEdit (Meng et al. 2022): the rest is the model's.
 */
export function replaceKnown(sample: Tensor, known: KnownFrames, scheduler: Scheduler, stepIndex: number): Tensor {
  const given = scheduler.addNoise(known.clean, known.noise, scheduler.timesteps[stepIndex]!);
  if (known.strengths === undefined) return withFrames(sample, known.frames, given);
  const [, channels, frames, height, width] = sample.shape as [number, number, number, number, number];
  const area = height * width;
  const data = sample.data.slice();
  for (const [index, frame] of known.frames.entries()) {
    const share = heldShare(known.strengths[index] ?? 1, stepIndex, scheduler.timesteps.length);
    if (share === 0) continue;
    for (let channel = 0; channel < channels; channel += 1) {
      const [from, to] = [(channel * known.frames.length + index) * area, (channel * frames + frame) * area];
      for (let i = 0; i < area; i += 1) data[to + i] = share * given.data[from + i]! + (1 - share) * data[to + i]!;
    }
  }
  return { data, shape: sample.shape };
}

/** Finished frames with those as they were given that were held to the end. */
export function keepKnown(video: Tensor, { frames, strengths = [], clean }: Pick<KnownFrames, 'frames' | 'strengths' | 'clean'>): Tensor {
  const held = frames.flatMap((frame, index) => ((strengths[index] ?? 1) === 1 ? [{ frame, index }] : []));
  if (held.length === 0) return video;
  const part = zeros([1, clean.shape[1]!, held.length, ...clean.shape.slice(3)]);
  for (const [at, { index }] of held.entries()) writeFrames(part, at, sliceFrames(clean, index, 1));
  return withFrames(video, held.map(({ frame }) => frame), part);
}
