import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';

/** Movement between neighbouring frames on a grid of blocks, in pixels; `trust` 0 where a block has no texture to follow. */
export interface FlowField {
  /** Frame pairs, rows and columns of blocks. */
  readonly pairs: number;
  readonly rows: number;
  readonly columns: number;
  /** [pairs][rows * columns] */
  readonly x: readonly Float32Array[];
  readonly y: readonly Float32Array[];
  readonly trust: readonly Float32Array[];
}

const BLOCK = 8;
const STEP = 4;
const REACH = 7;
/** Standard deviation of a block's brightness, of 255, from which on it is believed. */
const TEXTURE = 6;
/** What one pixel of movement costs, per pixel of the block: among equal matches the shortest is taken, so that flat ground stands still. */
const SHORTEST = 0.15;

function brightness({ count, width, height, data }: FramesMessage): readonly Float32Array[] {
  return Array.from({ length: count }, (_, frame) => Float32Array.from({ length: width * height }, (__, i) => {
    const at = (frame * width * height + i) * 3;
    return 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }));
}

/** Block matching: for each 8 x 8 block of a frame, where in the next one it is most alike (mean absolute difference), to within 7 pixels. */
export function blockFlow(frames: FramesMessage): FlowField {
  const { count, width, height } = frames;
  const planes = brightness(frames);
  const [rows, columns] = [Math.floor((height - BLOCK) / STEP) + 1, Math.floor((width - BLOCK) / STEP) + 1];
  const make = () => Array.from({ length: count - 1 }, () => new Float32Array(rows * columns));
  const [x, y, trust] = [make(), make(), make()];
  for (let pair = 0; pair + 1 < count; pair += 1) {
    const [from, to] = [planes[pair]!, planes[pair + 1]!];
    for (let block = 0; block < rows * columns; block += 1) {
      const [top, left] = [Math.floor(block / columns) * STEP, (block % columns) * STEP];
      let [sum, squares] = [0, 0];
      for (let v = 0; v < BLOCK; v += 1) for (let u = 0; u < BLOCK; u += 1) {
        const value = from[(top + v) * width + left + u]!;
        sum += value;
        squares += value * value;
      }
      trust[pair]![block] = Math.sqrt(Math.max(0, squares / BLOCK ** 2 - (sum / BLOCK ** 2) ** 2)) >= TEXTURE ? 1 : 0;
      let best = Infinity;
      for (let dy = Math.max(-REACH, -top); dy <= Math.min(REACH, height - BLOCK - top); dy += 1) {
        for (let dx = Math.max(-REACH, -left); dx <= Math.min(REACH, width - BLOCK - left); dx += 1) {
          let cost = SHORTEST * BLOCK ** 2 * Math.hypot(dx, dy);
          for (let v = 0; v < BLOCK && cost < best; v += 1) for (let u = 0; u < BLOCK; u += 1) cost += Math.abs(from[(top + v) * width + left + u]! - to[(top + dy + v) * width + left + dx + u]!);
          if (cost >= best) continue;
          best = cost;
          x[pair]![block] = dx;
          y[pair]![block] = dy;
        }
      }
    }
  }
  return { pairs: count - 1, rows, columns, x, y, trust };
}

/** How alike two clips move. */
export interface FlowSimilarity {
  /** Cosine of the two flow fields as one long vector: where, when, which way and how far together; 1 the same, 0 unrelated. */
  readonly whole: number;
  /** Correlation of how far blocks move, without the way. */
  readonly magnitude: number;
  /** Mean cosine of directions over places where both clips move; null where there are none. */
  readonly direction: number | null;
}

/** Movement below this is none, in pixels. */
const STILL = 0.5;

/** Compares the flow of a made clip with that of its source, block by block and pair by pair. Blocks without texture count as still. */
export function flowSimilarity(source: FlowField, made: FlowField): FlowSimilarity {
  let [dot, own, theirs, cosines, moving] = [0, 0, 0, 0, 0];
  const [a, b]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < source.pairs; pair += 1) {
    for (let block = 0; block < source.rows * source.columns; block += 1) {
      const at = (field: FlowField, axis: 'x' | 'y') => field[axis][pair]![block]! * field.trust[pair]![block]!;
      const [sx, sy, mx, my] = [at(source, 'x'), at(source, 'y'), at(made, 'x'), at(made, 'y')];
      dot += sx * mx + sy * my;
      own += sx * sx + sy * sy;
      theirs += mx * mx + my * my;
      a.push(Math.hypot(sx, sy));
      b.push(Math.hypot(mx, my));
      if (a.at(-1)! < STILL || b.at(-1)! < STILL) continue;
      cosines += (sx * mx + sy * my) / (a.at(-1)! * b.at(-1)!);
      moving += 1;
    }
  }
  return { whole: own * theirs === 0 ? 0 : dot / Math.sqrt(own * theirs), magnitude: pearson(a, b), direction: moving === 0 ? null : cosines / moving };
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [dot, own, theirs] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    dot += (value - meanA) * (b[index]! - meanB);
    own += (value - meanA) ** 2;
    theirs += (b[index]! - meanB) ** 2;
  }
  return own * theirs === 0 ? 0 : dot / Math.sqrt(own * theirs);
}
