/** Gradient rules of matrix products: MatMul, Gemm. */
import { elementCount } from '../onnx/element-type.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';
import { intAttribute } from '../onnx/shape-algebra.ts';
import { matMul, reshape, scale, transpose } from '../onnx/tensor-ops.ts';
import { defineGradient } from './gradient-rule.ts';
import type { GradientRules } from './gradient-rule.ts';

function swapLastTwo(b: GraphBuilder, x: Value): Value {
  const rank = x.shape.length;
  return transpose(b, x, x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis)));
}

/** x^T dy for a matrix that a whole batch was multiplied with: one product over all rows instead of a sum of small ones. */
function sharedMatrixGradient(b: GraphBuilder, x: Value, dy: Value): Value {
  const inner = x.shape.at(-1) ?? 1;
  const columns = dy.shape.at(-1) ?? 1;
  const rows = elementCount(x.shape) / inner;
  return b.op('Gemm', [reshape(b, x, [rows, inner]), reshape(b, dy, [rows, columns])], { transA: 1 });
}

function floatAttribute(node: GraphNode, name: string, fallback: number): number {
  const attribute = node.attributes[name];
  return attribute?.kind === 'float' ? attribute.value : fallback;
}

export const PRODUCT_RULES: GradientRules = {
  ...defineGradient('MatMul', ({ b, dy, input, when }) => [
    when(0, () => matMul(b, dy, swapLastTwo(b, input(1)))),
    when(1, () => (input(1).shape.length === 2 ? sharedMatrixGradient(b, input(0), dy) : matMul(b, swapLastTwo(b, input(0)), dy))),
  ]),
  ...defineGradient('Gemm', ({ b, dy, input, node, when }) => {
    const alpha = floatAttribute(node, 'alpha', 1);
    const transA = intAttribute(node, 'transA', 0);
    const transB = intAttribute(node, 'transB', 0);
    const product = (x: Value, y: Value, turnX: number, turnY: number): Value => b.op('Gemm', [x, y], { alpha, transA: turnX, transB: turnY });
    return [
      when(0, () => (transA === 1 ? product(input(1), dy, transB, 1) : product(dy, input(1), 0, 1 - transB))),
      when(1, () => (transB === 1 ? product(dy, input(0), 1, transA) : product(input(0), dy, 1 - transA, 0))),
      when(2, () => scale(b, dy, floatAttribute(node, 'beta', 1))),
    ];
  }),
};
