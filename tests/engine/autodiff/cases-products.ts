import type { GradientCase } from './finite-differences.ts';

type Cases = Record<string, GradientCase>;

function matMul(left: readonly number[], right: readonly number[]): GradientCase {
  return { inputs: { x: left, y: right }, build: (b, { x, y }) => b.op('MatMul', [x, y]) };
}

const GEMM: Cases = {};
for (const transA of [0, 1]) {
  for (const transB of [0, 1]) {
    GEMM[`Gemm transA ${transA} transB ${transB}`] = {
      inputs: { x: transA === 1 ? [3, 2] : [2, 3], y: transB === 1 ? [4, 3] : [3, 4], c: [4] },
      build: (b, { x, y, c }) => b.op('Gemm', [x, y, c], { transA, transB, alpha: 0.7, beta: 1.3 }),
    };
  }
}

const REDUCTIONS: Cases = {};
for (const opType of ['ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin']) {
  for (const keepdims of [0, 1]) {
    for (const axes of [[0], [1, 2], [-1], undefined]) {
      REDUCTIONS[`${opType} axes ${axes?.join() ?? 'all'} keepdims ${keepdims}`] = {
        inputs: { x: [2, 3, 4] }, build: (b, { x }) => b.op(opType, [x, axes === undefined ? undefined : b.int64s(axes)], { keepdims }),
        // Distinct by more than the step, so that the extreme element stays the same one.
        shape: (value, index) => value * 0.02 + ((index * 7) % 24) * 0.15 - 1.5,
      };
    }
  }
}

export const PRODUCT_CASES: Cases = {
  'MatMul 2D': matMul([2, 3], [3, 4]), 'MatMul 3D by 2D': matMul([2, 2, 3], [3, 2]), 'MatMul 4D by 2D': matMul([2, 1, 2, 3], [3, 2]), 'MatMul 3D': matMul([2, 2, 3], [2, 3, 2]), 'MatMul 4D': matMul([2, 2, 2, 3], [2, 2, 3, 2]),
  'MatMul left broadcast': matMul([1, 2, 3], [3, 3, 2]), 'MatMul right broadcast': matMul([2, 2, 2, 3], [2, 3, 2]), 'MatMul both broadcast': matMul([2, 1, 2, 3], [1, 2, 3, 2]), 'MatMul 2D by 3D': matMul([2, 3], [2, 3, 2]),
  ...GEMM,
  'Gemm without bias': { inputs: { x: [2, 3], y: [3, 2] }, build: (b, { x, y }) => b.op('Gemm', [x, y]) },
  'Gemm bias column': { inputs: { x: [2, 3], y: [3, 2], c: [2, 1] }, build: (b, { x, y, c }) => b.op('Gemm', [x, y, c]) },
  ...REDUCTIONS,
  'Softmax last axis': { inputs: { x: [2, 3, 4] }, build: (b, { x }) => b.op('Softmax', [x], { axis: -1 }) },
  'Softmax middle axis': { inputs: { x: [2, 3, 4] }, build: (b, { x }) => b.op('Softmax', [x], { axis: 1 }) },
  'LogSoftmax last axis': { inputs: { x: [3, 4] }, build: (b, { x }) => b.op('LogSoftmax', [x], { axis: -1 }) },
  'LogSoftmax first axis': { inputs: { x: [3, 4] }, build: (b, { x }) => b.op('LogSoftmax', [x], { axis: 0 }) },
  'LayerNormalization last axis': { inputs: { x: [2, 3, 4], w: [4], c: [4] }, build: (b, { x, w, c }) => b.op('LayerNormalization', [x, w, c], { axis: -1, epsilon: 1e-5 }) },
  'LayerNormalization two axes': { inputs: { x: [2, 3, 4], w: [3, 4], c: [3, 4] }, build: (b, { x, w, c }) => b.op('LayerNormalization', [x, w, c], { axis: 1, epsilon: 1e-3 }) },
  'LayerNormalization without bias': { inputs: { x: [3, 4], w: [4] }, build: (b, { x, w }) => b.op('LayerNormalization', [x, w], { axis: -1, epsilon: 1e-5 }) },
  'LayerNormalization far from zero': { inputs: { x: [2, 6], w: [6], c: [6] }, build: (b, { x, w, c }) => b.op('LayerNormalization', [x, w, c], { axis: -1 }), shape: (value, _, input) => (input === 'x' ? value * 2 + 10 : value), tolerance: 5e-3 },
  'GroupNormalization of images': { inputs: { x: [2, 4, 2, 2], w: [4], c: [4] }, build: (b, { x, w, c }) => b.op('GroupNormalization', [x, w, c], { num_groups: 2, epsilon: 1e-5 }) },
  'GroupNormalization of sequences': { inputs: { x: [2, 6, 3], w: [6], c: [6] }, build: (b, { x, w, c }) => b.op('GroupNormalization', [x, w, c], { num_groups: 3, epsilon: 1e-2 }) },
  'GroupNormalization one group': { inputs: { x: [1, 4, 3], w: [4], c: [4] }, build: (b, { x, w, c }) => b.op('GroupNormalization', [x, w, c], { num_groups: 1 }) },
  'InstanceNormalization of images': { inputs: { x: [2, 3, 2, 3], w: [3], c: [3] }, build: (b, { x, w, c }) => b.op('InstanceNormalization', [x, w, c], { epsilon: 1e-3 }) },
};
