import { elementTypeCode } from '../../../src-main/engine/onnx/element-type.ts';
import type { GradientCase } from './finite-differences.ts';

type Cases = Record<string, GradientCase>;

/** Away from zero, on both sides. */
const offZero = (value: number): number => value + Math.sign(value) * 0.2;
/** Between 0.4 and 1.9. */
const positive = (value: number): number => Math.abs(value) + 0.4;

function unary(opType: string, shape?: (value: number) => number, attributes: Record<string, number | string> = {}): GradientCase {
  return { inputs: { x: [2, 3, 4] }, build: (b, { x }) => b.op(opType, [x], attributes), ...(shape === undefined ? {} : { shape }) };
}

/** Which side is repeated along which axes. */
const BROADCASTS: Record<string, readonly [readonly number[], readonly number[]]> = {
  'scalars': [[], []],
  'equal shapes': [[2, 3], [2, 3]],
  'left broadcast': [[3], [2, 3]],
  'left broadcast inside': [[2, 1, 4], [2, 3, 4]],
  'right broadcast': [[2, 3, 2], [3, 1]],
  'right scalar': [[2, 3], []],
  'both broadcast': [[2, 1, 3], [4, 1]],
};

function binary(opType: string, shape?: GradientCase['shape']): Cases {
  return Object.fromEntries(Object.entries(BROADCASTS).map(([name, [left, right]]): [string, GradientCase] => [
    `${opType} ${name}`, { inputs: { x: left, y: right }, build: (b, { x, y }) => b.op(opType, [x, y]), ...(shape === undefined ? {} : { shape }) },
  ]));
}

/** Left and right inputs never come close to each other. */
const apart: GradientCase['shape'] = (value, index, input) => value * 0.2 + (input === 'x' ? (index % 2) * 2 : 1);

export const ELEMENTWISE_CASES: Cases = {
  ...binary('Add'), ...binary('Sub'), ...binary('Mul'),
  ...binary('Div', (value, _, input) => (input === 'y' ? positive(value) + 0.4 : value)),
  ...binary('Pow', (value, _, input) => (input === 'x' ? positive(value) + 0.3 : value)),
  ...binary('Max', apart), ...binary('Min', apart),
  'Max of three': { inputs: { x: [3], y: [3], z: [3] }, build: (b, { x, y, z }) => b.op('Max', [x, y, z]), shape: (value, index, input) => value * 0.2 + (('xyz'.indexOf(input) + index) % 3) },
  'Pow squares negative numbers': { inputs: { x: [5] }, build: (b, { x }) => b.op('Pow', [x, b.scalar(2)]) },
  'Neg of any': unary('Neg'), 'Exp of any': unary('Exp'), 'Sin of any': unary('Sin'), 'Cos of any': unary('Cos'), 'Tanh of any': unary('Tanh'),
  'Sigmoid of any': unary('Sigmoid'), 'Erf of any': unary('Erf'), 'Identity of any': unary('Identity'),
  'Sqrt of positive': unary('Sqrt', positive), 'Log of positive': unary('Log', positive), 'Reciprocal off zero': unary('Reciprocal', (value) => Math.sign(value) * (Math.abs(value) + 0.6)),
  'Abs off zero': unary('Abs', offZero), 'Relu off zero': unary('Relu', offZero), 'LeakyRelu off zero': unary('LeakyRelu', offZero, { alpha: 0.3 }),
  'Gelu exact': unary('Gelu', undefined, { approximate: 'none' }), 'Gelu tanh': unary('Gelu', undefined, { approximate: 'tanh' }), 'Gelu far out': unary('Gelu', (value) => value * 4),
  'Clip both bounds': { inputs: { x: [12] }, build: (b, { x }) => b.op('Clip', [x, b.scalar(-0.5), b.scalar(0.5)]), shape: (value) => value + Math.sign(Math.abs(value) - 0.5) * Math.sign(value) * 0.05 },
  'Clip upper bound': { inputs: { x: [12] }, build: (b, { x }) => b.op('Clip', [x, undefined, b.scalar(0.5)]), shape: (value) => (value > 0.4 && value < 0.6 ? 0.3 : value) },
  'Cast there and back': { inputs: { x: [4] }, build: (b, { x }) => b.op('Cast', [b.op('Cast', [x], { to: elementTypeCode('float64') })], { to: elementTypeCode('float32') }) },
  'Where equal shapes': { inputs: { x: [6], y: [6] }, build: (b, { x, y }) => b.op('Where', [b.op('Greater', [b.floats([1, -1, 1, 1, -1, 1], [6]), b.scalar(0)]), x, y]) },
  'Where broadcast': { inputs: { x: [2, 1], y: [3] }, build: (b, { x, y }) => b.op('Where', [b.op('Less', [b.floats([1, -1], [2, 1]), b.scalar(0)]), x, y]) },
};
