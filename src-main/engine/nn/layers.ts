import * as compose from '../onnx/composite-ops.ts';
import type { Value } from '../onnx/graph.ts';
import { conv } from '../onnx/tensor-ops.ts';
import type { Module } from './module.ts';

/** Layers that own parameters. Each takes the module whose `weight` and `bias` it reads. */
export function linear(m: Module, x: Value, outFeatures: number, options: { readonly bias?: boolean; readonly kernel?: readonly number[] } = {}): Value {
  const inFeatures = x.shape.at(-1) ?? 0;
  const weight = m.parameter('weight', [outFeatures, inFeatures, ...(options.kernel ?? [])], [outFeatures, inFeatures]);
  return compose.linear(m.b, x, weight, options.bias === false ? undefined : m.parameter('bias', [outFeatures]));
}

/** Square 2-D convolution of x [batch, channels, height, width], zero padding (kernel - 1) / 2 unless given. */
export function conv2d(
  m: Module, x: Value, outChannels: number, kernel: number, options: { readonly stride?: number; readonly padding?: number } = {},
): Value {
  const weight = m.parameter('weight', [outChannels, x.shape[1] ?? 0, kernel, kernel]);
  const padding = options.padding ?? (kernel - 1) / 2;
  const stride = options.stride ?? 1;
  return conv(m.b, x, weight, m.parameter('bias', [outChannels]), { pads: [padding, padding, padding, padding], strides: [stride, stride] });
}

/** Convolution over time, kernel (3, 1, 1), of x [batch, channels, frames, height * width]; stored as Conv3d weights. */
export function temporalConv(m: Module, x: Value): Value {
  const channels = x.shape[1] ?? 0;
  const weight = m.parameter('weight', [channels, channels, 3, 1, 1], [channels, channels, 3, 1]);
  return conv(m.b, x, weight, m.parameter('bias', [channels]), { pads: [1, 0, 1, 0] });
}

/** Group normalization with affine parameters over x [batch, channels, ...]. */
export function groupNorm(m: Module, x: Value, groups: number, epsilon: number): Value {
  const channels = x.shape[1] ?? 0;
  return compose.groupNorm(m.b, x, m.parameter('weight', [channels]), m.parameter('bias', [channels]), groups, epsilon);
}

/** Layer normalization with affine parameters over the last axis. */
export function layerNorm(m: Module, x: Value, epsilon = 1e-5): Value {
  const width = x.shape.at(-1) ?? 0;
  return compose.layerNorm(m.b, x, m.parameter('weight', [width]), m.parameter('bias', [width]), epsilon);
}
