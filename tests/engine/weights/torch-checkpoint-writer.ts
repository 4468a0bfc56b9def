import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';

/** A half-precision tensor of a checkpoint that is written for a test; its bytes come from the caller, in pieces. */
export interface CheckpointTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

const TEXT = new TextEncoder();
const elements = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

function uint(value: number, bytes: 1 | 2 | 4): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
}

const short = (text: string): number[] => [0x58, ...uint(TEXT.encode(text).length, 4), ...TEXT.encode(text)];
const integer = (value: number): number[] => (value < 256 ? [0x4b, value] : [0x4a, ...uint(value, 4)]);
const global = (module: string, name: string): number[] => [0x63, ...TEXT.encode(`${module}\n${name}\n`)];
const tuple = (items: readonly number[][]): number[] => [0x28, ...items.flat(), 0x74];

/** The pickle of a state dict of half tensors, one storage each, with the opcodes that `torch.save` uses. */
export function stateDictPickle(tensors: readonly CheckpointTensor[]): Uint8Array {
  const out: number[] = [0x80, 2, ...global('collections', 'OrderedDict'), 0x29, 0x52, 0x28];
  for (const [index, { name, shape }] of tensors.entries()) {
    const strides = shape.map((_, axis) => elements(shape.slice(axis + 1)));
    const storage = [...tuple([short('storage'), global('torch', 'HalfStorage'), short(String(index)), short('cpu'), integer(elements(shape))]), 0x51];
    const hooks = [...global('collections', 'OrderedDict'), 0x29, 0x52];
    const args = tuple([storage, integer(0), tuple(shape.map(integer)), tuple(strides.map(integer)), [0x89], hooks]);
    for (const part of [short(name), global('torch._utils', '_rebuild_tensor_v2'), args, [0x52]]) out.push(...part);
  }
  return Uint8Array.from([...out, 0x75, 0x2e]);
}

/** An entry of a stored zip archive: whole bytes, or a length and a function that writes so many. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Uint8Array | { readonly length: number; readonly write: (put: (piece: Uint8Array) => void) => void };
}

/** Writes a zip archive of stored entries, each aligned to 64 bytes as `torch.save` does. Checksums of streamed entries stay 0: no reader of weights looks at them. */
export function writeStoredZip(path: string, parts: readonly ZipPart[]): void {
  const fd = openSync(path, 'w');
  let at = 0;
  const put = (piece: Uint8Array): void => {
    writeSync(fd, piece);
    at += piece.length;
  };
  const directory: number[] = [];
  try {
    for (const { name, bytes } of parts) {
      const encoded = TEXT.encode(name);
      const crc = bytes instanceof Uint8Array ? crc32(bytes) : 0;
      const padding = (64 - ((at + 30 + encoded.length + 4) % 64)) % 64;
      const sizes = [...uint(crc, 4), ...uint(bytes.length, 4), ...uint(bytes.length, 4), ...uint(encoded.length, 2)];
      directory.push(0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...sizes, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...uint(at, 4), ...encoded);
      put(Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...sizes, ...uint(padding + 4, 2), ...encoded, 0x46, 0x42, ...uint(padding, 2), ...new Uint8Array(padding)]));
      if (bytes instanceof Uint8Array) put(bytes);
      else bytes.write(put);
    }
    const start = at;
    put(Uint8Array.from(directory));
    put(Uint8Array.from([0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...uint(parts.length, 2), ...uint(parts.length, 2), ...uint(directory.length, 4), ...uint(start, 4), 0, 0]));
  } finally {
    closeSync(fd);
  }
}

/** Writes a `torch.save` checkpoint of half tensors; `fill` gives the bytes of each. */
export function writeTorchCheckpoint(path: string, tensors: readonly CheckpointTensor[], fill: (tensor: CheckpointTensor, put: (piece: Uint8Array) => void) => void): void {
  writeStoredZip(path, [
    { name: 'archive/data.pkl', bytes: stateDictPickle(tensors) },
    { name: 'archive/byteorder', bytes: TEXT.encode('little') },
    ...tensors.map((tensor, index): ZipPart => ({ name: `archive/data/${index}`, bytes: { length: elements(tensor.shape) * 2, write: (put) => fill(tensor, put) } })),
    { name: 'archive/version', bytes: TEXT.encode('3\n') },
  ]);
}
