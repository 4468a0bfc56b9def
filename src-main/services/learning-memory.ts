import type { LearningSettings } from '../../src-shared/contract/motions.ts';
import { estimateLearningMemory } from '../engine/training/learning-memory.ts';
import type { OpenedPack } from '../models/model-registry.ts';

const known = new Map<string, number | null>();

/** What learning will need, in bytes; computed once per model and form. Null where the model cannot be read. */
export function expectedLearningBytes({ dir, keyframesSha256 }: OpenedPack, settings: LearningSettings): number | null {
  const key = `${keyframesSha256}/${settings.loss}/${settings.rank === 'full' ? 'full' : 'lowRank'}`;
  let bytes = known.get(key);
  if (bytes === undefined) {
    try {
      bytes = estimateLearningMemory(dir, settings);
    } catch {
      bytes = null;
    }
    known.set(key, bytes);
  }
  return bytes;
}
