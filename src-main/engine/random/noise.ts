import { createHash } from 'node:crypto';
import { philoxBlock } from './philox.ts';

/**
 * One named stream of random numbers. It holds no position: the same stream always gives the same values, and the first
 * values do not depend on how many are asked for. Draw once per name, and fork a name for every draw.
 */
export interface Noise {
  /** The stream below this one; the path of labels is hashed into the key, so sibling streams are independent. */
  fork(label: string): Noise;
  /** The first `count` standard normal values (Box-Muller in float64, rounded to float32). */
  normal(count: number): Float32Array;
  /** The same values from `start` to `start + count`, without those before them. */
  normalFrom(start: number, count: number): Float32Array;
  /** The first `count` values uniform in [0, 1), 53 bits each. */
  uniform(count: number): Float64Array;
}

/** `count` words behind the first `start`, a multiple of four, of the stream whose key and upper counter come from `digest`. */
function words(digest: Buffer, count: number, start = 0): Uint32Array {
  const key = [digest.readUInt32LE(0), digest.readUInt32LE(4)] as const;
  const [c2, c3] = [digest.readUInt32LE(8), digest.readUInt32LE(12)];
  const [blocks, first] = [Math.ceil(count / 4), start / 4];
  const out = new Uint32Array(blocks * 4);
  for (let index = 0; index < blocks; index += 1) {
    const block = first + index;
    philoxBlock([block >>> 0, Math.floor(block / 0x100000000), c2, c3], key, out, index * 4);
  }
  return out;
}

function createStream(path: readonly string[]): Noise {
  // A length before each part: ['a/b'] and ['a', 'b'] are different streams.
  const digest = createHash('sha256').update(path.map((part) => `${part.length}:${part}`).join('')).digest();
  const normalAt = (start: number, count: number): Float32Array => {
    const bits = words(digest, count + (count % 2), start);
    const out = new Float32Array(count);
    for (let i = 0; i < count; i += 2) {
      // 2^-32 (n + 1) lies in (0, 1]: its logarithm is finite.
      const radius = Math.sqrt(-2 * Math.log((bits[i]! + 1) / 0x100000000));
      const angle = 2 * Math.PI * (bits[i + 1]! / 0x100000000);
      out[i] = radius * Math.cos(angle);
      if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  };
  return {
    fork: (label) => createStream([...path, label]),
    normal: (count) => normalAt(0, count),
    normalFrom(start, count) {
      const before = start % 4;
      return normalAt(start - before, before + count).subarray(before);
    },
    uniform(count) {
      const bits = words(digest, count * 2);
      const out = new Float64Array(count);
      for (let i = 0; i < count; i += 1) out[i] = ((bits[2 * i]! >>> 5) * 0x4000000 + (bits[2 * i + 1]! >>> 6)) / 0x20000000000000;
      return out;
    },
  };
}

/** The root stream of a seed (any safe integer): `createNoise(7).fork('keyframes').fork('step3').normal(n)`. */
export function createNoise(seed: number): Noise {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed} is not a whole number`);
  return createStream(['motif-noise-1', String(seed)]);
}
