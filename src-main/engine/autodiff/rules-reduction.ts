/** Gradient rules of reductions: ReduceSum, ReduceMean, ReduceMax, ReduceMin. */
import { elementCount } from '../onnx/element-type.ts';
import type { Value } from '../onnx/graph.ts';
import { normalizeAxis } from '../onnx/shape-algebra.ts';
import { cast, div, expand, mul, reduceSum, reshape, scale } from '../onnx/tensor-ops.ts';
import { defineGradient } from './gradient-rule.ts';
import type { GradientContext, GradientRules } from './gradient-rule.ts';

function reducedAxes({ constant, input, node }: GradientContext): number[] {
  const { shape } = input(0);
  const axes = constant(1);
  if (axes === undefined || axes.length === 0) return shape.map((_, axis) => axis);
  return axes.map((axis) => normalizeAxis(node, axis, shape.length));
}

/** The reduction's value or gradient with its reduced axes kept as size 1. */
function keepAxes({ b, input }: GradientContext, reduced: Value, axes: readonly number[]): Value {
  return reshape(b, reduced, input(0).shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)));
}

/** The gradient goes to the extreme elements, in equal parts where several are. */
function extreme(c: GradientContext): (Value | null)[] {
  const { b } = c;
  const axes = reducedAxes(c);
  const hits = cast(b, b.op('Equal', [c.input(0), keepAxes(c, c.output(0), axes)]), 'float32');
  return [mul(b, hits, div(b, keepAxes(c, c.dy, axes), reduceSum(b, hits, axes)))];
}

export const REDUCTION_RULES: GradientRules = {
  ...defineGradient('ReduceSum', (c) => [expand(c.b, keepAxes(c, c.dy, reducedAxes(c)), c.input(0).shape)]),
  ...defineGradient('ReduceMean', (c) => {
    const axes = reducedAxes(c);
    const count = elementCount(axes.map((axis) => c.input(0).shape[axis] ?? 1));
    return [expand(c.b, scale(c.b, keepAxes(c, c.dy, axes), 1 / count), c.input(0).shape)];
  }),
  ...defineGradient(['ReduceMax', 'ReduceMin'], extreme),
};
