import type { Tensor } from '../tensor/tensor.ts';

/** A colour as a direction of length 1: how what moves differs from what lies behind it. */
export type ColourDirection = readonly [red: number, green: number, blue: number];

/** Below this mean change of values in [-1, 1], nothing moves that has a colour. */
const STILL = 0.01;

/**
 * What moves in a clip [1, channels, frames, height, width]: each pixel less its median over time, which is the ground, because what
 * moves covers a place for a short while.
 */
export function movingPart({ data, shape }: Tensor): Float32Array {
  const [, channels = 1, frames = 1, height = 1, width = 1] = shape;
  const area = height * width;
  const out = new Float32Array(data.length);
  const series = new Float32Array(frames);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let place = 0; place < area; place += 1) {
      const at = (frame: number): number => (channel * frames + frame) * area + place;
      for (let frame = 0; frame < frames; frame += 1) series[frame] = data[at(frame)]!;
      series.sort();
      const ground = (series[(frames - 1) >> 1]! + series[frames >> 1]!) / 2;
      for (let frame = 0; frame < frames; frame += 1) out[at(frame)] = data[at(frame)]! - ground;
    }
  }
  return out;
}

/** How what moves in a clip of pixels differs from its ground: the mean of what moves, weighed by its square. Null for a clip that stands still, and for latents. */
export function movingColour(clip: Tensor): ColourDirection | null {
  if (clip.shape[1] !== 3) return null;
  const moving = movingPart(clip);
  const count = moving.length / 3;
  const sum: [number, number, number] = [0, 0, 0];
  let change = 0;
  for (let i = 0; i < count; i += 1) {
    const [red, green, blue] = [moving[i]!, moving[count + i]!, moving[2 * count + i]!];
    const square = red * red + green * green + blue * blue;
    sum[0] += square * red;
    sum[1] += square * green;
    sum[2] += square * blue;
    change += Math.sqrt(square);
  }
  const length = Math.hypot(...sum);
  return length === 0 || change < STILL * count ? null : [sum[0] / length, sum[1] / length, sum[2] / length];
}

/**
 * Turns the colours of noise [1, 3, frames, height, width] so that `from` becomes `to`, by the shortest way (Rodrigues' formula). A
 * rotation, so white noise stays white noise.
 */
export function turnColours(noise: Float32Array, from: ColourDirection, to: ColourDirection): Float32Array {
  const [[a, b, c], [x, y, z]] = [from, to];
  const cosine = a * x + b * y + c * z;
  const area = noise.length / 3;
  // The very opposite has no shortest way: all colours are turned over.
  if (1 + cosine < 1e-6) return noise.map((value) => -value);
  const [u, v, w] = [b * z - c * y, c * x - a * z, a * y - b * x];
  const k = 1 / (1 + cosine);
  const rows = [
    [1 - k * (v * v + w * w), k * u * v - w, k * u * w + v],
    [k * u * v + w, 1 - k * (u * u + w * w), k * v * w - u],
    [k * u * w - v, k * v * w + u, 1 - k * (u * u + v * v)],
  ] as const;
  const out = new Float32Array(noise.length);
  for (const [channel, [red, green, blue]] of rows.entries()) {
    for (let i = 0; i < area; i += 1) out[channel * area + i] = red * noise[i]! + green * noise[area + i]! + blue * noise[2 * area + i]!;
  }
  return out;
}
