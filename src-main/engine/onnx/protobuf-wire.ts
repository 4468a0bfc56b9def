import { StudioError } from '../../../src-shared/errors/studio-error.ts';

/**
 * Protocol Buffers wire format, the part that ONNX uses: varints, 32-bit floats, length-delimited fields and packed
 * repeated numbers. https://protobuf.dev/programming-guides/encoding/
 */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const TEXT = new TextEncoder();
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Appends fields to one message. Nested messages are written by a callback and length-prefixed. */
export class WireWriter {
  private buffer = new Uint8Array(256);
  private length = 0;

  /** Unsigned or negative integer (negative ones take ten bytes, as int64 does). */
  integer(field: number, value: number | bigint): void {
    this.tag(field, VARINT);
    this.varint(value);
  }

  float(field: number, value: number): void {
    this.tag(field, FIXED32);
    this.reserve(4);
    new DataView(this.buffer.buffer).setFloat32(this.length, value, true);
    this.length += 4;
  }

  text(field: number, value: string): void {
    this.bytes(field, TEXT.encode(value));
  }

  bytes(field: number, value: Uint8Array): void {
    this.tag(field, BYTES);
    this.varint(value.byteLength);
    this.reserve(value.byteLength);
    this.buffer.set(value, this.length);
    this.length += value.byteLength;
  }

  message(field: number, write: (writer: WireWriter) => void): void {
    const inner = new WireWriter();
    write(inner);
    this.bytes(field, inner.finish());
  }

  packedIntegers(field: number, values: readonly number[]): void {
    const inner = new WireWriter();
    for (const value of values) inner.varint(value);
    this.bytes(field, inner.finish());
  }

  packedFloats(field: number, values: readonly number[]): void {
    this.bytes(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  /** The message so far; later writes do not change it. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private varint(value: number | bigint): void {
    this.reserve(10);
    if (typeof value === 'number' && value >= 0 && value <= 0x7fffffff) {
      let rest = value;
      while (rest > 0x7f) {
        this.buffer[this.length++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.buffer[this.length++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.buffer[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.length++] = Number(rest);
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.buffer.byteLength) return;
    const grown = new Uint8Array(Math.max(this.buffer.byteLength * 2, this.length + extra));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}

/** One field of a message as it came off the wire; the accessors throw when the wire type does not fit. */
export class WireField {
  readonly number: number;
  private readonly wireType: number;
  private readonly scalar: bigint;
  private readonly span: Uint8Array;

  constructor(number: number, wireType: number, scalar: bigint, span: Uint8Array) {
    this.number = number;
    this.wireType = wireType;
    this.scalar = scalar;
    this.span = span;
  }

  /** Signed 64-bit integer; beyond 2^53 it is refused rather than rounded. */
  integer(): number {
    if (this.wireType !== VARINT) throw malformed(`field ${this.number} is not an integer`);
    return safeInteger(this.scalar, this.number);
  }

  float(): number {
    if (this.wireType !== FIXED32) throw malformed(`field ${this.number} is not a float`);
    return floatAt(this.span, 0);
  }

  bytes(): Uint8Array {
    if (this.wireType !== BYTES) throw malformed(`field ${this.number} is not length-delimited`);
    return this.span;
  }

  text(): string {
    try {
      return UTF8.decode(this.bytes());
    } catch (error) {
      throw malformed(`field ${this.number} is not UTF-8 text`, error);
    }
  }

  /** Repeated integers: one varint, or a packed run. */
  integers(): number[] {
    if (this.wireType === VARINT) return [this.integer()];
    const values: number[] = [];
    const cursor = { at: 0 };
    const run = this.bytes();
    while (cursor.at < run.byteLength) values.push(safeInteger(readVarint(run, cursor), this.number));
    return values;
  }

  /** Repeated floats: one 32-bit value, or a packed run. */
  floats(): number[] {
    if (this.wireType === FIXED32) return [this.float()];
    const run = this.bytes();
    if (run.byteLength % 4 !== 0) throw malformed(`field ${this.number} is not a run of floats`);
    return Array.from({ length: run.byteLength / 4 }, (_, index) => floatAt(run, index * 4));
  }
}

/** Walks the fields of one message in order. Spans are views, not copies. */
export function* readFields(message: Uint8Array): Generator<WireField> {
  const cursor = { at: 0 };
  while (cursor.at < message.byteLength) {
    const tag = Number(readVarint(message, cursor));
    const field = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (field === 0) throw malformed('field number 0');
    if (wireType === VARINT) {
      yield new WireField(field, wireType, readVarint(message, cursor), message.subarray(0, 0));
      continue;
    }
    const length = spanLength(message, cursor, wireType);
    if (cursor.at + length > message.byteLength) throw malformed(`field ${field} runs past the end`);
    yield new WireField(field, wireType, 0n, message.subarray(cursor.at, cursor.at + length));
    cursor.at += length;
  }
}

function spanLength(message: Uint8Array, cursor: { at: number }, wireType: number): number {
  if (wireType === BYTES) return Number(readVarint(message, cursor));
  if (wireType === FIXED32) return 4;
  if (wireType === FIXED64) return 8;
  throw malformed(`wire type ${wireType}`);
}

function readVarint(source: Uint8Array, cursor: { at: number }): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = source[cursor.at++];
    if (byte === undefined) throw malformed('a number runs past the end');
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw malformed('a number is longer than ten bytes');
}

function safeInteger(value: bigint, field: number): number {
  const signed = Number(BigInt.asIntN(64, value));
  if (!Number.isSafeInteger(signed)) throw malformed(`field ${field} does not fit in 53 bits`);
  return signed;
}

function floatAt(span: Uint8Array, offset: number): number {
  return new DataView(span.buffer, span.byteOffset, span.byteLength).getFloat32(offset, true);
}

function malformed(what: string, cause?: unknown): StudioError {
  return new StudioError('ONNX_PARSE_FAILED', `The file is not a readable ONNX model: ${what}. Export or download it again.`, { cause });
}
