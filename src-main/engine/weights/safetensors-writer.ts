import { float32ToHalf } from './float-formats.ts';

/** A tensor to write: values in row-major order; `dtype` F16 rounds float32 values to nearest even. */
export interface TensorToWrite {
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype?: 'F32' | 'F16';
}

function encode(name: string, tensor: TensorToWrite): { dtype: string; bytes: Uint8Array } {
  const { data, dtype } = tensor;
  const count = tensor.shape.reduce((product, dimension) => product * dimension, 1);
  if (count !== data.length) throw new RangeError(`tensor ${name}: ${data.length} values do not fill [${tensor.shape.join(', ')}]`);
  const raw = (view: ArrayBufferView): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (data instanceof Float32Array) return dtype === 'F16' ? { dtype: 'F16', bytes: raw(float32ToHalf(data)) } : { dtype: 'F32', bytes: raw(data) };
  if (data instanceof Float64Array) return { dtype: 'F64', bytes: raw(data) };
  if (data instanceof Int32Array) return { dtype: 'I32', bytes: raw(data) };
  if (data instanceof BigInt64Array) return { dtype: 'I64', bytes: raw(data) };
  return { dtype: 'U8', bytes: raw(data) };
}

/** The head of a safetensors file whose tensors follow in this order without gaps, and where each of them begins in the file. */
export function layOutSafetensors(tensors: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly number[]; readonly byteLength: number }[], metadata: Readonly<Record<string, string>> = {}): { readonly head: Uint8Array; readonly positions: readonly number[] } {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  const starts: number[] = [];
  let position = 0;
  for (const { name, shape, dtype, byteLength } of tensors) {
    header[name] = { dtype, shape, data_offsets: [position, position + byteLength] };
    starts.push(position);
    position += byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + headerBytes).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(headerBytes), true);
  head.set(json, 8);
  return { head, positions: starts.map((start) => head.length + start) };
}

/**
 * Serialises named tensors as one safetensors file in memory: for checkpoints, stage tensors and tests.
 * Tensors are laid out by descending element size, so each starts aligned; the header is padded to eight bytes.
 */
export function writeSafetensors(tensors: ReadonlyMap<string, TensorToWrite>, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const width: Record<string, number> = { F64: 8, I64: 8, F32: 4, I32: 4, F16: 2, U8: 1 };
  const encoded = [...tensors]
    .map(([name, tensor]) => ({ name, shape: tensor.shape, ...encode(name, tensor) }))
    .toSorted((a, b) => width[b.dtype]! - width[a.dtype]!);
  const { head, positions } = layOutSafetensors(encoded.map(({ name, shape, dtype, bytes }) => ({ name, shape, dtype, byteLength: bytes.length })), metadata);
  const out = new Uint8Array(head.length + encoded.reduce((sum, { bytes }) => sum + bytes.length, 0));
  out.set(head);
  for (const [index, { bytes }] of encoded.entries()) out.set(bytes, positions[index]);
  return out;
}
