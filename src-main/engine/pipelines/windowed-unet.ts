import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { UnetRun } from './unet-run.ts';

/** First frames of overlapping windows that cover `frames`; the last one moves back to end with the clip. One window where one is enough. */
export function overlappingStarts(frames: number, windowFrames: number, overlapFrames: number): readonly number[] {
  if (frames <= windowFrames) return [0];
  const stride = Math.max(windowFrames - overlapFrames, 1);
  const starts: number[] = [];
  for (let start = 0; start + windowFrames < frames; start += stride) starts.push(start);
  return [...starts, frames - windowFrames];
}

/** Prompts of a window: rows of [batch * frames, tokens, width]; prompts that hold for all frames stay as they are. */
function sliceTextFrames(text: Tensor, batch: number, frames: number, start: number, count: number): Tensor {
  if (text.shape[0] !== batch * frames) return text;
  const row = text.data.length / (batch * frames);
  const data = new Float32Array(batch * count * row);
  for (let b = 0; b < batch; b += 1) data.set(text.data.subarray((b * frames + start) * row, (b * frames + start + count) * row), b * count * row);
  return { data, shape: [batch * count, ...text.shape.slice(1)] };
}

/** Weights of a window's frames in the average: all alike, or less towards the window's ends, so that no border shows. */
export function windowWeights(count: number, taper: boolean): Float32Array {
  return Float32Array.from({ length: count }, (_, frame) => (taper ? Math.min(frame + 1, count - frame) : 1));
}

/** Frames `start` to `start + count` of every batch entry of [batch, channels, frames, height, width]. */
export function sliceBatchFrames(video: Tensor, start: number, count: number): Tensor {
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
 * at every step, so that windows cannot drift apart (as in MultiDiffusion, Bar-Tal et al. 2023, equation 5). With `taper`
 * a window counts less towards its ends. Windows run one after the other: memory does not grow with the clip's length.
 */
export function windowedUnet(unet: UnetRun, windowFrames: number, overlapFrames: number, taper = false): UnetRun {
  return async (inputs) => {
    const frames = inputs.sample.shape[2]!;
    if (frames <= windowFrames) return unet(inputs);
    const starts = overlappingStarts(frames, windowFrames, overlapFrames);
    const weights = windowWeights(windowFrames, taper);
    const counts = new Float32Array(frames);
    let sum: Tensor | null = null;
    for (const start of starts) {
      const part = await unet({
        ...inputs, sample: sliceBatchFrames(inputs.sample, start, windowFrames),
        promptEmbeds: sliceTextFrames(inputs.promptEmbeds, inputs.sample.shape[0]!, frames, start, windowFrames),
      });
      const [batch, channels, , height, width] = part.shape as [number, number, number, number, number];
      const area = height * width;
      sum ??= zeros([batch, channels, frames, height, width]);
      for (let plane = 0; plane < batch * channels; plane += 1) {
        const to = (plane * frames + start) * area;
        const from = plane * windowFrames * area;
        for (let frame = 0; frame < windowFrames; frame += 1) {
          const weight = weights[frame]!;
          for (let i = frame * area; i < (frame + 1) * area; i += 1) sum.data[to + i]! += weight * part.data[from + i]!;
        }
      }
      for (let frame = 0; frame < windowFrames; frame += 1) counts[start + frame]! += weights[frame]!;
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
