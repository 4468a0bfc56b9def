import { assert } from '../../../src-shared/errors/studio-error.ts';
import type { GraphBuilder } from '../onnx/graph-builder.ts';
import { formatShape } from '../onnx/graph.ts';
import type { Value } from '../onnx/graph.ts';
import { reduceSum, reshape } from '../onnx/tensor-ops.ts';

/** Undoes broadcasting: sums a gradient over the axes along which its input was repeated. Emits nothing for equal shapes. */
export function reduceToShape(b: GraphBuilder, gradient: Value, shape: readonly number[]): Value {
  const lead = gradient.shape.length - shape.length;
  assert(lead >= 0, `a gradient ${formatShape(gradient.shape)} covers its input ${formatShape(shape)}`);
  const axes = gradient.shape.flatMap((dim, axis) => {
    const kept = axis < lead ? 1 : shape[axis - lead];
    assert(kept === dim || kept === 1, `a gradient ${formatShape(gradient.shape)} reduces to ${formatShape(shape)}`);
    return kept === dim ? [] : [axis];
  });
  return reshape(b, axes.length === 0 ? gradient : reduceSum(b, gradient, axes), shape);
}
