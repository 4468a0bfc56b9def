import type { Tensor } from '../tensor/tensor.ts';

/** 8-bit RGB frames, [count, height, width, 3]. */
export interface VideoFrames {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Frames `start` to `start + count` of [1, channels, frames, height, width], copied. */
export function sliceFrames(video: Tensor, start: number, count: number): Tensor {
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const area = height * width;
  const data = new Float32Array(channels * count * area);
  for (let channel = 0; channel < channels; channel += 1) {
    const from = (channel * frames + start) * area;
    data.set(video.data.subarray(from, from + count * area), channel * count * area);
  }
  return { data, shape: [1, channels, count, height, width] };
}

/** Writes all frames of `part` into `video` from frame `start` on. */
export function writeFrames(video: Tensor, start: number, part: Tensor): void {
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const count = part.shape[2]!;
  const area = height * width;
  for (let channel = 0; channel < channels; channel += 1) {
    video.data.set(part.data.subarray(channel * count * area, (channel + 1) * count * area), (channel * frames + start) * area);
  }
}

/** Pixels in [-1, 1] to bytes: clamp(x / 2 + 0.5) * 255, truncated as Show-1 does. */
export function toVideoFrames(video: Tensor): VideoFrames {
  const [, , count, height, width] = video.shape as [number, number, number, number, number];
  const area = height * width;
  const data = new Uint8Array(count * area * 3);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let frame = 0; frame < count; frame += 1) {
      const from = (channel * count + frame) * area;
      const to = frame * area * 3 + channel;
      for (let i = 0; i < area; i += 1) {
        data[to + i * 3] = Math.min(Math.max(video.data[from + i]! / 2 + 0.5, 0), 1) * 255;
      }
    }
  }
  return { count, width, height, data };
}

/** Bytes to pixels in [-1, 1], [1, 3, frames, height, width]. */
export function fromVideoFrames(frames: VideoFrames): Tensor {
  const { count, width, height } = frames;
  const area = height * width;
  const data = new Float32Array(3 * count * area);
  for (let frame = 0; frame < count; frame += 1) {
    for (let i = 0; i < area; i += 1) {
      const from = (frame * area + i) * 3;
      for (let channel = 0; channel < 3; channel += 1) data[(channel * count + frame) * area + i] = (frames.data[from + channel]! / 255) * 2 - 1;
    }
  }
  return { data, shape: [1, 3, count, height, width] };
}
