import type { VideoFrames } from './video-tensor.ts';

/** For each output position: the first input position and the weights from there on. */
interface Taps {
  readonly starts: Int32Array;
  readonly weights: Float64Array;
  readonly width: number;
}

/** Keys 1981 cubic convolution with a = -0.5, as image libraries use it. */
function cubic(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

function cubicTaps(from: number, to: number): Taps {
  const width = 4;
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * width);
  for (let i = 0; i < to; i += 1) {
    const center = ((i + 0.5) * from) / to;
    const first = Math.max(Math.trunc(center - 2 + 0.5), 0);
    const count = Math.min(Math.trunc(center + 2 + 0.5), from) - first;
    let sum = 0;
    for (let k = 0; k < count; k += 1) sum += weights[i * width + k] = cubic(first + k - center + 0.5);
    for (let k = 0; k < count; k += 1) weights[i * width + k]! /= sum;
    starts[i] = first;
  }
  return { starts, weights, width };
}

/** Each output pixel is the mean of the input area it covers. */
function areaTaps(from: number, to: number): Taps {
  const ratio = from / to;
  const width = Math.ceil(ratio) + 1;
  const starts = new Int32Array(to);
  const weights = new Float64Array(to * width);
  for (let i = 0; i < to; i += 1) {
    const [low, high] = [i * ratio, (i + 1) * ratio];
    starts[i] = Math.floor(low);
    for (let k = 0; k < width && starts[i]! + k < from; k += 1) {
      const pixel = starts[i]! + k;
      weights[i * width + k] = Math.max(Math.min(high, pixel + 1) - Math.max(low, pixel), 0) / ratio;
    }
  }
  return { starts, weights, width };
}

const tapsFor = (from: number, to: number): Taps => (to < from ? areaTaps(from, to) : cubicTaps(from, to));
const toByte = (value: number): number => Math.min(Math.max(Math.round(value), 0), 255);

/**
 * Resizes 8-bit frames: bicubic where an axis grows, area average where it shrinks. Rows first, then columns, rounded to
 * bytes between, as Show-1's image library does, so that superResolution2 starts from the same pixels.
 */
export function resizeFrames(frames: VideoFrames, width: number, height: number): VideoFrames {
  if (frames.width === width && frames.height === height) return frames;
  const [columns, rows] = [tapsFor(frames.width, width), tapsFor(frames.height, height)];
  const middle = new Uint8Array(frames.height * width * 3);
  const data = new Uint8Array(frames.count * height * width * 3);
  for (let frame = 0; frame < frames.count; frame += 1) {
    const source = frames.data.subarray(frame * frames.height * frames.width * 3, (frame + 1) * frames.height * frames.width * 3);
    for (let y = 0; y < frames.height; y += 1) {
      for (let x = 0; x < width; x += 1) convolve(source, (y * frames.width + columns.starts[x]!) * 3, 3, columns, x, middle, (y * width + x) * 3);
    }
    const target = data.subarray(frame * height * width * 3, (frame + 1) * height * width * 3);
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) convolve(middle, (rows.starts[y]! * width + x) * 3, width * 3, rows, y, target, (y * width + x) * 3);
    }
  }
  return { count: frames.count, width, height, data };
}

/** One RGB output pixel from the taps of `index`, stepping `stride` bytes through the source. */
function convolve(source: Uint8Array, from: number, stride: number, taps: Taps, index: number, out: Uint8Array, to: number): void {
  let [red, green, blue] = [0, 0, 0];
  for (let k = 0; k < taps.width; k += 1) {
    const weight = taps.weights[index * taps.width + k]!;
    if (weight === 0) continue;
    const at = from + k * stride;
    red += weight * source[at]!;
    green += weight * source[at + 1]!;
    blue += weight * source[at + 2]!;
  }
  out[to] = toByte(red);
  out[to + 1] = toByte(green);
  out[to + 2] = toByte(blue);
}
