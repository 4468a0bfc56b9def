import type { GraphBuilder } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { GradientCase } from './finite-differences.ts';

type Cases = Record<string, GradientCase>;
type Inputs = Parameters<GradientCase['build']>[1];

function one(shape: readonly number[], build: (b: GraphBuilder, x: NonNullable<Inputs[string]>) => ReturnType<GradientCase['build']>): GradientCase {
  return { inputs: { x: shape }, build: (b, { x }) => build(b, x as NonNullable<Inputs[string]>) };
}

function slice(shape: readonly number[], starts: number[], ends: number[], axes: number[], steps: number[]): GradientCase {
  return one(shape, (b, x) => b.op('Slice', [x, b.int64s(starts), b.int64s(ends), b.int64s(axes), b.int64s(steps)]));
}

function gather(shape: readonly number[], axis: number, indices: { readonly shape: readonly number[]; readonly values: readonly number[] }): GradientCase {
  return { inputs: { x: shape }, integers: { at: indices }, build: (b, { x, at }) => b.op('Gather', [x, at], { axis }) };
}

export const LAYOUT_CASES: Cases = {
  'Reshape to fewer axes': one([2, 3, 4], (b, x) => b.op('Reshape', [x, b.int64s([6, -1])])),
  'Squeeze named axes': one([2, 1, 3, 1], (b, x) => b.op('Squeeze', [x, b.int64s([1, 3])])),
  'Unsqueeze two axes': one([2, 3], (b, x) => b.op('Unsqueeze', [x, b.int64s([0, 2])])),
  'Transpose three axes': one([2, 3, 4], (b, x) => b.op('Transpose', [x], { perm: [2, 0, 1] })),
  'Concat last axis': { inputs: { x: [2, 3], y: [2, 2], z: [2, 1] }, build: (b, { x, y, z }) => b.op('Concat', [x, y, z], { axis: -1 }) },
  'Concat of a value with itself': one([2, 3], (b, x) => b.op('Concat', [x, x], { axis: 0 })),
  'Split equal parts': one([2, 6], (b, x) => {
    const [first, , last] = b.ops('Split', [x], { axis: 1, num_outputs: 3 }, 3);
    return b.op('Mul', [first, last]);
  }),
  'Split given sizes': one([5, 2], (b, x) => {
    const [first, last] = b.ops('Split', [x, b.int64s([2, 3])], { axis: 0 }, 2);
    return b.op('Concat', [last, first], { axis: 0 });
  }),
  'Slice one axis': slice([2, 5, 2], [1], [4], [1], [1]),
  'Slice two axes, negative ends': slice([4, 5], [1, -4], [-1, 100], [0, 1], [1, 1]),
  'Slice with steps': slice([7, 5], [1, 0], [7, 5], [0, 1], [2, 3]),
  'Slice backwards': slice([4, 3], [-1], [-100], [0], [-1]),
  'Slice backwards with steps': slice([8], [6], [0], [0], [-2]),
  'Pad zeros': one([2, 3], (b, x) => b.op('Pad', [x, b.int64s([1, 0, 0, 2])], { mode: 'constant' })),
  'Pad zeros and crop': one([3, 4], (b, x) => b.op('Pad', [x, b.int64s([-1, 1, 0, -2])], { mode: 'constant' })),
  'Expand new axis': one([3, 1], (b, x) => b.op('Expand', [x, b.int64s([2, 3, 4])])),
  'Expand from scalar': one([], (b, x) => b.op('Expand', [x, b.int64s([2, 2])])),
  'Tile two axes': one([2, 3], (b, x) => b.op('Tile', [x, b.int64s([3, 2])])),
  'Gather rows, some twice': gather([4, 3], 0, { shape: [2, 2], values: [1, 3, 1, 0] }),
  'Gather middle axis': gather([2, 4, 3], 1, { shape: [3], values: [2, 2, 0] }),
  'Gather from the end': gather([3, 2], 0, { shape: [1], values: [-1] }),
  'Gather last axis, one index': gather([2, 3], -1, { shape: [], values: [1] }),
  'GatherElements with repeats': { inputs: { x: [3, 2] }, integers: { at: { shape: [2, 2], values: [0, 2, 0, 1] } }, build: (b, { x, at }) => b.op('GatherElements', [x, at], { axis: 0 }) },
};
