import type { WeightDtype } from './weight-dtype.ts';

let halfTable: Float32Array | null = null;

/** All 65536 half-precision values (IEEE 754 binary16) by bit pattern: one load per weight instead of bit arithmetic. */
function halfValues(): Float32Array {
  if (halfTable) return halfTable;
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits += 1) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[bits] = fraction === 0 ? sign * Infinity : NaN;
    else table[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  halfTable = table;
  return table;
}

/** Half-precision bit patterns to float32, exactly. */
export function halfToFloat32(bits: Uint16Array): Float32Array {
  const table = halfValues();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) out[i] = table[bits[i]!]!;
  return out;
}

/** bfloat16 bit patterns to float32, exactly: the upper half of the float32 bits. */
export function bfloat16ToFloat32(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i += 1) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/** float32 to half-precision bit patterns, rounding to nearest, ties to even; overflow gives infinity. */
export function float32ToHalf(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const word = words[i]!;
    const sign = (word >>> 16) & 0x8000;
    const magnitude = word & 0x7fffffff;
    if (magnitude > 0x7f800000) out[i] = sign | 0x7e00;
    else if (magnitude >= 0x477ff000) out[i] = sign | 0x7c00;
    else if (magnitude < 0x38800000) {
      // Subnormal half: its unit is 2^-24, and Math.round would round ties up.
      const units = Math.abs(values[i]!) * 2 ** 24;
      const floor = Math.floor(units);
      const rest = units - floor;
      out[i] = sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
    } else {
      const rebiased = magnitude - 0x38000000;
      const even = (rebiased >>> 13) & 1;
      out[i] = sign | ((rebiased + 0xfff + even) >>> 13);
    }
  }
  return out;
}

/**
 * Raw little-endian bytes of any dtype to float32.
 * `bytes` must start at a multiple of 8 in its buffer; 64-bit integers and doubles round to the nearest float32.
 */
export function bytesToFloat32(bytes: Uint8Array, dtype: WeightDtype): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'F32': return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16': return halfToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16': return bfloat16ToFloat32(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'F64': return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
    case 'I64': return Float32Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
    case 'I32': return Float32Array.from(new Int32Array(buffer, byteOffset, byteLength / 4));
    case 'I16': return Float32Array.from(new Int16Array(buffer, byteOffset, byteLength / 2));
    case 'I8': return Float32Array.from(new Int8Array(buffer, byteOffset, byteLength));
    case 'U8':
    case 'BOOL': return Float32Array.from(bytes);
  }
}
