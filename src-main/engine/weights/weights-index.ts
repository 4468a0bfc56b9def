import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { bytesToFloat32 } from './float-formats.ts';
import { DTYPE_BYTES } from './weight-dtype.ts';
import type { WeightDtype } from './weight-dtype.ts';

/** Where one tensor lies. With `inPlace` the bytes at `byteOffset` are the tensor in row-major order, so ONNX external data can point at them. */
export interface WeightEntry {
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly shape: readonly number[];
  /** Absolute path of the file that holds the bytes. */
  readonly file: string;
  readonly byteOffset: number;
  readonly byteLength: number;
  /** False for a strided view inside a pickle: the span covers its storage and `readFloat32` gathers it. */
  readonly inPlace: boolean;
  /** Element strides of such a view; absent when contiguous. */
  readonly strides?: readonly number[];
}

/** Every tensor of a model folder by its official name. Bytes stay on disk until they are read. */
export interface WeightsIndex {
  readonly entries: ReadonlyMap<string, WeightEntry>;
  /** The file that tells which tensor is in which shard, where there are shards. */
  readonly indexFile?: string;
  /** Raw little-endian bytes in row-major order, in their own dtype. */
  readBytes(name: string): Uint8Array;
  /** Values as float32 in row-major order. */
  readFloat32(name: string): Float32Array;
  close(): void;
}

/** The error of this folder: says which file, what is wrong with it, and what to do. */
export function weightsInvalid(file: string, problem: string, mend = 'Download or copy the file again.'): StudioError {
  return new StudioError('WEIGHTS_INVALID', `${file}: ${problem}. ${mend}`, { details: { file, problem } });
}

/** A weight file open for reading, with its length: declared offsets are checked against it. */
export interface OpenFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** Reads exactly `length` bytes; a shorter file is an error. */
  read(position: number, length: number): Uint8Array<ArrayBuffer>;
  close(): void;
}

const READ_CHUNK_BYTES = 1 << 30; // one read call cannot exceed 2^31 - 1 bytes

/** Opens `path`; a missing file or a directory is MODEL_MISSING. */
export function openFile(path: string): OpenFile {
  let fd: number;
  try {
    // onnxruntime refuses links too, and a link may lead out of the model's folder.
    if (lstatSync(path).isSymbolicLink()) throw weightsInvalid(path, 'is a link', 'Put the file itself in its place (cp -rL copies a hub cache that way).');
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (cause) {
    if (StudioError.is(cause)) throw cause;
    throw new StudioError('MODEL_MISSING', `${path} cannot be opened. Check that the model is complete and readable, or import it again.`, { details: { file: path }, cause });
  }
  const stat = fstatSync(fd);
  if (!stat.isFile()) {
    closeSync(fd);
    throw weightsInvalid(path, 'is not a regular file', 'Point at a weight file or a model folder.');
  }
  let isOpen = true;
  return {
    path,
    sizeBytes: stat.size,
    read(position, length) {
      if (!isOpen) throw new StudioError('INTERNAL', `${path} was closed before reading was done.`);
      if (position < 0 || length < 0 || position + length > stat.size) {
        throw weightsInvalid(path, `bytes ${position} to ${position + length} are outside the file of ${stat.size} bytes`);
      }
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const got = readSync(fd, bytes, done, Math.min(length - done, READ_CHUNK_BYTES), position + done);
        if (got === 0) throw weightsInvalid(path, `ended after ${position + done} bytes while ${length} were expected`);
        done += got;
      }
      return bytes;
    },
    close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

/** Copies a strided view into row-major order. `source` starts at the view's first element; sizes are in elements. */
function gather(source: Uint8Array, elementBytes: number, shape: readonly number[], strides: readonly number[]): Uint8Array {
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  const out = new Uint8Array(count * elementBytes);
  const position = Array.from(shape, () => 0);
  let from = 0;
  for (let element = 0; element < count; element += 1) {
    for (let b = 0; b < elementBytes; b += 1) out[element * elementBytes + b] = source[from * elementBytes + b]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      position[axis]! += 1;
      from += strides[axis]!;
      if (position[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      position[axis] = 0;
    }
  }
  return out;
}

/** Index over entries of one or several open files. */
export function createWeightsIndex(files: readonly OpenFile[], entries: ReadonlyMap<string, WeightEntry>, indexFile?: string): WeightsIndex {
  const fileByPath = new Map(files.map((file) => [file.path, file]));
  const readBytes = (name: string): Uint8Array => {
    const entry = entries.get(name);
    if (!entry) {
      const where = files.map((file) => file.path).join(', ');
      throw new StudioError('MODEL_INCOMPATIBLE', `${where} has no tensor named ${name}. The configuration belongs to other weights: import the model again.`, { details: { tensor: name } });
    }
    const bytes = fileByPath.get(entry.file)!.read(entry.byteOffset, entry.byteLength);
    return entry.strides ? gather(bytes, DTYPE_BYTES[entry.dtype], entry.shape, entry.strides) : bytes;
  };
  return {
    entries,
    ...(indexFile === undefined ? {} : { indexFile }),
    readBytes,
    readFloat32: (name) => bytesToFloat32(readBytes(name), entries.get(name)!.dtype),
    close: () => { for (const file of files) file.close(); },
  };
}
