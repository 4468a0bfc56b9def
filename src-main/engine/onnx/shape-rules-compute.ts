import { formatShape } from './graph.ts';
import type { TensorType } from './graph.ts';
import { broadcast, intAttribute, intsAttribute, requireRank, requireSameElementType, requireShape, shapeMismatch } from './shape-algebra.ts';
import type { ShapeContext } from './shape-algebra.ts';

/** Shape rules of the operators that multiply: products, convolutions, pooling, resizing and fused attention. */
export function matMulShape(context: ShapeContext): TensorType[] {
  const { node } = context;
  const [a, b] = [context.input(0), context.input(1)];
  requireSameElementType(node, [a, b]);
  requireRank(node, a, 2, 4);
  requireRank(node, b, 2, 4);
  const rows = a.shape.at(-2) ?? 0;
  const columns = b.shape.at(-1) ?? 0;
  if (a.shape.at(-1) !== b.shape.at(-2)) throw shapeMismatch(node, `${formatShape(a.shape)} times ${formatShape(b.shape)}`, 'equal inner sizes');
  const batch = broadcast(node, a.shape.slice(0, -2), b.shape.slice(0, -2));
  return [{ elementType: a.elementType, shape: [...batch, rows, columns] }];
}

export function gemmShape(context: ShapeContext): TensorType[] {
  const { node } = context;
  const [a, b, c] = [context.input(0), context.input(1), context.optional(2)];
  requireSameElementType(node, [a, b, c]);
  requireRank(node, a, 2);
  requireRank(node, b, 2);
  const [rows = 0, innerA = 0] = intAttribute(node, 'transA', 0) === 1 ? [...a.shape].reverse() : a.shape;
  const [innerB = 0, columns = 0] = intAttribute(node, 'transB', 0) === 1 ? [...b.shape].reverse() : b.shape;
  if (innerA !== innerB) throw shapeMismatch(node, `${formatShape(a.shape)} times ${formatShape(b.shape)}`, 'equal inner sizes');
  const shape = [rows, columns];
  if (c !== undefined) requireShape(node, broadcast(node, shape, c.shape), shape, 'a bias that widens the result to');
  return [{ elementType: a.elementType, shape }];
}

export function convolutionShape(context: ShapeContext): TensorType[] {
  const { node } = context;
  const [input, weight, bias] = [context.input(0), context.input(1), context.optional(2)];
  requireSameElementType(node, [input, weight, bias]);
  requireRank(node, input, 3, 4);
  requireRank(node, weight, input.shape.length);
  const [batch = 0, channels = 0, ...spatial] = input.shape;
  const [outChannels = 0, inPerGroup = 0, ...kernel] = weight.shape;
  const group = intAttribute(node, 'group', 1);
  if (channels !== inPerGroup * group || outChannels % group !== 0) {
    throw shapeMismatch(node, `input ${formatShape(input.shape)} with weight ${formatShape(weight.shape)}`, `${channels / group} input channels in the weight`);
  }
  if (bias !== undefined) requireShape(node, bias.shape, [outChannels], 'bias');
  requireShape(node, intsAttribute(node, 'kernel_shape', kernel), kernel, 'kernel_shape');
  return [{ elementType: input.elementType, shape: [batch, outChannels, ...windowSizes(context, spatial, kernel)] }];
}

export function poolShape(context: ShapeContext): TensorType[] {
  const input = context.input(0);
  requireRank(context.node, input, 3, 4);
  const kernel = intsAttribute(context.node, 'kernel_shape', []);
  requireShape(context.node, [kernel.length], [input.shape.length - 2], 'kernel_shape of rank');
  return [{ elementType: input.elementType, shape: [...input.shape.slice(0, 2), ...windowSizes(context, input.shape.slice(2), kernel)] }];
}

function windowSizes({ node }: ShapeContext, spatial: readonly number[], kernel: readonly number[]): number[] {
  const strides = intsAttribute(node, 'strides', spatial.map(() => 1));
  const dilations = intsAttribute(node, 'dilations', spatial.map(() => 1));
  const pads = intsAttribute(node, 'pads', [...spatial, ...spatial].map(() => 0));
  return spatial.map((size, index) => {
    const reach = (dilations[index] ?? 1) * ((kernel[index] ?? 1) - 1) + 1;
    const padded = size + (pads[index] ?? 0) + (pads[index + spatial.length] ?? 0);
    if (padded < reach) throw shapeMismatch(node, `spatial size ${formatShape(spatial)}`, `at least the kernel ${formatShape(kernel)}`);
    return Math.floor((padded - reach) / (strides[index] ?? 1)) + 1;
  });
}

export function resizeShape(context: ShapeContext): TensorType[] {
  const input = context.input(0);
  const sizes = context.constant(3);
  if (sizes === undefined) throw shapeMismatch(context.node, 'scales', 'sizes: a graph has fixed shapes');
  requireShape(context.node, [sizes.length], [input.shape.length], 'sizes of rank');
  return [{ elementType: input.elementType, shape: sizes }];
}

/** com.microsoft.MultiHeadAttention with separate query, key and value, each [batch, tokens, width]. */
export function multiHeadAttentionTypes(context: ShapeContext): TensorType[] {
  const { node } = context;
  const [query, key, value, bias] = [context.input(0), context.input(1), context.input(2), context.optional(5)];
  requireRank(node, query, 3);
  requireRank(node, key, 3);
  requireRank(node, value, 3);
  requireSameElementType(node, [query, key, value, bias]);
  const [batch = 0, rows = 0, width = 0] = query.shape;
  const [, columns = 0] = key.shape;
  const heads = intAttribute(node, 'num_heads', 1);
  requireShape(node, key.shape, [batch, columns, width], 'key');
  requireShape(node, value.shape.slice(0, 2), [batch, columns], 'value');
  if (width % heads !== 0) throw shapeMismatch(node, `width ${width}`, `a multiple of ${heads} heads`);
  if (bias !== undefined) {
    const full = [batch, heads, rows, columns];
    requireShape(node, broadcast(node, bias.shape, full), full, 'attention bias');
  }
  return [{ elementType: query.elementType, shape: [batch, rows, value.shape[2] ?? 0] }];
}
