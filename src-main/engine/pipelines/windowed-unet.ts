import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { UnetRun } from './unet-run.ts';

/** Frames `start` to `start + count` of every batch entry of [batch, channels, frames, height, width]. */
function sliceBatchFrames(video: Tensor, start: number, count: number): Tensor {
  const [batch, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const area = height * width;
  const out = zeros([batch, channels, count, height, width]);
  for (let plane = 0; plane < batch * channels; plane += 1) {
    const from = (plane * frames + start) * area;
    out.data.set(video.data.subarray(from, from + count * area), plane * count * area);
  }
  return out;
}

/**
 * Lets a unet built for `windowFrames` frames predict a longer clip: it runs on overlapping windows and overlaps are averaged
 * at every step, so that windows cannot drift apart (as in MultiDiffusion, Bar-Tal et al. 2023, equation 5).
 */
export function windowedUnet(unet: UnetRun, windowFrames: number, overlapFrames: number): UnetRun {
  return async (inputs) => {
    const frames = inputs.sample.shape[2]!;
    if (frames <= windowFrames) return unet(inputs);
    const stride = Math.max(windowFrames - overlapFrames, 1);
    const starts: number[] = [];
    for (let start = 0; start + windowFrames < frames; start += stride) starts.push(start);
    starts.push(frames - windowFrames);
    const counts = new Uint16Array(frames);
    let sum: Tensor | null = null;
    for (const start of starts) {
      const part = await unet({ ...inputs, sample: sliceBatchFrames(inputs.sample, start, windowFrames) });
      const [batch, channels, , height, width] = part.shape as [number, number, number, number, number];
      const area = height * width;
      sum ??= zeros([batch, channels, frames, height, width]);
      for (let plane = 0; plane < batch * channels; plane += 1) {
        const to = (plane * frames + start) * area;
        const from = plane * windowFrames * area;
        for (let i = 0; i < windowFrames * area; i += 1) sum.data[to + i]! += part.data[from + i]!;
      }
      for (let frame = start; frame < start + windowFrames; frame += 1) counts[frame]! += 1;
    }
    const [batch, channels, , height, width] = sum!.shape as [number, number, number, number, number];
    const area = height * width;
    for (let index = 0; index < batch * channels * frames; index += 1) {
      const count = counts[index % frames]!;
      if (count === 1) continue;
      for (let i = index * area; i < (index + 1) * area; i += 1) sum!.data[i]! /= count;
    }
    return sum!;
  };
}
