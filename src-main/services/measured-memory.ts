import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import type { SettingRepository } from '../store/setting-repository.ts';

/** What generations needed on this machine, by pack and preset. */
export interface MeasuredMemory {
  /** Bytes, or null until it has been measured. */
  expectedBytes(recipe: Recipe): number | null;
  /** `peakBytes`: the engine's highest so far, which an earlier and larger generation may have caused; so the lowest counts. */
  record(recipe: Recipe, peakBytes: number): void;
}

const keyOf = (recipe: Recipe) => `peakMemoryBytes/${recipe.pack.sha256}/${recipe.preset}`;

export function createMeasuredMemory(settings: SettingRepository): MeasuredMemory {
  const stored = (recipe: Recipe): number | null => {
    const value = settings.get(keyOf(recipe));
    return typeof value === 'number' ? value : null;
  };
  return {
    expectedBytes: stored,
    record(recipe, peakBytes) {
      if (peakBytes <= 0) return;
      settings.set(keyOf(recipe), Math.min(peakBytes, stored(recipe) ?? peakBytes));
    },
  };
}
