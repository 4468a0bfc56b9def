/**
 * Gradient rules of elementwise operators: Add, Sub, Mul, Div, Neg, Pow, Sqrt, Exp, Log, Reciprocal, Abs, Sin, Cos, Tanh,
 * Sigmoid, Erf, Relu, LeakyRelu, Gelu, Clip, Min, Max, Where, Cast, Identity; comparisons and logic; rounding.
 */
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { textAttribute } from '../onnx/shape-algebra.ts';
import { add, cast, div, mul, scale, sub, unary } from '../onnx/tensor-ops.ts';
import { FORBIDDEN, NO_GRADIENT, defineGradient } from './gradient-rule.ts';
import type { GradientContext, GradientRules } from './gradient-rule.ts';

/** Rule of a one-input operator: its derivative from input and output, times dy. */
function derivative(opType: string, emit: (b: GraphBuilder, x: Value, y: Value, context: GradientContext) => Value): GradientRules {
  return defineGradient(opType, (c) => [c.when(0, () => mul(c.b, c.dy, emit(c.b, c.input(0), c.output(0), c)))]);
}

/** dy where `mask` (bool) holds, zero elsewhere. */
function masked(b: GraphBuilder, mask: Value, dy: Value): Value {
  return b.op('Where', [mask, dy, b.scalar(0)]);
}

/** d/dx of x * Phi(x): Phi(x) + x * phi(x) (Hendrycks & Gimpel 2016). */
function exactGelu(b: GraphBuilder, x: Value): Value {
  const cumulative = scale(b, add(b, unary(b, 'Erf', scale(b, x, Math.SQRT1_2)), b.scalar(1)), 0.5);
  const density = unary(b, 'Exp', scale(b, mul(b, x, x), -0.5));
  return add(b, cumulative, mul(b, x, scale(b, density, 1 / Math.sqrt(2 * Math.PI))));
}

/** d/dx of 0.5 x (1 + tanh(u)), u = sqrt(2 / pi) (x + 0.044715 x^3). */
function tanhGelu(b: GraphBuilder, x: Value): Value {
  const root = Math.sqrt(2 / Math.PI);
  const square = mul(b, x, x);
  const t = unary(b, 'Tanh', mul(b, x, add(b, scale(b, square, root * 0.044715), b.scalar(root))));
  const slope = add(b, scale(b, square, 3 * 0.044715 * root), b.scalar(root));
  const bell = sub(b, b.scalar(1), mul(b, t, t));
  return scale(b, add(b, add(b, t, b.scalar(1)), mul(b, mul(b, x, bell), slope)), 0.5);
}

/** Min and Max: the gradient goes to the inputs that are the extreme, in equal parts where several are. */
function extreme(c: GradientContext): (Value | null)[] {
  const { b } = c;
  const hits = c.node.inputs.map((_, index) => cast(b, b.op('Equal', [c.input(index), c.output(0)]), 'float32'));
  const ties = hits.reduce((sum, hit) => add(b, sum, hit));
  const share = div(b, c.dy, ties);
  return hits.map((hit, index) => c.when(index, () => mul(b, share, hit)));
}

export const ELEMENTWISE_RULES: GradientRules = {
  ...defineGradient('Add', ({ dy }) => [dy, dy]),
  ...defineGradient('Sub', ({ b, dy, when }) => [dy, when(1, () => unary(b, 'Neg', dy))]),
  ...defineGradient('Mul', ({ b, dy, input, when }) => [when(0, () => mul(b, dy, input(1))), when(1, () => mul(b, dy, input(0)))]),
  ...defineGradient('Div', ({ b, dy, input, output, when }) => [
    when(0, () => div(b, dy, input(1))),
    when(1, () => unary(b, 'Neg', div(b, mul(b, dy, output(0)), input(1)))),
  ]),
  ...defineGradient('Neg', ({ b, dy }) => [unary(b, 'Neg', dy)]),
  ...defineGradient('Pow', ({ b, dy, input, output, when }) => [
    when(0, () => mul(b, dy, mul(b, input(1), b.op('Pow', [input(0), sub(b, input(1), b.scalar(1))])))),
    when(1, () => mul(b, dy, mul(b, output(0), unary(b, 'Log', input(0))))),
  ]),
  ...defineGradient('Sqrt', ({ b, dy, output }) => [div(b, scale(b, dy, 0.5), output(0))]),
  ...derivative('Exp', (_, __, y) => y),
  ...defineGradient('Log', ({ b, dy, input }) => [div(b, dy, input(0))]),
  ...derivative('Reciprocal', (b, _, y) => unary(b, 'Neg', mul(b, y, y))),
  ...derivative('Abs', (b, x) => b.op('Sign', [x])),
  ...derivative('Sin', (b, x) => unary(b, 'Cos', x)),
  ...derivative('Cos', (b, x) => unary(b, 'Neg', unary(b, 'Sin', x))),
  ...derivative('Tanh', (b, _, y) => sub(b, b.scalar(1), mul(b, y, y))),
  ...derivative('Sigmoid', (b, _, y) => mul(b, y, sub(b, b.scalar(1), y))),
  ...derivative('Erf', (b, x) => scale(b, unary(b, 'Exp', unary(b, 'Neg', mul(b, x, x))), 2 / Math.sqrt(Math.PI))),
  ...derivative('Gelu', (b, x, _, { node }) => (textAttribute(node, 'approximate', 'none') === 'tanh' ? tanhGelu(b, x) : exactGelu(b, x))),
  ...defineGradient('Relu', ({ b, dy, output }) => [masked(b, b.op('Greater', [output(0), b.scalar(0)]), dy)]),
  ...defineGradient('LeakyRelu', ({ b, dy, input, node }) => {
    const alpha = node.attributes['alpha'];
    return [b.op('Where', [b.op('Greater', [input(0), b.scalar(0)]), dy, scale(b, dy, alpha?.kind === 'float' ? alpha.value : 0.01)])];
  }),
  ...defineGradient('Clip', ({ b, dy, input, node }) => {
    let gradient = dy;
    if (node.inputs[1]) gradient = masked(b, b.op('GreaterOrEqual', [input(0), input(1)]), gradient);
    if (node.inputs[2]) gradient = masked(b, b.op('LessOrEqual', [input(0), input(2)]), gradient);
    return [gradient];
  }),
  ...defineGradient(['Min', 'Max'], extreme),
  ...defineGradient('Where', ({ b, dy, input, when }) => [
    null,
    when(1, () => b.op('Where', [input(0), dy, b.scalar(0)])),
    when(2, () => b.op('Where', [input(0), b.scalar(0), dy])),
  ]),
  ...defineGradient('Cast', ({ b, dy, input }) => [cast(b, dy, input(0).elementType)]),
  ...defineGradient('Identity', ({ dy }) => [dy]),
  // Weights in 8 bits are read, never trained.
  ...defineGradient(['DequantizeLinear'], FORBIDDEN),
  ...defineGradient(['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Not', 'Sign'], NO_GRADIENT),
  ...defineGradient(['Floor', 'Ceil', 'Round'], FORBIDDEN),
};
