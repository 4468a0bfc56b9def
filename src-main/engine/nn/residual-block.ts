import { activate } from '../onnx/composite-ops.ts';
import type { Activation } from '../onnx/composite-ops.ts';
import type { Value } from '../onnx/graph.ts';
import { add, averagePool2, mul, reshape, resizeNearest, scale, split } from '../onnx/tensor-ops.ts';
import { framesToTime, repeatPerFrame, timeToFrames } from './frame-layout.ts';
import type { ClipGeometry } from './frame-layout.ts';
import { conv2d, groupNorm, linear, temporalConv } from './layers.ts';
import type { Module } from './module.ts';

/** How a residual block is wired; one set per UNet level. */
export interface ResidualSettings {
  readonly outChannels: number;
  readonly groups: number;
  readonly epsilon: number;
  readonly activation: Activation;
  /** `scale_shift`: the time embedding scales and shifts the second norm; `add`: it is added before it. */
  readonly timeInjection: 'scale_shift' | 'add' | 'none';
  /** True when the time embedding has been through the activation already. */
  readonly skipTimeActivation: boolean;
  /** The sum of shortcut and branch is divided by this. */
  readonly outputScale: number;
  readonly resample?: 'down' | 'up';
}

/**
 * Residual block over x [batch * frames, channels, height, width] with time embedding [batch, width]: norm, activation,
 * 3x3, norm with scale and shift, activation, 3x3; 1x1 shortcut where the channels change. As a sampler it pools or
 * repeats both paths 2x after the first activation.
 */
export function residualBlock(m: Module, x: Value, time: Value | undefined, geometry: ClipGeometry, settings: ResidualSettings): Value {
  const { b } = m;
  const { outChannels, groups, epsilon, activation } = settings;
  let shortcut = x;
  let hidden = activate(b, activation, m.in('norm1', (norm) => groupNorm(norm, x, groups, epsilon)));
  if (settings.resample !== undefined) {
    hidden = resample(m, hidden, settings.resample);
    shortcut = resample(m, shortcut, settings.resample);
  }
  hidden = m.in('conv1', (convolution) => conv2d(convolution, hidden, outChannels, 3));
  const injected = time === undefined || settings.timeInjection === 'none' ? [] : timeParameters(m, time, geometry, settings);
  const [first, second] = injected;
  if (first !== undefined && second === undefined) hidden = add(b, hidden, first);
  hidden = m.in('norm2', (norm) => groupNorm(norm, hidden, groups, epsilon));
  if (first !== undefined && second !== undefined) hidden = add(b, mul(b, hidden, add(b, first, b.scalar(1))), second);
  hidden = m.in('conv2', (convolution) => conv2d(convolution, activate(b, activation, hidden), outChannels, 3));
  if (x.shape[1] !== outChannels) shortcut = m.in('conv_shortcut', (convolution) => conv2d(convolution, shortcut, outChannels, 1));
  return scale(b, add(b, shortcut, hidden), 1 / settings.outputScale);
}

/** Per-frame [batch * frames, channels, 1, 1] terms from the time embedding: one to add, or scale and shift. */
function timeParameters(m: Module, time: Value, geometry: ClipGeometry, settings: ResidualSettings): Value[] {
  const { b } = m;
  const parts = settings.timeInjection === 'scale_shift' ? 2 : 1;
  const active = settings.skipTimeActivation ? time : activate(b, settings.activation, time);
  const projected = m.in('time_emb_proj', (projection) => linear(projection, active, settings.outChannels * parts));
  const terms = parts === 2 ? split(b, projected, 1, 2) : [projected];
  return terms.map((term) => reshape(b, repeatPerFrame(b, term, geometry), [geometry.batch * geometry.frames, settings.outChannels, 1, 1]));
}

function resample(m: Module, x: Value, direction: 'down' | 'up'): Value {
  const [, , height = 1, width = 1] = x.shape;
  return direction === 'down' ? averagePool2(m.b, x) : resizeNearest(m.b, x, height * 2, width * 2);
}

/** Group count of the temporal convolutions' norms: fixed in the architecture, whatever `norm_num_groups` says. */
const TEMPORAL_CONV_GROUPS = 32;

/**
 * Temporal convolution block: four times norm over (channels / 32, frames, height, width), SiLU, (3,1,1) convolution, added
 * to x [batch * frames, channels, height, width]. The only place where the network learns the order of frames.
 */
export function temporalConvBlock(m: Module, x: Value, geometry: ClipGeometry): Value {
  const { b } = m;
  const [, , height = 1, width = 1] = x.shape;
  let hidden = framesToTime(b, x, geometry);
  for (const [index, stage] of ['conv1', 'conv2', 'conv3', 'conv4'].entries()) {
    hidden = m.in(stage, (inner) => {
      const normed = activate(b, 'silu', inner.in('0', (norm) => groupNorm(norm, hidden, TEMPORAL_CONV_GROUPS, 1e-5)));
      // Stages 2 to 4 have a dropout at index 2, which moves the convolution to 3.
      return inner.in(index === 0 ? '2' : '3', (convolution) => temporalConv(convolution, normed));
    });
  }
  return add(b, x, timeToFrames(b, hidden, height, width));
}
