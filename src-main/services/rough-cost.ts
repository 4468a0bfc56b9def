import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { StageSettings } from '../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

/** What guesses need of a pack. */
export interface GuessablePack {
  readonly dir: string;
  readonly index: Pick<ModelIndex, 'sizes' | 'stages'>;
  readonly pack: { readonly sizeBytes: number };
}

/**
 * First guesses of time, for work that this machine has never done: from the size of the weights, the size of the pictures and how
 * fast the machine multiplies. Whatever was measured here replaces them.
 */
export interface RoughCost {
  /** Milliseconds for `frames` frames of a stage. */
  stageMs(pack: GuessablePack, settings: StageSettings, frames: number): number;
  encodeMs(frames: number): number;
}

/**
 * Multiplications per byte of 16-bit weights and output pixel, as measured with the embedded pack's stages on one core, in
 * units of what the probe below does in the same time. They differ because UNets work at other depths.
 */
const WORK_PER_BYTE_PIXEL: Readonly<Record<StageName, number>> = { keyframes: 4.4e-4, interpolation: 1.5e-3, superResolution1: 9.4e-4, superResolution2: 3.1e-5 };
/** Loading a model and preparing its graph. */
const LOAD_MS_PER_MEGABYTE = 25;
const ENCODE_MS_PER_FRAME = 25;

const SPEED_KEY = 'machineSpeed/1';
const PROBE_SIZE = 160;
const PROBE_MS = 40;

/** Millions of multiplications a millisecond of one core, in plain script. Takes some 40 ms. */
export function probeSpeed(now: () => number = () => performance.now()): number {
  const n = PROBE_SIZE;
  const [a, b, c] = [new Float32Array(n * n).fill(0.5), new Float32Array(n * n).fill(0.25), new Float32Array(n * n)];
  const multiply = (): void => {
    for (let row = 0; row < n; row += 1) {
      for (let inner = 0; inner < n; inner += 1) {
        const factor = a[row * n + inner]!;
        for (let column = 0; column < n; column += 1) c[row * n + column] = c[row * n + column]! + factor * b[inner * n + column]!;
      }
    }
  };
  // The first rounds are slow until the script is compiled.
  multiply();
  multiply();
  const beganAt = now();
  let rounds = 0;
  let spentMs = 0;
  while (spentMs < PROBE_MS) {
    multiply();
    rounds += 1;
    spentMs = now() - beganAt;
  }
  return (rounds * n ** 3) / 1e6 / spentMs;
}

function bytesBelow(folder: string): number {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);
  } catch {
    return 0;
  }
}

/** Bytes of a stage's weights; of packs whose files lie elsewhere an equal share of the whole. */
function stageBytes({ dir, index, pack }: GuessablePack, stage: StageName): number {
  const folder = index.stages[stage];
  const own = folder === undefined ? 0 : bytesBelow(join(dir, folder, 'unet'));
  return own > 0 ? own : pack.sizeBytes / Math.max(1, Object.keys(index.stages).length);
}

export function createRoughCost({ settings, threads, probe = probeSpeed }: { readonly settings: SettingRepository; readonly threads: number; readonly probe?: () => number }): RoughCost {
  /** Of all cores together, remembered: a machine does not change between two questions. */
  const speed = (): number => {
    const known = settings.get(SPEED_KEY);
    if (typeof known === 'number' && known > 0) return known * threads ** 0.85;
    const measured = probe();
    settings.set(SPEED_KEY, measured);
    return measured * threads ** 0.85;
  };
  return {
    stageMs: (pack, { stage, numInferenceSteps, guidanceScale, strength }, frames) => {
      const size = pack.index.sizes[stage];
      if (size === undefined) return 0;
      const bytes = stageBytes(pack, stage);
      const passes = Math.max(1, Math.floor(numInferenceSteps * (strength ?? 1))) * (guidanceScale > 1 ? 2 : 1);
      const millions = (bytes * size.width * size.height * frames * passes * WORK_PER_BYTE_PIXEL[stage]) / 1e6;
      return millions / speed() + (LOAD_MS_PER_MEGABYTE * bytes) / 1e6;
    },
    encodeMs: (frames) => 500 + ENCODE_MS_PER_FRAME * frames,
  };
}

/** Fills in what was never measured by guesses, scaled by how far the guesses of measured parts were off on this machine. */
export function completeTimes(times: readonly { readonly measuredMs: number | null; readonly roughMs: number }[]): { readonly ms: number; readonly isRough: boolean } {
  const known = times.filter(({ measuredMs }) => measuredMs !== null && measuredMs > 0);
  const guessed = known.reduce((sum, { roughMs }) => sum + roughMs, 0);
  const correction = guessed > 0 ? known.reduce((sum, { measuredMs }) => sum + (measuredMs ?? 0), 0) / guessed : 1;
  return { ms: times.reduce((sum, { measuredMs, roughMs }) => sum + (measuredMs ?? roughMs * correction), 0), isRough: times.some(({ measuredMs }) => measuredMs === null) };
}
