/** Brightness of one frame, 0 to 255. */
export interface Luma {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** Displacement of every pixel of a frame to where it lies in another, in pixels. */
export interface Flow {
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Displacement of blocks of a frame to where they lie in another, in whole pixels; `trust` 0 where a block has no texture to follow. */
export interface BlockFlow extends Flow {
  readonly rows: number;
  readonly columns: number;
  readonly trust: Float32Array;
}

/** Brightness (ITU-R BT.601) of the RGB colour whose red lies at `at`. */
export const brightnessAt = (colours: ArrayLike<number>, at: number): number => 0.299 * colours[at]! + 0.587 * colours[at + 1]! + 0.114 * colours[at + 2]!;

/** Brightness of one frame of a clip of RGB bytes, [frames, height, width, 3]. */
export function lumaOf({ width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array }, frame: number): Luma {
  const area = width * height;
  const out = new Float32Array(area);
  for (let i = 0; i < area; i += 1) {
    out[i] = brightnessAt(data, (frame * area + i) * 3);
  }
  return { width, height, data: out };
}

const BLOCK = 8;
const STEP = 4;
const REACH = 7;
/** Standard deviation of a block's brightness, of 255, from which on it is believed. */
const TEXTURE = 6;
/** What one pixel of movement costs, per pixel of the block: among equal matches the shortest is taken, so that flat ground stands still. */
const SHORTEST = 0.15;

/** Block matching: for each 8 x 8 block of a frame, where in the other one it is most alike (mean absolute difference), to within 7 pixels. */
export function matchBlocks({ width, height, data: from }: Luma, { data: to }: Luma): BlockFlow {
  const [rows, columns] = [Math.floor((height - BLOCK) / STEP) + 1, Math.floor((width - BLOCK) / STEP) + 1];
  const make = () => new Float32Array(rows * columns);
  const [x, y, trust] = [make(), make(), make()];
  for (let block = 0; block < rows * columns; block += 1) {
    const [top, left] = [Math.floor(block / columns) * STEP, (block % columns) * STEP];
    let [sum, squares] = [0, 0];
    for (let v = 0; v < BLOCK; v += 1) for (let u = 0; u < BLOCK; u += 1) {
      const value = from[(top + v) * width + left + u]!;
      sum += value;
      squares += value * value;
    }
    trust[block] = Math.sqrt(Math.max(0, squares / BLOCK ** 2 - (sum / BLOCK ** 2) ** 2)) >= TEXTURE ? 1 : 0;
    let best = Infinity;
    for (let dy = Math.max(-REACH, -top); dy <= Math.min(REACH, height - BLOCK - top); dy += 1) {
      for (let dx = Math.max(-REACH, -left); dx <= Math.min(REACH, width - BLOCK - left); dx += 1) {
        let cost = SHORTEST * BLOCK ** 2 * Math.hypot(dx, dy);
        for (let v = 0; v < BLOCK && cost < best; v += 1) for (let u = 0; u < BLOCK; u += 1) cost += Math.abs(from[(top + v) * width + left + u]! - to[(top + dy + v) * width + left + dx + u]!);
        if (cost >= best) continue;
        best = cost;
        x[block] = dx;
        y[block] = dy;
      }
    }
  }
  return { rows, columns, x, y, trust };
}

/** Bilinear value between pixels, edges repeated. */
export function valueAt({ width, height, data }: Luma, x: number, y: number): number {
  const [cx, cy] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [x1, y1] = [Math.min(x0 + 1, width - 1), Math.min(y0 + 1, height - 1)];
  const [fx, fy] = [cx - x0, cy - y0];
  return (data[y0 * width + x0]! * (1 - fx) + data[y0 * width + x1]! * fx) * (1 - fy) + (data[y1 * width + x0]! * (1 - fx) + data[y1 * width + x1]! * fx) * fy;
}

/** A picture at half its size, by means of four. */
export function halved({ width, height, data }: Luma): Luma {
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

/** Pictures are halved until blocks reach far enough: a tenth of the height and more. */
const COARSEST = 80;
const ROUNDS = 4;
const RADIUS = 4;

/** Flow of every pixel from that of the blocks around it. */
function spread({ rows, columns, x, y }: BlockFlow, width: number, height: number): Flow {
  const [wide, high] = [new Float32Array(width * height), new Float32Array(width * height)];
  const place = (at: number, count: number) => Math.min(Math.max(Math.round((at - BLOCK / 2) / STEP), 0), count - 1);
  for (let row = 0; row < height; row += 1) for (let column = 0; column < width; column += 1) {
    const block = place(row, rows) * columns + place(column, columns);
    wide[row * width + column] = x[block]!;
    high[row * width + column] = y[block]!;
  }
  return { x: wide, y: high };
}

/**
 * Where each pixel of `now` lay in `before`: whole pixels by block matching on the reduced picture, the rest by dense pyramidal
 * Lucas-Kanade (Lucas and Kanade 1981; Bouguet 2001).
 */
export function flowBetween(before: Luma, now: Luma): Flow {
  const pyramid = [{ before, now }];
  while (pyramid.at(-1)!.now.height > COARSEST) pyramid.push({ before: halved(pyramid.at(-1)!.before), now: halved(pyramid.at(-1)!.now) });
  let flow: Flow | null = null;
  let size = { width: 0, height: 0 };
  for (const { before: a, now: b } of pyramid.toReversed()) {
    const { width, height } = b;
    const { x, y }: Flow = flow === null ? spread(matchBlocks(b, a), width, height) : { x: new Float32Array(width * height), y: new Float32Array(width * height) };
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
