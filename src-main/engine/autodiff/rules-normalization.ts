/** Gradient rules of normalizations: Softmax, LogSoftmax, LayerNormalization, GroupNormalization, InstanceNormalization. */
import { elementCount } from '../onnx/element-type.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { GraphNode, Value } from '../onnx/graph.ts';
import { intAttribute, normalizeAxis } from '../onnx/shape-algebra.ts';
import { add, div, mul, reduceMean, reduceSum, reshape, sub, unary } from '../onnx/tensor-ops.ts';
import { defineGradient } from './gradient-rule.ts';
import type { GradientContext, GradientRules } from './gradient-rule.ts';

/** x [..., inner] over its last axis: distance from the mean, and 1 / sqrt(variance + epsilon) [..., 1]. */
function standardize(b: GraphBuilder, x: Value, epsilon: number): { centered: Value; rate: Value } {
  const last = x.shape.length - 1;
  const centered = sub(b, x, reduceMean(b, x, [last]));
  const variance = reduceMean(b, mul(b, centered, centered), [last]);
  return { centered, rate: unary(b, 'Reciprocal', unary(b, 'Sqrt', add(b, variance, b.scalar(epsilon)))) };
}

/**
 * Gradient of y = (x - mean) * rate for g = dL/dy over the last axis: rate * (g - mean(g) - xhat * mean(g * xhat)) with
 * xhat = centered * rate (Ba et al. 2016).
 */
function standardizeGradient(b: GraphBuilder, g: Value, { centered, rate }: { centered: Value; rate: Value }): Value {
  const last = g.shape.length - 1;
  const tilt = mul(b, reduceMean(b, mul(b, g, centered), [last]), mul(b, rate, rate));
  return mul(b, sub(b, sub(b, g, reduceMean(b, g, [last])), mul(b, centered, tilt)), rate);
}

function epsilonOf(node: GraphNode): number {
  const attribute = node.attributes['epsilon'];
  return attribute?.kind === 'float' ? attribute.value : 1e-5;
}

function layerNormalization(c: GradientContext): (Value | null)[] {
  const { b, node } = c;
  const x = c.input(0);
  const axis = normalizeAxis(node, intAttribute(node, 'axis', -1), x.shape.length);
  const inner = elementCount(x.shape.slice(axis));
  const rows = [elementCount(x.shape) / inner, inner];
  const dy = reshape(b, c.dy, rows);
  const state = standardize(b, reshape(b, x, rows), epsilonOf(node));
  return [
    c.when(0, () => reshape(b, standardizeGradient(b, mul(b, dy, reshape(b, c.input(1), [1, inner])), state), x.shape)),
    c.when(1, () => reshape(b, reduceSum(b, mul(b, dy, mul(b, state.centered, state.rate)), [0]), c.input(1).shape)),
    c.when(2, () => reshape(b, reduceSum(b, dy, [0]), c.input(2).shape)),
  ];
}

/**
 * Group and instance normalization of x [batch, channels, ...]. Scale and bias are per channel, so all sums are taken per
 * channel first; what the groups need is then a sum over a few numbers.
 */
function channelNormalization(c: GradientContext, groups: number): (Value | null)[] {
  const { b } = c;
  const x = c.input(0);
  const [batch = 1, channels = 1] = x.shape;
  const plane = elementCount(x.shape) / (batch * channels);
  const perGroup = channels / groups;
  const state = standardize(b, reshape(b, x, [batch, groups, perGroup * plane]), epsilonOf(c.node));
  const centered = reshape(b, state.centered, [batch, groups, perGroup, plane]);
  const rate = reshape(b, state.rate, [batch, groups, 1, 1]);
  const dy = reshape(b, c.dy, [batch, groups, perGroup, plane]);
  const sumDy = reduceSum(b, dy, [3]);
  const sumProduct = reduceSum(b, mul(b, dy, centered), [3]);
  const perChannel = (sum: Value): Value => reshape(b, reduceSum(b, sum, [0]), [channels]);
  return [
    c.when(0, () => {
      const weight = reshape(b, c.input(1), [1, groups, perGroup, 1]);
      const groupMean = (sum: Value): Value => div(b, reduceSum(b, mul(b, sum, weight), [2]), b.scalar(perGroup * plane));
      const tilt = mul(b, groupMean(sumProduct), mul(b, rate, mul(b, rate, rate)));
      const level = mul(b, groupMean(sumDy), rate);
      const gradient = sub(b, mul(b, dy, mul(b, weight, rate)), add(b, mul(b, centered, tilt), level));
      return reshape(b, gradient, x.shape);
    }),
    c.when(1, () => perChannel(mul(b, sumProduct, rate))),
    c.when(2, () => perChannel(sumDy)),
  ];
}

function softmaxAxis({ node, output }: GradientContext): number {
  return normalizeAxis(node, intAttribute(node, 'axis', -1), output(0).shape.length);
}

export const NORMALIZATION_RULES: GradientRules = {
  ...defineGradient('Softmax', (c) => {
    const { b, dy } = c;
    const y = c.output(0);
    return [mul(b, y, sub(b, dy, reduceSum(b, mul(b, dy, y), [softmaxAxis(c)])))];
  }),
  ...defineGradient('LogSoftmax', (c) => {
    const { b, dy } = c;
    return [sub(b, dy, mul(b, unary(b, 'Exp', c.output(0)), reduceSum(b, dy, [softmaxAxis(c)])))];
  }),
  ...defineGradient('LayerNormalization', layerNormalization),
  ...defineGradient('GroupNormalization', (c) => channelNormalization(c, intAttribute(c.node, 'num_groups', 1))),
  ...defineGradient('InstanceNormalization', (c) => channelNormalization(c, c.input(0).shape[1] ?? 1)),
};
