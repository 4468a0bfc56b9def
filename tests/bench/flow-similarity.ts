import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { lumaOf, matchBlocks, type BlockFlow } from '../../src-main/engine/flow/optical-flow.ts';

/** Movement of a clip: how the blocks of each frame move to the next. */
export const blockFlows = (frames: FramesMessage): readonly BlockFlow[] => Array.from({ length: frames.count - 1 }, (_, pair) => matchBlocks(lumaOf(frames, pair), lumaOf(frames, pair + 1)));

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
export function flowSimilarity(source: readonly BlockFlow[], made: readonly BlockFlow[]): FlowSimilarity {
  let [dot, ours, theirs, cosines, moving] = [0, 0, 0, 0, 0];
  const [a, b]: [number[], number[]] = [[], []];
  for (const [pair, own] of source.entries()) {
    for (let block = 0; block < own.rows * own.columns; block += 1) {
      const at = (field: BlockFlow, axis: 'x' | 'y') => field[axis][block]! * field.trust[block]!;
      const [sx, sy, mx, my] = [at(own, 'x'), at(own, 'y'), at(made[pair]!, 'x'), at(made[pair]!, 'y')];
      dot += sx * mx + sy * my;
      ours += sx * sx + sy * sy;
      theirs += mx * mx + my * my;
      a.push(Math.hypot(sx, sy));
      b.push(Math.hypot(mx, my));
      if (a.at(-1)! < STILL || b.at(-1)! < STILL) continue;
      cosines += (sx * mx + sy * my) / (a.at(-1)! * b.at(-1)!);
      moving += 1;
    }
  }
  return { whole: ours * theirs === 0 ? 0 : dot / Math.sqrt(ours * theirs), magnitude: pearson(a, b), direction: moving === 0 ? null : cosines / moving };
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
