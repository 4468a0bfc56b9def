import { lowBand } from '../random/low-band.ts';
import type { Scheduler } from '../schedulers/scheduler.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withFrames } from './known-frames.ts';
import { sliceFrames, writeFrames } from './video-tensor.ts';

/** A picture that leads the colours and the light of frames `from` to `from + count`. */
export interface PictureLook {
  readonly from: number;
  readonly count: number;
  /** Share of the steps that it leads, from the noisiest on: 0 changes nothing, 1 leads to the end. */
  readonly strength: number;
  /** [1, 3, 1, height, width] in [-1, 1]. */
  readonly picture: Tensor;
}

/** All looks of a sample. */
export interface PictureLooks {
  readonly looks: readonly PictureLook[];
  /** The noise that `count` frames from `start` on began with, [1, 3, count, height, width]. */
  readonly noise: (start: number, count: number) => Tensor;
}

/** Waves below this share of the finest are the picture's: of 40 x 64 pixels 3 x 5, which hold colours and light but no shapes. */
const LOOK_BAND = 0.08;

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);

/**
 * Iterative latent variable refinement (ILVR, Choi et al. 2021, arXiv 2108.02938, equation 8 and algorithm 1): in front of a step the
 * slow waves of the sample become those of the picture at the step's noise level, x + phi(y - x) with the low-pass phi. The noise of y is
 * the noise that the frames began with, so that continuing from a checkpoint needs nothing but the sample. `start` is the place of the
 * sample's first frame: frames are led one by one, so a window of a clip is led as the whole clip is.
 */
export function takeOnLooks(sample: Tensor, { looks, noise }: PictureLooks, scheduler: Scheduler, stepIndex: number, start = 0): Tensor {
  const total = scheduler.timesteps.length;
  let led = sample;
  for (const { from, count, strength, picture } of looks) {
    const first = Math.max(from, start);
    const length = Math.min(from + count, start + sample.shape[2]!) - first;
    if (length < 1 || stepIndex >= Math.round(strength * total)) continue;
    const own = sliceFrames(sample, first - start, length);
    const [, , , height, width] = own.shape as [number, number, number, number, number];
    const pictures = zeros(own.shape);
    for (let frame = 0; frame < length; frame += 1) writeFrames(pictures, frame, picture);
    const target = scheduler.addNoise(pictures, noise(first, length), scheduler.timesteps[stepIndex]!);
    const difference = lowBand(target.data.map((value, i) => value - own.data[i]!), height, width, LOOK_BAND);
    led = withFrames(led, range(first - start, length), { data: own.data.map((value, i) => value + difference[i]!), shape: own.shape });
  }
  return led;
}
