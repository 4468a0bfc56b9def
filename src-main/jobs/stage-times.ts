import type { Recipe, StageSettings } from '../../src-shared/recipe/recipe.ts';
import type { StepTimeRepository } from '../store/app-store.ts';

/** Frames in tiles take longer than whole ones: their times are kept apart. */
export const tilesInKey = ({ tiles }: StageSettings): string => (tiles === undefined ? '' : `/${tiles} tiles`);

/** What a stage's duration depends on beside its number of steps. */
function stageTimeKey(recipe: Recipe, settings: StageSettings): string {
  const guided = settings.guidanceScale > 1 ? 'guided' : 'plain';
  return `${recipe.pack.sha256}/${recipe.engine.executionProvider}/${settings.stage}/${guided}/${settings.strength ?? 1}${tilesInKey(settings)}`;
}

const ENCODE_KEY = 'encode';

/** How long a stage will take on this machine, in milliseconds; null until it has been measured once, in tiles as large as the settings say. */
export function expectedStageMs(stepTimes: StepTimeRepository, recipe: Recipe, settings: StageSettings): number | null {
  const measured = stepTimes.get(stageTimeKey(recipe, settings));
  return measured === null ? null : measured.fixedMs + measured.stepMs * settings.numInferenceSteps;
}

/** Remembers a stage that ran from its beginning to its end. `unitsMs` is the time of all its units (steps times windows). */
export function recordStageTime(stepTimes: StepTimeRepository, recipe: Recipe, settings: StageSettings, measured: { readonly unitsMs: number; readonly wallMs: number }): void {
  stepTimes.record(stageTimeKey(recipe, settings), {
    stepMs: measured.unitsMs / settings.numInferenceSteps,
    fixedMs: Math.max(0, measured.wallMs - measured.unitsMs),
  });
}

/** How long encoding a clip takes; encoding is short, so one number serves all sizes. */
export function expectedEncodeMs(stepTimes: StepTimeRepository): number | null {
  return stepTimes.get(ENCODE_KEY)?.fixedMs ?? null;
}

export function recordEncodeTime(stepTimes: StepTimeRepository, wallMs: number): void {
  stepTimes.record(ENCODE_KEY, { stepMs: 0, fixedMs: wallMs });
}
