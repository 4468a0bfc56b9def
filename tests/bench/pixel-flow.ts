import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';

/** Brightness of one frame, 0 to 255. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Displacement of every pixel of a frame to where it came from in the frame before, in pixels. */
export interface Flow {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

export function lumaOf({ width, height, data }: FramesMessage, frame: number): Luma {
  const area = width * height;
  const out = new Float32Array(area);
  for (let i = 0; i < area; i += 1) {
    const at = (frame * area + i) * 3;
    out[i] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }
  return { width, height, data: out };
}

/** Bilinear value between pixels, edges repeated. */
function valueAt({ width, height, data }: Luma, x: number, y: number): number {
  const [cx, cy] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const [fx, fy] = [cx - x0, cy - y0];
  return (data[y0 * width + x0]! * (1 - fx) + data[y0 * width + x1]! * fx) * (1 - fy) + (data[y1 * width + x0]! * (1 - fx) + data[y1 * width + x1]! * fx) * fy;
}

function half({ width, height, data }: Luma): Luma {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const out = new Float32Array(w * h);
  for (let y = 0; y < h; y += 1) for (let x = 0; x < w; x += 1) out[y * w + x] = (data[2 * y * width + 2 * x]! + data[2 * y * width + 2 * x + 1]! + data[(2 * y + 1) * width + 2 * x]! + data[(2 * y + 1) * width + 2 * x + 1]!) / 4;
  return { width: w, height: h, data: out };
}

/** Means over squares of `2 radius + 1`, edges repeated. */
function boxSum(values: Float32Array, width: number, height: number, radius: number): Float32Array {
  const rows = new Float32Array(values.length);
  const out = new Float32Array(values.length);
  const pass = (from: Float32Array, to: Float32Array, lines: number, length: number, lineStep: number, step: number) => {
    for (let line = 0; line < lines; line += 1) {
      const at = (place: number) => from[line * lineStep + Math.min(Math.max(place, 0), length - 1) * step]!;
      let sum = 0;
      for (let place = -radius; place <= radius; place += 1) sum += at(place);
      for (let place = 0; place < length; place += 1) {
        to[line * lineStep + place * step] = sum;
        sum += at(place + radius + 1) - at(place - radius);
      }
    }
  };
  pass(values, rows, height, width, width, 1);
  pass(rows, out, width, height, 1, width);
  return out;
}

const LEVELS = 5;
const ROUNDS = 4;
const RADIUS = 4;

/** Dense pyramidal Lucas-Kanade (Lucas and Kanade 1981; Bouguet 2001): where each pixel of `now` lay in `before`. */
export function flowBetween(before: Luma, now: Luma): Flow {
  const pyramid = [{ before, now }];
  for (let level = 1; level < LEVELS && pyramid[level - 1]!.now.height >= 24; level += 1) pyramid.push({ before: half(pyramid[level - 1]!.before), now: half(pyramid[level - 1]!.now) });
  let flow: Flow | null = null;
  let size = { width: 0, height: 0 };
  for (const { before: a, now: b } of pyramid.toReversed()) {
    const { width, height } = b;
    const [x, y] = [new Float32Array(width * height), new Float32Array(width * height)];
    if (flow !== null) {
      const scaled: Flow = flow;
      for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) {
        const from = Math.min(row >> 1, size.height - 1) * size.width + Math.min(column >> 1, size.width - 1);
        x[row * width + column] = 2 * scaled.x[from]!;
        y[row * width + column] = 2 * scaled.y[from]!;
      }
    }
    const [dx, dy] = [new Float32Array(width * height), new Float32Array(width * height)];
    for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) {
      dx[row * width + column] = (valueAt(b, column + 1, row) - valueAt(b, column - 1, row)) / 2;
      dy[row * width + column] = (valueAt(b, column, row + 1) - valueAt(b, column, row - 1)) / 2;
    }
    const product = (p: Float32Array, q: Float32Array) => boxSum(p.map((value, i) => value * q[i]!), width, height, RADIUS);
    const [xx, xy, yy] = [product(dx, dx), product(dx, dy), product(dy, dy)];
    for (let round = 0; round < ROUNDS; round += 1) {
      const change = new Float32Array(width * height);
      for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) {
        const i = row * width + column;
        change[i] = b.data[i]! - valueAt(a, column + x[i]!, row + y[i]!);
      }
      const [xt, yt] = [product(dx, change), product(dy, change)];
      for (let i = 0; i < x.length; i += 1) {
        // A little damping where nothing can be told: plain areas stay with the level above.
        const [p, q, r] = [xx[i]! + 40, xy[i]!, yy[i]! + 40];
        const determinant = p * r - q * q;
        x[i]! += Math.min(Math.max((r * xt[i]! - q * yt[i]!) / determinant, -2), 2);
        y[i]! += Math.min(Math.max((p * yt[i]! - q * xt[i]!) / determinant, -2), 2);
      }
    }
    flow = { x: boxSum(x, width, height, 1).map((value) => value / 9), y: boxSum(y, width, height, 1).map((value) => value / 9) };
    size = { width, height };
  }
  return flow!;
}

/**
 * Mean difference between a frame and the frame before it, moved along a flow: what flickers. Pixels whose flow leaves the picture, and
 * those that the flow does not explain in `source` itself (occlusions), are left out by `mask`.
 */
export function warpedError(before: Luma, now: Luma, flow: Flow, mask: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < now.height; row += 1) for (let column = 0; column < now.width; column += 1) {
    const i = row * now.width + column;
    if (mask[i] === 0) continue;
    sum += Math.abs(now.data[i]! - valueAt(before, column + flow.x[i]!, row + flow.y[i]!));
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** Pixels of `now` that a flow explains: inside the picture and as bright as where they came from, within `limit`. */
export function explained(before: Luma, now: Luma, flow: Flow, limit = 24): Uint8Array {
  return now.data.reduce((mask, value, i) => {
    const [x, y] = [(i % now.width) + flow.x[i]!, Math.floor(i / now.width) + flow.y[i]!];
    mask[i] = Number(x >= 0 && y >= 0 && x <= now.width - 1 && y <= now.height - 1 && Math.abs(value - valueAt(before, x, y)) <= limit);
    return mask;
  }, new Uint8Array(now.data.length));
}

/** Strength of edges by Sobel's operator. */
function edges({ width, height, data }: Luma): Float32Array {
  const out = new Float32Array(data.length);
  for (let y = 1; y < height - 1; y += 1) for (let x = 1; x < width - 1; x += 1) {
    const at = (dx: number, dy: number) => data[(y + dy) * width + x + dx]!;
    const gx = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
    const gy = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
    out[y * width + x] = Math.hypot(gx, gy);
  }
  return out;
}

/** Correlation (Pearson's) between the edges of two pictures: 1 when the same outlines are equally strong. */
export function edgeCorrelation(a: Luma, b: Luma): number {
  const [p, q] = [edges(a), edges(b)];
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mp, mq] = [mean(p), mean(q)];
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < p.length; i += 1) {
    pq += (p[i]! - mp) * (q[i]! - mq);
    pp += (p[i]! - mp) ** 2;
    qq += (q[i]! - mq) ** 2;
  }
  return pp === 0 || qq === 0 ? 0 : pq / Math.sqrt(pp * qq);
}
