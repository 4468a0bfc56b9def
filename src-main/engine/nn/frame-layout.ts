import type { GraphBuilder } from '../onnx/graph-builder.ts';
import type { Value } from '../onnx/graph.ts';
import { reshape, transpose } from '../onnx/tensor-ops.ts';

/**
 * How a clip lies in memory. Spatial layers see frames as batch, [batch * frames, channels, height, width]; temporal
 * layers see [batch, channels, frames, height * width]. Everything stays at rank 4 or less.
 */
export interface ClipGeometry {
  readonly batch: number;
  readonly frames: number;
}

/** [batch * frames, channels, height, width] to [batch, channels, frames, height * width]. */
export function framesToTime(b: GraphBuilder, x: Value, { batch, frames }: ClipGeometry): Value {
  const [, channels = 1, height = 1, width = 1] = x.shape;
  return transpose(b, reshape(b, x, [batch, frames, channels, height * width]), [0, 2, 1, 3]);
}

/** [batch, channels, frames, height * width] to [batch * frames, channels, height, width]. */
export function timeToFrames(b: GraphBuilder, x: Value, height: number, width: number): Value {
  const [batch = 1, channels = 1, frames = 1] = x.shape;
  return reshape(b, transpose(b, x, [0, 2, 1, 3]), [batch * frames, channels, height, width]);
}

/** [batch, ...] to [batch * frames, ...], each sample's row once per frame; what has a row per frame already stays as it is. */
export function repeatPerFrame(b: GraphBuilder, x: Value, { batch, frames }: ClipGeometry): Value {
  const rest = x.shape.slice(1);
  if (frames === 1 || x.shape[0] === batch * frames) return x;
  const spread = b.op('Expand', [reshape(b, x, [batch, 1, ...rest]), b.int64s([batch, frames, ...rest])]);
  return reshape(b, spread, [batch * frames, ...rest]);
}
