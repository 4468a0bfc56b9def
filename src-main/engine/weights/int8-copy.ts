import { closeSync, copyFileSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { elementCount } from '../onnx/element-type.ts';
import type { Graph } from '../onnx/graph.ts';
import { layOutSafetensors } from './safetensors-writer.ts';
import { DTYPE_BYTES } from './weight-dtype.ts';
import type { WeightsIndex } from './weights-index.ts';

/** Name of the factors of a matrix in 8 bits: one float32 for each of its rows. */
export const scaleName = (name: string): string => `${name}:scale`;

/** Largest magnitude of a symmetric 8-bit value. */
const LEVELS = 127;

/** The initializers that a graph uses as matrices of linear layers, and all that it uses. */
function usedWeights(graph: Graph, weights: WeightsIndex): { readonly matrices: ReadonlySet<string>; readonly all: readonly string[] } {
  const origin = new Map(graph.nodes.filter(({ opType }) => opType === 'Cast').map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
  const matrices = new Set(graph.nodes.flatMap(({ opType, inputs }) => (opType === 'Gemm' ? [origin.get(inputs[1]!) ?? inputs[1]!] : [])).filter((name) => weights.entries.get(name)?.shape.length === 2));
  return { matrices, all: [...graph.initializers.keys()].filter((name) => weights.entries.has(name)) };
}

/** Bytes of what a graph uses of its weights: as stored, and with its linear layers in 8 bits. */
export function weightForms(graph: Graph, weights: WeightsIndex): { readonly storedBytes: number; readonly int8Bytes: number } {
  const { matrices, all } = usedWeights(graph, weights);
  let [storedBytes, int8Bytes] = [0, 0];
  for (const name of all) {
    const { byteLength, shape } = weights.entries.get(name)!;
    storedBytes += byteLength;
    int8Bytes += matrices.has(name) ? elementCount(shape) + 4 * shape[0]! : byteLength;
  }
  return { storedBytes, int8Bytes };
}

/** A matrix [rows, columns] as 8-bit values and a factor for each row, so that the row's largest value is kept exactly (absmax, Dettmers et al. 2022, section 2). */
export function quantizeRows(values: Float32Array, rows: number): { readonly bits: Int8Array; readonly scales: Float32Array } {
  const columns = values.length / rows;
  const bits = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let largest = 0;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) largest = Math.max(largest, Math.abs(values[at]!));
    const scale = Math.fround(largest / LEVELS);
    scales[row] = scale;
    if (scale === 0) continue;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) bits[at] = Math.round(values[at]! / scale);
  }
  return { bits, scales };
}

/**
 * Writes what a graph uses of its weights to `folder`, the matrices of its linear layers in 8 bits with a factor for each row, the rest
 * as it is stored. Read one tensor after the other. The folder gets its name when all is written; other copies beside it are removed.
 */
export function writeInt8Copy(graph: Graph, weights: WeightsIndex, configPath: string, folder: string): void {
  const { matrices, all } = usedWeights(graph, weights);
  // Wide elements first, so that each tensor lies where its elements may.
  const tensors = all.flatMap((name) => {
    const { shape, dtype, byteLength } = weights.entries.get(name)!;
    if (!matrices.has(name)) return [{ name, dtype, shape, byteLength }];
    return [{ name, dtype: 'I8' as const, shape, byteLength: elementCount(shape) }, { name: scaleName(name), dtype: 'F32' as const, shape: [shape[0]!], byteLength: 4 * shape[0]! }];
  }).sort((a, b) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const { head, positions } = layOutSafetensors(tensors);
  const placeOf = new Map(tensors.map(({ name }, index) => [name, positions[index]!]));
  const home = dirname(folder);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  for (const other of readdirSync(home)) if (join(home, other) !== part) rmSync(join(home, other), { recursive: true, force: true });
  const fd = openSync(join(part, 'model.safetensors'), 'wx');
  const put = (view: ArrayBufferView, position: number): void => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  };
  try {
    put(head, 0);
    for (const name of all) {
      if (!matrices.has(name)) {
        put(weights.readBytes(name), placeOf.get(name)!);
        continue;
      }
      const { bits, scales } = quantizeRows(weights.readFloat32(name), weights.entries.get(name)!.shape[0]!);
      put(bits, placeOf.get(name)!);
      put(scales, placeOf.get(scaleName(name))!);
    }
  } finally {
    closeSync(fd);
  }
  copyFileSync(configPath, join(part, basename(configPath)));
  renameSync(part, folder);
}
