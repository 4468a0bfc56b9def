import { isPickledDict, isPickledTensor, readTensorPickle } from './tensor-pickle.ts';
import type { PickledDict, PickledTensor } from './tensor-pickle.ts';
import { DTYPE_BYTES, elementCount } from './weight-dtype.ts';
import { weightsInvalid } from './weights-index.ts';
import type { OpenFile, WeightEntry } from './weights-index.ts';
import { readZipDirectory } from './zip-directory.ts';
import type { ZipEntry } from './zip-directory.ts';

const MAX_PICKLE_BYTES = 100_000_000;

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    if (shape[axis]! !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

function locate(file: OpenFile, name: string, tensor: PickledTensor, bytes: ZipEntry | undefined): WeightEntry {
  const fail = (problem: string): Error => weightsInvalid(file.path, `tensor ${name} ${problem}`);
  if (!bytes) throw fail(`needs storage ${tensor.storageKey}, which the archive does not hold`);
  const width = DTYPE_BYTES[tensor.dtype];
  if (tensor.storageElements * width > bytes.byteLength) throw fail(`claims a storage of ${tensor.storageElements * width} bytes; the archive holds ${bytes.byteLength}`);
  const count = elementCount(tensor.shape);
  if (count === null) throw fail('has an impossible shape');
  const contiguous = count === 0 || isContiguous(tensor.shape, tensor.strides);
  const lastElement = tensor.shape.reduce((sum, dimension, axis) => sum + (dimension - 1) * tensor.strides[axis]!, 0);
  const span = count === 0 ? 0 : contiguous ? count : lastElement + 1;
  if (tensor.offset + span > tensor.storageElements) throw fail(`reaches element ${tensor.offset + span} of ${tensor.storageElements}`);
  // A small storage seen through stride 0 may claim any size; converted weights must not be larger than their file.
  if (!contiguous && count > tensor.storageElements) throw fail(`repeats ${tensor.storageElements} stored elements as ${count}`);
  return {
    name, dtype: tensor.dtype, shape: tensor.shape, file: file.path,
    byteOffset: bytes.byteOffset + tensor.offset * width, byteLength: span * width, inPlace: contiguous,
    ...(contiguous ? {} : { strides: tensor.strides }),
  };
}

function stateDict(file: OpenFile, root: unknown): PickledDict {
  if (!(root instanceof Map)) throw weightsInvalid(file.path, 'does not hold a dictionary of tensors', 'Choose a file with a model\'s state dict.');
  const dict = root as PickledDict;
  const nested = dict.get('state_dict');
  return isPickledDict(nested) ? nested : dict;
}

/**
 * Lists the tensors of a PyTorch zip checkpoint (`torch.save` since 1.6). Its entries are stored uncompressed, so each
 * contiguous tensor has an offset in the file and can be referenced in place, as in safetensors. The pickle is never run.
 */
export function readTorchCheckpoint(file: OpenFile): ReadonlyMap<string, WeightEntry> {
  const zip = readZipDirectory(file);
  const pickle = [...zip.values()].find((entry) => entry.name.endsWith('/data.pkl') || entry.name === 'data.pkl');
  if (!pickle) throw weightsInvalid(file.path, 'is a zip archive without data.pkl', 'Choose a checkpoint written by torch.save, or safetensors.');
  if (pickle.byteLength > MAX_PICKLE_BYTES) throw weightsInvalid(file.path, `has a pickle of ${pickle.byteLength} bytes; the limit is ${MAX_PICKLE_BYTES}`);
  const folder = pickle.name.slice(0, -'data.pkl'.length);
  const order = zip.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(file.read(order.byteOffset, Math.min(order.byteLength, 16))) !== 'little') {
    throw weightsInvalid(file.path, 'was written on a big-endian machine', 'Convert it to safetensors.');
  }
  const entries = new Map<string, WeightEntry>();
  for (const [name, value] of stateDict(file, readTensorPickle(file.read(pickle.byteOffset, pickle.byteLength), file.path))) {
    // Counters and notes beside the tensors (step, version) are no weights.
    if (isPickledTensor(value)) entries.set(name, locate(file, name, value, zip.get(`${folder}data/${value.storageKey}`)));
  }
  if (entries.size === 0) throw weightsInvalid(file.path, 'holds no tensors', 'Choose a file with a model\'s state dict.');
  return entries;
}
