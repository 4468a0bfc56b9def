import { DTYPE_BYTES, elementCount, isWeightDtype, WEIGHT_DTYPES } from './weight-dtype.ts';
import { weightsInvalid } from './weights-index.ts';
import type { OpenFile, WeightEntry } from './weights-index.ts';

/** Largest header accepted, as in the format's own implementation. */
export const MAX_HEADER_BYTES = 100_000_000;

/** What a safetensors header says, after every claim in it was checked against the file. */
export interface SafetensorsHeader {
  readonly entries: ReadonlyMap<string, WeightEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

function parseHeaderJson(file: OpenFile, text: Uint8Array): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch {
    throw weightsInvalid(file.path, 'the header is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw weightsInvalid(file.path, 'the header is not a JSON object');
  return parsed as Record<string, unknown>;
}

function parseEntry(file: OpenFile, name: string, raw: unknown, dataStart: number): WeightEntry {
  const fail = (problem: string): Error => weightsInvalid(file.path, `tensor ${name} ${problem}`);
  if (typeof raw !== 'object' || raw === null) throw fail('is not described by an object');
  const { dtype, shape, data_offsets: offsets } = raw as Record<string, unknown>;
  if (!isWeightDtype(dtype)) throw fail(`has dtype ${String(dtype)}; known are ${WEIGHT_DTYPES.join(', ')}`);
  const count = Array.isArray(shape) ? elementCount(shape) : null;
  if (count === null) throw fail('has a shape that is not a list of natural numbers');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every((o) => Number.isSafeInteger(o) && o >= 0)) throw fail('has data_offsets that are not two natural numbers');
  const [begin, end] = offsets as [number, number];
  const dataBytes = file.sizeBytes - dataStart;
  if (begin > end || end > dataBytes) throw fail(`claims bytes ${begin} to ${end} of ${dataBytes}`);
  const expected = count * DTYPE_BYTES[dtype];
  if (end - begin !== expected) throw fail(`has ${end - begin} bytes, but ${dtype} [${String(shape)}] needs ${expected}`);
  return { name, dtype, shape: shape as number[], file: file.path, byteOffset: dataStart + begin, byteLength: end - begin, inPlace: true };
}

/** Overlaps would let one tensor leak into another, holes hide bytes: the format allows neither. */
function assertTiled(file: OpenFile, entries: Iterable<WeightEntry>, dataStart: number): void {
  const sorted = [...entries].toSorted((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let position = dataStart;
  for (const entry of sorted) {
    if (entry.byteOffset < position) throw weightsInvalid(file.path, `tensor ${entry.name} overlaps the tensor before it`);
    if (entry.byteOffset > position) throw weightsInvalid(file.path, `there is a hole of ${entry.byteOffset - position} bytes before tensor ${entry.name}`);
    position += entry.byteLength;
  }
  if (position !== file.sizeBytes) throw weightsInvalid(file.path, `${file.sizeBytes - position} bytes follow the last tensor`);
}

/**
 * Reads and checks the header of a safetensors file: eight bytes of little-endian length, that much JSON, then the buffer.
 * Nothing it declares is believed before it fits the file's real length.
 */
export function readSafetensorsHeader(file: OpenFile): SafetensorsHeader {
  if (file.sizeBytes < 8) throw weightsInvalid(file.path, `is truncated: ${file.sizeBytes} bytes, the header length alone takes 8`);
  const headerBytes = new DataView(file.read(0, 8).buffer).getBigUint64(0, true);
  if (headerBytes > BigInt(MAX_HEADER_BYTES)) throw weightsInvalid(file.path, `declares a header of ${headerBytes} bytes; the limit is ${MAX_HEADER_BYTES}`);
  const dataStart = 8 + Number(headerBytes);
  if (dataStart > file.sizeBytes) throw weightsInvalid(file.path, `is truncated: the header needs ${dataStart} bytes, the file has ${file.sizeBytes}`);
  const parsed = parseHeaderJson(file, file.read(8, Number(headerBytes)));
  const entries = new Map<string, WeightEntry>();
  const metadata: Record<string, string> = {};
  for (const [name, raw] of Object.entries(parsed)) {
    if (name !== '__metadata__') {
      entries.set(name, parseEntry(file, name, raw, dataStart));
      continue;
    }
    if (typeof raw !== 'object' || raw === null) throw weightsInvalid(file.path, 'the metadata is not an object');
    for (const [key, value] of Object.entries(raw)) {
      if (typeof value !== 'string') throw weightsInvalid(file.path, `metadata ${key} is not text`);
      metadata[key] = value;
    }
  }
  assertTiled(file, entries.values(), dataStart);
  return { entries, metadata };
}
