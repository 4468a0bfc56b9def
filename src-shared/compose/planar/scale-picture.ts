import type { PixelRect } from '../pixel-rules.ts';
import { chromaSide, type PlanarPicture } from './planar-picture.ts';

/** How pictures are scaled: by pixel rule 2, or with two samples in each direction, which is enough for a smaller preview in motion. */
export type Scaling = 'bicubic' | 'quick';

interface Kernel {
  /** First source sample of each target sample; it may lie outside. */
  readonly first: Int32Array;
  readonly taps: number;
  /** `[target, taps]` */
  readonly weights: Float32Array;
}

/** Bicubic with B = 0, C = 0.6 (pixel rule 2). */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return 1.4 * x ** 3 - 2.4 * x ** 2 + 1;
  return x < 2 ? -0.6 * x ** 3 + 3 * x ** 2 - 4.8 * x + 2.4 : 0;
}

const kernels = new Map<string, Kernel>();
const MOST_KERNELS = 64;

/** Weights of `from` samples in each of `to` samples; centres aligned. */
function kernelOf(from: number, to: number, scaling: Scaling): Kernel {
  const key = `${from} ${to} ${scaling}`;
  const known = kernels.get(key);
  if (known) return known;
  const ratio = from / to;
  const widen = scaling === 'quick' ? 1 : Math.max(1, ratio);
  const reach = scaling === 'quick' ? 1 : 2;
  const taps = scaling === 'quick' ? 2 : Math.ceil(4 * widen);
  const first = new Int32Array(to);
  const weights = new Float32Array(to * taps);
  for (let index = 0; index < to; index += 1) {
    const centre = (index + 0.5) * ratio - 0.5;
    const begin = Math.floor(centre - reach * widen) + 1;
    first[index] = begin;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = (begin + tap - centre) / widen;
      const weight = scaling === 'quick' ? Math.max(0, 1 - Math.abs(distance)) : cubic(distance);
      weights[index * taps + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap += 1) weights[index * taps + tap]! /= sum;
  }
  if (kernels.size >= MOST_KERNELS) kernels.clear();
  const kernel = { first, taps, weights };
  kernels.set(key, kernel);
  return kernel;
}

/** One row stretched to `to` samples. */
function stretchRow(row: Float32Array, from: number, { first, taps, weights }: Kernel, to: number, out: Float32Array): void {
  for (let index = 0, at = 0; index < to; index += 1) {
    const begin = first[index]!;
    let sum = 0;
    if (begin >= 0 && begin + taps <= from) for (let tap = 0; tap < taps; tap += 1) sum += row[begin + tap]! * weights[at + tap]!;
    // Edges are repeated.
    else for (let tap = 0; tap < taps; tap += 1) sum += row[Math.max(0, Math.min(from - 1, begin + tap))]! * weights[at + tap]!;
    out[index] = sum;
    at += taps;
  }
}

/** What two samples in each direction are at half the size: the mean of four. */
function halvePlane(plane: Uint8Array, stride: number, part: PixelRect, width: number, height: number, out: Uint8Array): Uint8Array {
  for (let row = 0, at = 0; row < height; row += 1) {
    let above = (part.y + row * 2) * stride + part.x;
    for (const end = at + width; at < end; at += 1, above += 2) {
      const below = above + stride;
      out[at] = (plane[above]! + plane[above + 1]! + plane[below]! + plane[below + 1]! + 2) >> 2;
    }
  }
  return out;
}

/** A part of a plane, scaled: columns first within each row that is made, so that rows in between are never kept. */
function scalePlane(plane: Uint8Array, stride: number, part: PixelRect, width: number, height: number, scaling: Scaling): Uint8Array {
  const out = new Uint8Array(width * height);
  if (part.width === width && part.height === height) {
    for (let row = 0; row < height; row += 1) {
      const at = (part.y + row) * stride + part.x;
      out.set(plane.subarray(at, at + width), row * width);
    }
    return out;
  }
  if (scaling === 'quick' && part.width === width * 2 && part.height === height * 2) return halvePlane(plane, stride, part, width, height, out);
  const across = kernelOf(part.width, width, scaling);
  const down = kernelOf(part.height, height, scaling);
  const sum = new Float32Array(part.width);
  const stretched = new Float32Array(width);
  for (let row = 0; row < height; row += 1) {
    sum.fill(0);
    const begin = down.first[row]!;
    for (let tap = 0; tap < down.taps; tap += 1) {
      const weight = down.weights[row * down.taps + tap]!;
      if (weight === 0) continue;
      const line = (part.y + Math.max(0, Math.min(part.height - 1, begin + tap))) * stride + part.x;
      for (let x = 0; x < part.width; x += 1) sum[x]! += plane[line + x]! * weight;
    }
    stretchRow(sum, part.width, across, width, stretched);
    for (let x = 0, at = row * width; x < width; x += 1) {
      const value = stretched[x]! + 0.5;
      out[at + x] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return out;
}

/** Scales a part of a picture to an even size by pixel rule 2. What changes nothing returns the picture itself. */
export function scalePicture(picture: PlanarPicture, part: PixelRect, width: number, height: number, scaling: Scaling): PlanarPicture {
  if (part.x === 0 && part.y === 0 && part.width === picture.width && part.height === picture.height && part.width === width && part.height === height) return picture;
  const half = (value: number): number => Math.floor(value / 2);
  const chroma = { x: half(part.x), y: half(part.y), width: chromaSide(part.width), height: chromaSide(part.height) };
  const small = (plane: Uint8Array): Uint8Array => scalePlane(plane, chromaSide(picture.width), chroma, chromaSide(width), chromaSide(height), scaling);
  const large = (plane: Uint8Array): Uint8Array => scalePlane(plane, picture.width, part, width, height, scaling);
  return { width, height, y: large(picture.y), u: small(picture.u), v: small(picture.v), a: picture.a && large(picture.a) };
}
