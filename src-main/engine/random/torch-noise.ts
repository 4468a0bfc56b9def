/**
 * Normal numbers as PyTorch draws them on a CPU, to repeat published runs: MT19937 (Matsumoto and Nishimura 1998) with torch's
 * ways of turning words into normals. Unlike `Noise` it is one sequence: each draw continues after the one before.
 */
export interface TorchNoise {
  /** `torch.randn(count)` in float32, within 1e-6: torch uses vector approximations of log, sin and cos. */
  normal(count: number): Float32Array;
}

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;
const VECTOR = 16;

function createMersenneTwister(seed: number): () => number {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed >>> 0;
  for (let i = 1; i < STATE_WORDS; i += 1) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let position = STATE_WORDS;
  const refill = (): void => {
    for (let i = 0; i < STATE_WORDS; i += 1) {
      const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % STATE_WORDS]! & 0x7fffffff);
      state[i] = state[(i + SHIFT_WORDS) % STATE_WORDS]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    position = 0;
  };
  return () => {
    if (position === STATE_WORDS) refill();
    let word = state[position]!;
    position += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

/** Sixteen uniforms become sixteen normals: value j of the first half is paired with value j of the second (Box-Muller). */
function transformVector(data: Float32Array, start: number): void {
  for (let j = start; j < start + VECTOR / 2; j += 1) {
    const radius = Math.fround(Math.sqrt(Math.fround(-2 * Math.fround(Math.log(1 - data[j]!)))));
    const angle = Math.fround(Math.fround(2 * Math.PI) * data[j + VECTOR / 2]!);
    data[j] = radius * Math.fround(Math.cos(angle));
    data[j + VECTOR / 2] = radius * Math.fround(Math.sin(angle));
  }
}

/** A stream equal to `torch.Generator().manual_seed(seed)` on a CPU; only the low 32 bits of the seed count, as in torch. */
export function createTorchNoise(seed: number): TorchNoise {
  const nextWord = createMersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  const uniform24 = (): number => (nextWord() & 0xffffff) / 0x1000000;
  const uniform53 = (): number => {
    const high = nextWord();
    const low = nextWord();
    return ((high & 0x1fffff) * 0x100000000 + low) / 0x20000000000000;
  };
  let spare: number | null = null;

  /** Fewer than sixteen values are drawn one by one in double precision, keeping the second of each pair for the next draw. */
  const scalar = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const angle = 2 * Math.PI * uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform53()));
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };

  return {
    normal(count) {
      const data = new Float32Array(count);
      if (count < VECTOR) {
        for (let i = 0; i < count; i += 1) data[i] = scalar();
        return data;
      }
      for (let i = 0; i < count; i += 1) data[i] = uniform24();
      for (let start = 0; start + VECTOR <= count; start += VECTOR) transformVector(data, start);
      if (count % VECTOR !== 0) {
        // The last sixteen are drawn anew, over values already made.
        const start = count - VECTOR;
        for (let i = start; i < count; i += 1) data[i] = uniform24();
        transformVector(data, start);
      }
      return data;
    },
  };
}
