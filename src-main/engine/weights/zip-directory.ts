import { weightsInvalid } from './weights-index.ts';
import type { OpenFile } from './weights-index.ts';

/** One stored (uncompressed) file inside a zip archive: its bytes lie at `byteOffset` of the archive itself. */
export interface ZipEntry {
  readonly name: string;
  readonly byteOffset: number;
  readonly byteLength: number;
}

const END_RECORD_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const MAX_DIRECTORY_BYTES = 64_000_000;

function findEndRecord(file: OpenFile): { view: DataView; position: number } {
  const tailBytes = Math.min(file.sizeBytes, END_RECORD_BYTES + MAX_COMMENT_BYTES);
  const start = file.sizeBytes - tailBytes;
  const view = new DataView(file.read(start, tailBytes).buffer);
  for (let at = tailBytes - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === 0x06054b50) return { view: new DataView(view.buffer, at), position: start + at };
  }
  throw weightsInvalid(file.path, 'is truncated: the zip directory at its end is missing');
}

function safeNumber(file: OpenFile, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw weightsInvalid(file.path, 'the zip directory holds an impossible number');
  return Number(value);
}

/** Where the central directory lies; the zip64 form holds what 32 bits cannot. */
function locateDirectory(file: OpenFile): { offset: number; size: number; count: number } {
  const { view, position } = findEndRecord(file);
  const classic = { count: view.getUint16(10, true), size: view.getUint32(12, true), offset: view.getUint32(16, true) };
  if (classic.offset !== 0xffffffff && classic.count !== 0xffff && classic.size !== 0xffffffff) return classic;
  const locator = new DataView(file.read(position - 20, 20).buffer);
  if (locator.getUint32(0, true) !== 0x07064b50) throw weightsInvalid(file.path, 'the zip64 locator is missing');
  const end64 = new DataView(file.read(safeNumber(file, locator.getBigUint64(8, true)), 56).buffer);
  if (end64.getUint32(0, true) !== 0x06064b50) throw weightsInvalid(file.path, 'the zip64 end record is missing');
  return {
    count: safeNumber(file, end64.getBigUint64(32, true)),
    size: safeNumber(file, end64.getBigUint64(40, true)),
    offset: safeNumber(file, end64.getBigUint64(48, true)),
  };
}

/** 64-bit sizes ride in extra field 1, in this order, only for the fields that are all ones. */
function readZip64Extra(file: OpenFile, extra: DataView, fields: { size: number; compressed: number; offset: number }): void {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const id = extra.getUint16(at, true);
    const end = at + 4 + extra.getUint16(at + 2, true);
    if (end > extra.byteLength) break;
    if (id === 1) {
      let next = at + 4;
      for (const key of ['size', 'compressed', 'offset'] as const) {
        if (fields[key] !== 0xffffffff) continue;
        if (next + 8 > end) throw weightsInvalid(file.path, 'a zip64 field is cut short');
        fields[key] = safeNumber(file, extra.getBigUint64(next, true));
        next += 8;
      }
    }
    at = end;
  }
}

function dataOffset(file: OpenFile, name: string, headerOffset: number): number {
  const local = new DataView(file.read(headerOffset, 30).buffer);
  if (local.getUint32(0, true) !== 0x04034b50) throw weightsInvalid(file.path, `zip entry ${name} has no local header`);
  const nameBytes = local.getUint16(26, true);
  const localName = new TextDecoder().decode(file.read(headerOffset + 30, nameBytes));
  if (localName !== name) throw weightsInvalid(file.path, `zip entry ${name} is called ${localName} where its bytes are`);
  return headerOffset + 30 + nameBytes + local.getUint16(28, true);
}

/** Lists the stored entries of a zip archive. Compressed or encrypted entries are refused: weights are referenced in place. */
export function readZipDirectory(file: OpenFile): ReadonlyMap<string, ZipEntry> {
  const { offset, size, count } = locateDirectory(file);
  if (size > MAX_DIRECTORY_BYTES) throw weightsInvalid(file.path, `the zip directory claims ${size} bytes`);
  const directory = file.read(offset, size);
  const view = new DataView(directory.buffer);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > size || view.getUint32(at, true) !== 0x02014b50) throw weightsInvalid(file.path, `zip directory entry ${index} is damaged`);
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
    const fields = { compressed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), offset: view.getUint32(at + 42, true) };
    const [nameBytes, extraBytes, commentBytes] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
    const next = at + 46 + nameBytes + extraBytes + commentBytes;
    if (next > size) throw weightsInvalid(file.path, `zip directory entry ${index} is cut short`);
    const name = new TextDecoder().decode(directory.subarray(at + 46, at + 46 + nameBytes));
    readZip64Extra(file, new DataView(directory.buffer, at + 46 + nameBytes, extraBytes), fields);
    if (flags & 1 || method !== 0 || fields.compressed !== fields.size) {
      throw weightsInvalid(file.path, `zip entry ${name} is compressed or encrypted`, 'Save it again with torch.save, which stores entries plainly, or convert it to safetensors.');
    }
    if (entries.has(name)) throw weightsInvalid(file.path, `zip entry ${name} appears twice`);
    const byteOffset = dataOffset(file, name, fields.offset);
    if (byteOffset + fields.size > file.sizeBytes) throw weightsInvalid(file.path, `zip entry ${name} reaches beyond the end of the file`);
    entries.set(name, { name, byteOffset, byteLength: fields.size });
    at = next;
  }
  return entries;
}
