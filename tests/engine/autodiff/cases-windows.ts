import type { GradientCase } from './finite-differences.ts';

type Cases = Record<string, GradientCase>;

interface Convolution {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly strides?: readonly number[];
  readonly pads?: readonly number[];
  readonly dilations?: readonly number[];
  readonly group?: number;
}

function conv({ x, w, group = 1, ...window }: Convolution): GradientCase {
  return { inputs: { x, w, c: [w[0] ?? 1] }, build: (b, values) => b.op('Conv', [values['x'], values['w'], values['c']], { kernel_shape: w.slice(2), group, ...window }) };
}

function pool(x: readonly number[], attributes: Record<string, number | readonly number[]>): GradientCase {
  return { inputs: { x }, build: (b, values) => b.op('AveragePool', [values['x']], attributes) };
}

function resize(x: readonly number[], height: number, width: number): GradientCase {
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  return { inputs: { x }, build: (b, values) => b.op('Resize', [values['x'], undefined, undefined, b.int64s([x[0] ?? 1, x[1] ?? 1, height, width])], attributes) };
}

export const WINDOW_CASES: Cases = {
  'Conv 3x3 same': conv({ x: [2, 2, 4, 3], w: [3, 2, 3, 3], pads: [1, 1, 1, 1] }),
  'Conv 3x3 valid': conv({ x: [1, 2, 4, 5], w: [2, 2, 3, 3] }),
  'Conv 1x1': conv({ x: [2, 3, 2, 3], w: [2, 3, 1, 1] }),
  'Conv over time (3, 1)': conv({ x: [1, 2, 4, 3], w: [2, 2, 3, 1], pads: [1, 0, 1, 0] }),
  'Conv stride 2 even size': conv({ x: [1, 2, 4, 6], w: [2, 2, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  'Conv stride 2 odd size': conv({ x: [1, 2, 5, 7], w: [2, 2, 3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  'Conv stride 2 padded at the far edges': conv({ x: [1, 2, 4, 4], w: [2, 2, 3, 3], strides: [2, 2], pads: [0, 0, 1, 1] }),
  'Conv stride 2 without padding drops a row': conv({ x: [1, 1, 6, 5], w: [2, 1, 3, 2], strides: [2, 2] }),
  'Conv stride (3, 1)': conv({ x: [1, 1, 7, 3], w: [1, 1, 2, 2], strides: [3, 1], pads: [1, 0, 0, 1] }),
  'Conv 1x1 with padding': conv({ x: [1, 2, 3, 3], w: [2, 2, 1, 1], pads: [1, 1, 1, 1] }),
  'Conv dilated': conv({ x: [1, 1, 6, 6], w: [2, 1, 2, 3], dilations: [2, 2], pads: [1, 2, 1, 2] }),
  'Conv grouped': conv({ x: [2, 4, 3, 3], w: [6, 2, 2, 2], group: 2 }),
  'Conv depthwise stride 2': conv({ x: [1, 3, 4, 4], w: [3, 1, 3, 3], group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
  'Conv 1D': conv({ x: [2, 2, 6], w: [3, 2, 3], strides: [2], pads: [1, 1] }),
  'AveragePool 2x2': pool([1, 2, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  'AveragePool 2x2 odd size': pool([1, 2, 5, 3], { kernel_shape: [2, 2], strides: [2, 2] }),
  'AveragePool overlapping': pool([1, 2, 4, 4], { kernel_shape: [3, 3], strides: [1, 1] }),
  'AveragePool padded': pool([1, 1, 4, 4], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
  'AveragePool padding counted': pool([1, 1, 4, 4], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  'GlobalAveragePool of images': { inputs: { x: [2, 3, 2, 4] }, build: (b, { x }) => b.op('GlobalAveragePool', [x]) },
  'Resize twice': resize([1, 2, 3, 2], 6, 4),
  'Resize three times one way': resize([2, 1, 2, 3], 2, 9),
  'Resize by a fraction': resize([1, 2, 3, 4], 5, 7),
  'Resize to less': resize([1, 1, 4, 5], 2, 3),
};
