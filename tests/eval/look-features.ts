/** One picture, red, green and blue in turn, in [0, 1]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] */
  readonly data: Float64Array;
}

/** A plane of numbers, [height, width]. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float64Array;
}

/** All frames are brought to this height first: looks scale with it. */
const HEIGHT = 160;
const LEVELS = [3, 4, 5, 7];
const SCALES = [1, 2, 4, 8];
/** Waves per frame height in which something that repeats is looked for. */
const [LOWEST, HIGHEST] = [10, 64];

function along(from: Float64Array, lines: number, size: number, to: number, channels: number, lineStep: number, step: number, outLineStep: number, outStep: number): Float64Array {
  const out = new Float64Array(lines * to * channels);
  const ratio = size / to;
  const reach = Math.max(1, ratio);
  for (let place = 0; place < to; place += 1) {
    const centre = (place + 0.5) * ratio;
    const [first, last] = [Math.max(0, Math.floor(centre - reach)), Math.min(size - 1, Math.ceil(centre + reach))];
    const weights = Array.from({ length: last - first + 1 }, (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / reach));
    const sum = weights.reduce((a, b) => a + b, 0);
    for (let line = 0; line < lines; line += 1) for (let c = 0; c < channels; c += 1) {
      let value = 0;
      for (const [k, weight] of weights.entries()) value += weight * from[line * lineStep + (first + k) * step + c]!;
      out[line * outLineStep + place * outStep + c] = value / sum;
    }
  }
  return out;
}

/** Another height and the same shape, by a triangle filter as wide as the step. */
function resize({ width, height, data }: Picture): Picture {
  const wide = Math.max(1, Math.floor((width * HEIGHT) / height + 0.5));
  const rows = height === HEIGHT ? data : along(data, width, height, HEIGHT, 3, 3, width * 3, 3, width * 3);
  return { width: wide, height: HEIGHT, data: wide === width ? rows : along(rows, HEIGHT, width, wide, 3, width * 3, 3, wide * 3, 3) };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: Float64Array): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
}

function quantiles(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.toSorted();
  return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
}

function skew(values: Float64Array): number {
  const middle = mean(values);
  let [square, cube] = [0, 0];
  for (const value of values) {
    square += (value - middle) ** 2;
    cube += (value - middle) ** 3;
  }
  return cube / values.length / Math.max(1e-9, (square / values.length) ** 1.5);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / a.length / Math.max(1e-9, Math.sqrt((aa / a.length) * (bb / a.length)));
}

/** Mean over a square of 2 radius + 1, edges repeated. */
function box({ width, height, data }: Plane, radius: number): Plane {
  const pass = (from: Float64Array, lines: number, length: number, lineStep: number, step: number): Float64Array => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < lines; line += 1) {
      const at = (place: number) => from[line * lineStep + Math.min(Math.max(place, 0), length - 1) * step]!;
      let sum = 0;
      for (let place = -radius; place <= radius; place += 1) sum += at(place);
      for (let place = 0; place < length; place += 1) {
        to[line * lineStep + place * step] = sum / (2 * radius + 1);
        sum += at(place + radius + 1) - at(place - radius);
      }
    }
    return to;
  };
  return { width, height, data: pass(pass(data, width, height, 1, width), height, width, width, 1) };
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Power of a profile at LOWEST..HIGHEST waves per HEIGHT pixels, under a Hann window. */
function powerOf(signal: Float64Array): number[] {
  const n = signal.length;
  const window = Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / n));
  const middle = signal.reduce((sum, value, i) => sum + value * window[i]!, 0) / window.reduce((sum, value) => sum + value, 0);
  return Array.from({ length: HIGHEST - LOWEST + 1 }, (_, k) => {
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < n; i += 1) {
      const [turn, value] = [(2 * Math.PI * (LOWEST + k) * i) / HEIGHT, (signal[i]! - middle) * window[i]!];
      real += value * Math.cos(turn);
      imaginary += value * Math.sin(turn);
    }
    return (real ** 2 + imaginary ** 2) / n ** 2;
  });
}

/** How far the strongest wave of a profile stands out, where it lies, and its power. */
function repeats(signal: Float64Array): number[] {
  const power = powerOf(signal).map((value) => value + 1e-12);
  const ratio = power.map((value, i) => Math.log10(value / median(power.slice(Math.max(0, i - 6), i + 7))));
  const peak = ratio.indexOf(Math.max(...ratio));
  return [ratio[peak]!, (peak + LOWEST) / 40, Math.log10(power[peak]!)];
}

/** Means of a plane's columns (axis 0) or rows (axis 1). */
function profile({ width, height, data }: Plane, axis: 0 | 1): Float64Array {
  const out = new Float64Array(axis === 0 ? width : height);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) out[axis === 0 ? x : y]! += data[y * width + x]! / (axis === 0 ? height : width);
  return out;
}

/**
 * A frame in numbers: tones, colour, edges, levels, and what repeats. The same numbers in the same order as
 * `models/training/motif_training/look_features.py`, with which the checker was trained.
 */
export function lookFeatures(picture: Picture): number[] {
  const { width, height, data } = resize(picture);
  const area = width * height;
  const plane = (value: (i: number) => number): Plane => ({ width, height, data: Float64Array.from({ length: area }, (_, i) => value(i)) });
  const at = (i: number, channel: number): number => data[3 * i + channel]!;
  const luma = plane((i) => 0.299 * at(i, 0) + 0.587 * at(i, 1) + 0.114 * at(i, 2));
  // Colour of small areas: grain is not colour.
  const calm = [0, 1, 2].map((channel) => box(plane((i) => at(i, channel)), 2).data);
  const colour = plane((i) => Math.max(...calm.map((values) => values[i]!)) - Math.min(...calm.map((values) => values[i]!)));
  const share = (values: Float64Array, holds: (value: number) => boolean): number => values.reduce((count, value) => count + Number(holds(value)), 0) / values.length;
  const out: number[] = [];
  out.push(mean(luma.data), deviation(luma.data), ...quantiles(luma.data, [0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98]));
  out.push(mean(colour.data), Math.log10(mean(colour.data) + 1e-3), deviation(colour.data), ...quantiles(colour.data, [0.25, 0.5, 0.75, 0.9, 0.98]));
  out.push(share(luma.data, (v) => v < 0.1), share(luma.data, (v) => v < 0.03), share(luma.data, (v) => v > 0.85), share(luma.data, (v) => v > 0.97));
  for (const other of [2, 1]) {
    const difference = plane((i) => calm[0]![i]! - calm[other]![i]!).data;
    out.push(mean(difference), deviation(difference));
  }
  const dx = plane((i) => (i % width === 0 ? 0 : Math.abs(luma.data[i]! - luma.data[i - 1]!)));
  const dy = plane((i) => (i < width ? 0 : Math.abs(luma.data[i]! - luma.data[i - width]!)));
  const edge = plane((i) => Math.max(dx.data[i]!, dy.data[i]!));
  out.push(mean(edge.data), deviation(edge.data), ...quantiles(edge.data, [0.25, 0.5, 0.75, 0.9, 0.97]));
  for (const limit of [0.002, 0.006, 0.015, 0.04]) out.push(share(edge.data, (v) => v < limit));
  const means = SCALES.map((radius) => box(luma, radius));
  for (const [index, outer] of means.entries()) {
    const inner = index === 0 ? luma : means[index - 1]!;
    const band = inner.data.map((value, i) => value - outer.data[i]!);
    out.push(skew(band), Math.log10(deviation(band) + 1e-4));
  }
  const edges = box(edge, 1);
  out.push(correlation(edges.data, means[0]!.data), correlation(edges.data, colour.data));
  const even = edge.data.map((value) => Number(value < 0.02));
  const amount = Math.max(1, even.reduce((sum, value) => sum + value, 0));
  for (const levels of LEVELS) {
    let sum = 0;
    for (let i = 0; i < area; i += 1) if (even[i] === 1) for (let c = 0; c < 3; c += 1) sum += Math.cos(2 * Math.PI * levels * at(i, c));
    out.push(sum / (3 * amount));
  }
  for (let c = 0; c < 3; c += 1) {
    const counts = new Float64Array(64);
    for (let i = 0; i < area; i += 1) counts[Math.min(Math.max(Math.floor(at(i, c) * 64), 0), 63)]! += 1 / area;
    out.push(-counts.reduce((sum, p) => sum + p * Math.log2(p + 1e-12), 0), counts.toSorted().subarray(-6).reduce((sum, p) => sum + p, 0));
  }
  for (const each of [luma, dx, dy]) for (const axis of [0, 1] as const) out.push(...repeats(profile(each, axis)));
  return out;
}
