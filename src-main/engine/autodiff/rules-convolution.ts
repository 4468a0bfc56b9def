/** Gradient rules of convolution and pooling: Conv, AveragePool, GlobalAveragePool, Resize (nearest). */
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { elementCount } from '../onnx/element-type.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';
import { intAttribute, intsAttribute, textAttribute } from '../onnx/shape-algebra.ts';
import { div, expand, matMul, reduceSum, reshape, scale, slice, transpose } from '../onnx/tensor-ops.ts';
import { defineGradient } from './gradient-rule.ts';
import type { GradientContext, GradientRules } from './gradient-rule.ts';
import { flip, insertZeros, padOrCrop } from './spread.ts';

/** How a window moves over the spatial axes; `pads` lists all begins, then all ends. */
interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

function windowOf(node: GraphNode, kernel: readonly number[]): Window {
  const padding = textAttribute(node, 'auto_pad', 'NOTSET');
  if (padding !== 'NOTSET' && padding !== 'VALID') throw unsupported(node, `auto_pad ${padding}`, 'explicit pads');
  if (intAttribute(node, 'ceil_mode', 0) !== 0) throw unsupported(node, 'ceil_mode', 'the default rounding');
  return {
    kernel, strides: intsAttribute(node, 'strides', kernel.map(() => 1)), dilations: intsAttribute(node, 'dilations', kernel.map(() => 1)),
    pads: intsAttribute(node, 'pads', [...kernel, ...kernel].map(() => 0)),
  };
}

function unsupported(node: GraphNode, what: string, instead: string): StudioError {
  return new StudioError('GRADIENT_OP_UNSUPPORTED', `${node.opType} "${node.name}" has ${what}, for which there is no gradient rule. Export the model with ${instead}.`, { details: { op: node.opType, node: node.name } });
}

/** Weight [out, in / groups, ...kernel] to [in, out / groups, ...kernel] with the kernel turned around. */
function turnedKernel(b: GraphBuilder, weight: Value, groups: number): Value {
  const [out = 1, inPerGroup = 1, ...kernel] = weight.shape;
  const flipped = flip(b, weight, kernel.map((_, axis) => axis + 2));
  if (groups === 1) return transpose(b, flipped, [1, 0, ...kernel.map((_, axis) => axis + 2)]);
  const grouped = reshape(b, flipped, [groups, out / groups, inPerGroup, elementCount(kernel)]);
  return reshape(b, transpose(b, grouped, [0, 2, 1, 3]), [groups * inPerGroup, out / groups, ...kernel]);
}

/**
 * Gradient of a convolution's input: dy with zeros between its elements where the stride skipped, convolved at stride 1
 * with the flipped, transposed kernel. ConvTranspose computes the same but is several times slower on CPUs.
 */
function inputGradient(b: GraphBuilder, dy: Value, weight: Value, inputShape: readonly number[], groups: number, window: Window): Value {
  const rank = window.kernel.length;
  let spread = dy;
  const pads = [...window.pads];
  for (let index = 0; index < rank; index++) {
    const stride = window.strides[index] ?? 1;
    const reach = (window.dilations[index] ?? 1) * ((window.kernel[index] ?? 1) - 1);
    const begin = reach - (window.pads[index] ?? 0);
    spread = insertZeros(b, spread, index + 2, stride);
    const end = (inputShape[index + 2] ?? 0) + reach - begin - (spread.shape[index + 2] ?? 0);
    spread = padOrCrop(b, spread, index + 2, Math.min(begin, 0), Math.min(end, 0));
    pads[index] = Math.max(begin, 0);
    pads[index + rank] = Math.max(end, 0);
  }
  return b.op('Conv', [spread, turnedKernel(b, weight, groups)], { kernel_shape: window.kernel, strides: window.kernel.map(() => 1), dilations: window.dilations, pads, group: groups });
}

/** Gradient of a convolution's weight: the input, channels as batch, convolved with dy as the kernel; stride and dilation swap. */
function weightGradient(b: GraphBuilder, dy: Value, x: Value, weight: Value, groups: number, window: Window): Value {
  const [batch = 1, channels = 1, ...size] = x.shape;
  const spatial = size.map((_, axis) => axis + 2);
  const perGroup = channels / groups;
  const grouped = transpose(b, reshape(b, x, [batch, groups, perGroup, elementCount(size)]), [2, 1, 0, 3]);
  const images = reshape(b, grouped, [perGroup, groups * batch, ...size]);
  const kernel = transpose(b, dy, [1, 0, ...spatial]);
  let result = b.op('Conv', [images, kernel], { kernel_shape: kernel.shape.slice(2), strides: window.dilations, dilations: window.strides, pads: window.pads, group: groups });
  for (const axis of spatial) {
    const taps = weight.shape[axis] ?? 1;
    if (result.shape[axis] !== taps) result = slice(b, result, axis, 0, taps);
  }
  return transpose(b, result, [1, 0, ...spatial]);
}

function convolution(c: GradientContext): (Value | null)[] {
  const { b, dy, node } = c;
  const [x, weight] = [c.input(0), c.input(1)];
  const groups = intAttribute(node, 'group', 1);
  const window = windowOf(node, weight.shape.slice(2));
  return [
    c.when(0, () => inputGradient(b, dy, weight, x.shape, groups, window)),
    c.when(1, () => weightGradient(b, dy, x, weight, groups, window)),
    c.when(2, () => reduceSum(b, dy, dy.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])), false)),
  ];
}

/** Elements of the input (without padding) that each output position averages, as [1, 1, ...output]. */
function coverage(b: GraphBuilder, inputShape: readonly number[], outputShape: readonly number[], window: Window): Value {
  const sizes = outputShape.slice(2);
  const perAxis = sizes.map((size, index) => Array.from({ length: size }, (_, at) => {
    const start = at * (window.strides[index] ?? 1) - (window.pads[index] ?? 0);
    const taps = Array.from({ length: window.kernel[index] ?? 1 }, (__, tap) => start + tap * (window.dilations[index] ?? 1));
    return taps.filter((position) => position >= 0 && position < (inputShape[index + 2] ?? 0)).length;
  }));
  const counts = perAxis.reduce<number[]>((total, axis) => total.flatMap((count) => axis.map((each) => count * each)), [1]);
  return b.floats(counts, [1, 1, ...sizes]);
}

/** Average pooling is a convolution of each channel with equal weights, so its gradient is that convolution's. */
function averagePool(c: GradientContext): (Value | null)[] {
  const { b, node } = c;
  const x = c.input(0);
  const window = windowOf(node, intsAttribute(node, 'kernel_shape', []));
  const channels = x.shape[1] ?? 1;
  const area = elementCount(window.kernel);
  const whole = intAttribute(node, 'count_include_pad', 0) === 1 || window.pads.every((pad) => pad === 0);
  const share = whole ? scale(b, c.dy, 1 / area) : div(b, c.dy, coverage(b, x.shape, c.dy.shape, window));
  const tiled = window.kernel.every((size, axis) => size === window.strides[axis] && window.dilations[axis] === 1) && window.pads.every((pad) => pad === 0);
  if (tiled && window.kernel.length === 2) {
    const [height = 1, width = 1] = window.kernel;
    const sizes = [...share.shape.slice(0, 2), (share.shape[2] ?? 1) * height, (share.shape[3] ?? 1) * width];
    const grown = b.op('Resize', [share, undefined, undefined, b.int64s(sizes)], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' });
    return [padOrCrop(b, padOrCrop(b, grown, 2, 0, (x.shape[2] ?? 0) - (sizes[2] ?? 0)), 3, 0, (x.shape[3] ?? 0) - (sizes[3] ?? 0))];
  }
  const ones = b.floats(new Float32Array(channels * area).fill(1), [channels, 1, ...window.kernel]);
  return [inputGradient(b, share, ones, x.shape, channels, window)];
}

/** Sums the copies that nearest-neighbour resizing made, axis by axis. */
function resize(c: GradientContext): (Value | null)[] {
  const { b, node } = c;
  const x = c.input(0);
  if (textAttribute(node, 'mode', 'nearest') !== 'nearest' || textAttribute(node, 'coordinate_transformation_mode', 'half_pixel') !== 'asymmetric'
    || textAttribute(node, 'nearest_mode', 'round_prefer_floor') !== 'floor') {
    throw unsupported(node, 'a form other than nearest, asymmetric, floor', 'nearest-neighbour upsampling');
  }
  return [sumTiles(b, c.dy, x.shape) ?? x.shape.reduce((gradient, size, axis) => gatherCopies(b, gradient, axis, size), c.dy)];
}

/** The sum over the copies of each pixel of an image that grew by whole factors, as a mean of tiles: one pass instead of sums over axes of length two. */
function sumTiles(b: GraphBuilder, dy: Value, size: readonly number[]): Value | undefined {
  const [images, channels, height = 1, width = 1] = size;
  const [tall, wide] = [(dy.shape[2] ?? 0) / height, (dy.shape[3] ?? 0) / width];
  if (size.length !== 4 || dy.shape[0] !== images || dy.shape[1] !== channels || !Number.isInteger(tall) || !Number.isInteger(wide)) return undefined;
  return scale(b, b.op('AveragePool', [dy], { kernel_shape: [tall, wide], strides: [tall, wide] }), tall * wide);
}

function gatherCopies(b: GraphBuilder, dy: Value, axis: number, size: number): Value {
  const grown = dy.shape[axis] ?? 1;
  if (grown === size) return dy;
  const outer = elementCount(dy.shape.slice(0, axis));
  const inner = elementCount(dy.shape.slice(axis + 1));
  const shape = dy.shape.map((dim, index) => (index === axis ? size : dim));
  if (grown % size === 0) return reshape(b, reduceSum(b, reshape(b, dy, [outer, size, grown / size, inner]), [2]), shape);
  const sources = new Float32Array(size * grown);
  for (let target = 0; target < grown; target++) sources[Math.floor((target * size) / grown) * grown + target] = 1;
  return reshape(b, matMul(b, b.floats(sources, [size, grown]), reshape(b, dy, [outer, grown, inner])), shape);
}

export const CONVOLUTION_RULES: GradientRules = {
  ...defineGradient('Conv', convolution),
  ...defineGradient('AveragePool', averagePool),
  ...defineGradient('GlobalAveragePool', ({ b, dy, input }) => {
    const { shape } = input(0);
    return [expand(b, scale(b, dy, 1 / elementCount(shape.slice(2))), shape)];
  }),
  ...defineGradient('Resize', resize),
};
