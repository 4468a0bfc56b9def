import { closeSync, openSync, writeSync } from 'node:fs';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { float32ToHalf } from '../../../src-main/engine/weights/float-formats.ts';
import { writeTorchCheckpoint } from './torch-checkpoint-writer.ts';
import type { CheckpointTensor } from './torch-checkpoint-writer.ts';

const POOL = 1 << 19;
const elements = ({ shape }: CheckpointTensor): number => shape.reduce((product, dim) => product * dim, 1);

/** Half-precision bytes for any tensor, cut from one pool: matrices scaled by fan-in, norms near one, so that deep networks stay finite. */
function createFiller(seed: number): (tensor: CheckpointTensor, put: (piece: Uint8Array) => void) => void {
  const normal = createNoise(seed).fork('weights').normal(POOL);
  const pools = new Map<number, Uint8Array>();
  const poolFor = (spread: number, offset: number): Uint8Array => {
    const key = spread * 2 + offset;
    const known = pools.get(key);
    if (known !== undefined) return known;
    const half = float32ToHalf(normal.map((value) => offset + value * spread));
    const bytes = new Uint8Array(half.buffer);
    pools.set(key, bytes);
    return bytes;
  };
  return (tensor, put) => {
    const isVector = tensor.shape.length === 1;
    const fanIn = isVector ? 1 : elements(tensor) / (tensor.shape[0] ?? 1);
    // Powers of two: few pools serve all layers.
    const spread = isVector ? 0.125 : 2 ** Math.round(Math.log2(fanIn ** -0.5));
    const pool = poolFor(spread, isVector && tensor.name.endsWith('weight') ? 1 : 0);
    for (let left = elements(tensor) * 2; left > 0; left -= pool.length) put(left >= pool.length ? pool : pool.subarray(0, left));
  };
}

let filler: ReturnType<typeof createFiller> | undefined;

/** Writes random weights under the given names, as the hub has them: safetensors or a PyTorch pickle, half precision. */
export function writeRandomCheckpoint(path: string, tensors: readonly CheckpointTensor[]): void {
  const fill = (filler ??= createFiller(1));
  if (path.endsWith('.bin')) {
    writeTorchCheckpoint(path, tensors, fill);
    return;
  }
  let at = 0;
  const header: Record<string, object> = { __metadata__: { format: 'pt' } };
  for (const tensor of tensors) {
    const end = at + elements(tensor) * 2;
    header[tensor.name] = { dtype: 'F16', shape: tensor.shape, data_offsets: [at, end] };
    at = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, 0x20)]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const fd = openSync(path, 'w');
  try {
    writeSync(fd, length);
    writeSync(fd, padded);
    for (const tensor of tensors) fill(tensor, (piece) => writeSync(fd, piece));
  } finally {
    closeSync(fd);
  }
}
