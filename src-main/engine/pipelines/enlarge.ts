import type { Conditioning } from '../../../src-shared/pack/model-index.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { VideoFrames } from './video-tensor.ts';

/** How a pack's pixel super-resolution was shown its small frames: see {@link Conditioning}. */
export type Enlargement = Conditioning['enlargement'];

/** A part of an enlarged frame, in its pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For each output position the input positions it is made of, and their weights, which sum to one. */
interface Taps {
  readonly from: Int32Array;
  readonly weights: Float64Array;
  readonly count: number;
}

const LOBES = 3;

/** Lanczos' windowed sinc with three lobes (Duchon 1979). */
function lanczos(x: number): number {
  if (Math.abs(x) < 1e-9) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  const p = Math.PI * x;
  return (LOBES * Math.sin(p) * Math.sin(p / LOBES)) / (p * p);
}

/** Taps for `length` output positions from `start` on, pixel areas on pixel areas. Beyond `limit` input pixels the edge repeats. */
function tapsOf(kind: Enlargement, scale: number, start: number, length: number, limit: number): Taps {
  const reach = kind === 'lanczos' ? LOBES : 1;
  const count = 2 * reach;
  const from = new Int32Array(length * count);
  const weights = new Float64Array(length * count);
  for (let index = 0; index < length; index += 1) {
    const center = (start + index + 0.5) / scale - 0.5;
    const first = Math.floor(center) - reach + 1;
    let sum = 0;
    for (let k = 0; k < count; k += 1) {
      const distance = center - first - k;
      from[index * count + k] = Math.min(Math.max(first + k, 0), limit - 1);
      sum += weights[index * count + k] = kind === 'lanczos' ? lanczos(distance) : 1 - Math.abs(distance);
    }
    for (let k = 0; k < count; k += 1) weights[index * count + k]! /= sum;
  }
  return { from, weights, count };
}

/** One plane through its taps, columns first: `source` holds `height` rows of `width` values, `stride` apart, `offset` in. */
function enlargePlane(source: ArrayLike<number>, offset: number, stride: number, width: number, height: number, columns: Taps, rows: Taps, out: Float32Array, to: number, scaleBy: (value: number) => number): void {
  const [outWidth, outHeight] = [columns.from.length / columns.count, rows.from.length / rows.count];
  const wide = new Float64Array(height * outWidth);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      let sum = 0;
      for (let k = x * columns.count; k < (x + 1) * columns.count; k += 1) sum += columns.weights[k]! * source[offset + (y * width + columns.from[k]!) * stride]!;
      wide[y * outWidth + x] = sum;
    }
  }
  for (let y = 0; y < outHeight; y += 1) {
    for (let x = 0; x < outWidth; x += 1) {
      let sum = 0;
      for (let k = y * rows.count; k < (y + 1) * rows.count; k += 1) sum += rows.weights[k]! * wide[rows.from[k]! * outWidth + x]!;
      out[to + y * outWidth + x] = scaleBy(sum);
    }
  }
}

/** Bilinear upsampling by a whole factor, corner pixels on corner pixels. Video is [1, channels, frames, height, width]. */
function upsampleBilinear(video: Tensor, factor: number): Tensor {
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const [outHeight, outWidth] = [height * factor, width * factor];
  const data = new Float32Array(channels * frames * outHeight * outWidth);
  const xs = Float64Array.from({ length: outWidth }, (_, x) => (outWidth > 1 ? (x * (width - 1)) / (outWidth - 1) : 0));
  for (let plane = 0; plane < channels * frames; plane += 1) {
    const from = plane * height * width;
    for (let y = 0; y < outHeight; y += 1) {
      const sourceY = outHeight > 1 ? (y * (height - 1)) / (outHeight - 1) : 0;
      const y0 = Math.min(Math.floor(sourceY), height - 1);
      const fy = sourceY - y0;
      const row0 = from + y0 * width;
      const row1 = from + Math.min(y0 + 1, height - 1) * width;
      const to = (plane * outHeight + y) * outWidth;
      for (let x = 0; x < outWidth; x += 1) {
        const x0 = Math.min(Math.floor(xs[x]!), width - 1);
        const x1 = Math.min(x0 + 1, width - 1);
        const fx = xs[x]! - x0;
        const top = video.data[row0 + x0]! * (1 - fx) + video.data[row0 + x1]! * fx;
        const bottom = video.data[row1 + x0]! * (1 - fx) + video.data[row1 + x1]! * fx;
        data[to + x] = top * (1 - fy) + bottom * fy;
      }
    }
  }
  return { data, shape: [1, channels, frames, outHeight, outWidth] };
}

/** Enlarges a whole video [1, channels, frames, height, width] by a whole factor, the way the pack was trained on. */
export function enlargeVideo(video: Tensor, factor: number, kind: Enlargement): Tensor {
  if (kind === 'cornerBilinear') return upsampleBilinear(video, factor);
  const [, channels, frames, height, width] = video.shape as [number, number, number, number, number];
  const out = zeros([1, channels, frames, height * factor, width * factor]);
  const [columns, rows] = [tapsOf(kind, factor, 0, width * factor, width), tapsOf(kind, factor, 0, height * factor, height)];
  for (let plane = 0; plane < channels * frames; plane += 1) {
    enlargePlane(video.data, plane * height * width, 1, width, height, columns, rows, out.data, plane * height * width * factor * factor, (value) => value);
  }
  return out;
}

/**
 * Enlargement of a part of 8-bit frames: what lies at the middle of the frame stays there, and a tile shows exactly what the
 * whole frame's enlargement shows. Footage has no use for aligned corners, which shift a picture against itself: packs trained
 * that way get the same weights on pixel areas. `place` is in output pixels; returns [1, 3, frames, place.height, place.width]
 * in about [-1, 1].
 */
export function enlargePart(frames: VideoFrames, scale: number, place: Place, kind: Enlargement): Tensor {
  const { count, width, height, data } = frames;
  const out = zeros([1, 3, count, place.height, place.width]);
  const [columns, rows] = [tapsOf(kind, scale, place.x, place.width, width), tapsOf(kind, scale, place.y, place.height, height)];
  // Only the rows that the part needs are read.
  const top = rows.from.reduce((a, b) => Math.min(a, b), height - 1);
  const bottom = rows.from.reduce((a, b) => Math.max(a, b), 0);
  const own = { ...rows, from: rows.from.map((row) => row - top) };
  const area = place.width * place.height;
  for (let frame = 0; frame < count; frame += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const offset = (frame * height + top) * width * 3 + channel;
      enlargePlane(data, offset, 3, width, bottom - top + 1, columns, own, out.data, (channel * count + frame) * area, (value) => value / 127.5 - 1);
    }
  }
  return out;
}
