/**
 * Gradient rules of operators that move elements: Reshape, Squeeze, Unsqueeze, Transpose, Concat, Split, Slice, Pad,
 * Expand, Tile, Gather, GatherElements. Scattering is not differentiated again.
 */
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementCount } from '../onnx/element-type.ts';
import type { Value } from '../onnx/graph.ts';
import { intAttribute, intsAttribute, normalizeAxis, textAttribute } from '../onnx/shape-algebra.ts';
import { concat, reduceSum, reshape, slice, transpose } from '../onnx/tensor-ops.ts';
import { FORBIDDEN, defineGradient } from './gradient-rule.ts';
import type { GradientContext, GradientRules } from './gradient-rule.ts';
import { flip, insertZeros, padOrCrop, zerosOf } from './spread.ts';

function concatenation(c: GradientContext): (Value | null)[] {
  const axis = normalizeAxis(c.node, intAttribute(c.node, 'axis', 0), c.dy.shape.length);
  let start = 0;
  return c.node.inputs.map((_, index) => {
    const from = start;
    start += c.input(index).shape[axis] ?? 0;
    return c.when(index, () => slice(c.b, c.dy, axis, from, from + (c.input(index).shape[axis] ?? 0)));
  });
}

/** Undoes a slice axis by axis: zeros between the elements that a step skipped, turned round for negative steps, then padding. */
function slicing(c: GradientContext): (Value | null)[] {
  const { b, node } = c;
  const { shape } = c.input(0);
  const starts = c.constant(1) ?? [];
  const axes = c.constant(3) ?? starts.map((_, index) => index);
  const steps = c.constant(4) ?? starts.map(() => 1);
  let gradient = c.dy;
  for (const [index, each] of axes.entries()) {
    const axis = normalizeAxis(node, each, shape.length);
    const size = shape[axis] ?? 0;
    const step = steps[index] ?? 1;
    const stride = Math.abs(step);
    const count = c.dy.shape[axis] ?? 0;
    const raw = starts[index] ?? 0;
    const start = Math.min(Math.max(raw < 0 ? raw + size : raw, 0), step > 0 ? size : size - 1);
    const first = step > 0 ? start : start - (count - 1) * stride;
    gradient = insertZeros(b, step > 0 ? gradient : flip(b, gradient, [axis]), axis, stride);
    gradient = padOrCrop(b, gradient, axis, first, size - first - count * stride);
  }
  return [gradient];
}

function padding(c: GradientContext): (Value | null)[] {
  const { b, node } = c;
  if (textAttribute(node, 'mode', 'constant') !== 'constant') {
    throw new StudioError('GRADIENT_OP_UNSUPPORTED', `Pad "${node.name}" has mode ${textAttribute(node, 'mode', '')}, for which there is no gradient rule. Export the model with zero padding.`, { details: { op: 'Pad', node: node.name } });
  }
  const pads = c.constant(1) ?? [];
  const rank = c.input(0).shape.length;
  const axes = c.constant(3) ?? c.input(0).shape.map((_, axis) => axis);
  return [axes.reduce((gradient, each, index) => padOrCrop(b, gradient, normalizeAxis(node, each, rank), -(pads[index] ?? 0), -(pads[index + axes.length] ?? 0)), c.dy)];
}

/** Adds the rows of dy to the rows of zeros that they were taken from. */
function gathering(c: GradientContext): (Value | null)[] {
  const { b, dy, node } = c;
  const [data, indices] = [c.input(0), c.input(1)];
  const axis = normalizeAxis(node, intAttribute(node, 'axis', 0), data.shape.length);
  const outer = elementCount(data.shape.slice(0, axis));
  const inner = elementCount(data.shape.slice(axis + 1));
  const rows = data.shape[axis] ?? 1;
  const count = elementCount(indices.shape);
  const updates = transpose(b, reshape(b, dy, [outer, count, inner]), [1, 0, 2]);
  const sums = b.op('ScatterND', [zerosOf(b, [rows, outer, inner]), reshape(b, indices, [count, 1]), updates], { reduction: 'add' });
  return [reshape(b, transpose(b, sums, [1, 0, 2]), data.shape)];
}

function tiling(c: GradientContext): (Value | null)[] {
  const { shape } = c.input(0);
  return [shape.reduce((gradient, size, axis) => {
    const outer = elementCount(gradient.shape.slice(0, axis));
    const inner = elementCount(gradient.shape.slice(axis + 1));
    const repeats = (gradient.shape[axis] ?? 1) / size;
    if (repeats === 1) return gradient;
    const sums = reduceSum(c.b, reshape(c.b, gradient, [outer, repeats, size, inner]), [1]);
    return reshape(c.b, sums, gradient.shape.map((dim, index) => (index === axis ? size : dim)));
  }, c.dy)];
}

export const LAYOUT_RULES: GradientRules = {
  ...defineGradient(['Reshape', 'Squeeze', 'Unsqueeze'], ({ b, dy, input }) => [reshape(b, dy, input(0).shape)]),
  ...defineGradient('Transpose', ({ b, dy, node }) => {
    const perm = intsAttribute(node, 'perm', []);
    return [transpose(b, dy, perm.map((_, axis) => perm.indexOf(axis)))];
  }),
  ...defineGradient('Concat', concatenation),
  ...defineGradient('Split', (c) => {
    const parts = c.outputGradients.map((gradient, index) => gradient ?? zerosOf(c.b, c.output(index).shape));
    return [concat(c.b, parts, normalizeAxis(c.node, intAttribute(c.node, 'axis', 0), c.input(0).shape.length))];
  }),
  ...defineGradient('Slice', slicing),
  ...defineGradient('Pad', padding),
  // The shared reduction to the input's shape is all there is to it.
  ...defineGradient('Expand', ({ dy }) => [dy]),
  ...defineGradient('Tile', tiling),
  ...defineGradient('Gather', gathering),
  ...defineGradient('GatherElements', ({ b, dy, input, node }) => [
    b.op('ScatterElements', [zerosOf(b, input(0).shape), input(1), dy], { axis: intAttribute(node, 'axis', 0), reduction: 'add' }),
  ]),
  ...defineGradient(['ScatterND', 'ScatterElements'], FORBIDDEN),
};
