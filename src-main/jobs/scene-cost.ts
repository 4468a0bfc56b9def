import { assert } from '../../src-shared/errors/studio-error.ts';
import type { KeyedNode } from '../../src-shared/build/scene-keys.ts';
import type { SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import type { SceneGrid } from '../../src-shared/build/scene-layout.ts';
import type { ModelIndex, StageSize } from '../../src-shared/pack/model-index.ts';
import type { StageSettings } from '../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import type { StepTimeRepository } from '../store/app-store.ts';
import { tilesInKey } from './stage-times.ts';

/** Keyframe distance of packs without interpolation. */
const DEFAULT_STRIDE = 4;

/** The grid that a pack's scenes lie on. */
export function sceneGrid(index: Pick<ModelIndex, 'sizes'>): SceneGrid {
  const { keyframes, interpolation } = index.sizes;
  assert(keyframes !== undefined, 'every pack has keyframes');
  return { stride: interpolation?.window === undefined ? DEFAULT_STRIDE : interpolation.window - 1, window: keyframes.window ?? keyframes.frames };
}

export function sceneStageSize(index: Pick<ModelIndex, 'sizes'>, stage: StageName): StageSize {
  const size = index.sizes[stage];
  assert(size !== undefined, `the pack gives a size for ${stage}`);
  return size;
}

/** Work of a node in frames times steps; parts shorter than a window cost a whole one. */
function nodeWork(node: KeyedNode, settings: StageSettings, index: Pick<ModelIndex, 'sizes'>): number {
  const { window, frames } = sceneStageSize(index, node.stage);
  return Math.max(node.part.frames, Math.min(window ?? frames, frames)) * settings.numInferenceSteps;
}

function costKey(recipe: SceneRecipe, settings: StageSettings): string {
  const guided = settings.guidanceScale > 1 ? 'guided' : 'plain';
  return `scene/${recipe.pack.sha256}/${recipe.engine.executionProvider}/${settings.stage}/${guided}/${settings.strength ?? 1}/${settings.numInferenceSteps}${tilesInKey(settings)}`;
}

const settingsOf = (recipe: SceneRecipe, stage: StageName): StageSettings => {
  const settings = recipe.stages.find((candidate) => candidate.stage === stage);
  assert(settings !== undefined, `the recipe has settings for ${stage}`);
  return settings;
};

/** Milliseconds that nodes will take on this machine; null while one of their stages has never been measured. */
export function expectedNodesMs(stepTimes: StepTimeRepository, recipe: SceneRecipe, nodes: readonly KeyedNode[], index: Pick<ModelIndex, 'sizes'>): number | null {
  let sum = 0;
  for (const node of nodes) {
    const settings = settingsOf(recipe, node.stage);
    const measured = stepTimes.get(costKey(recipe, settings));
    if (measured === null) return null;
    sum += measured.fixedMs + measured.stepMs * nodeWork(node, settings, index);
  }
  return sum;
}

/** Remembers what a node took. */
export function recordNodeTime(stepTimes: StepTimeRepository, recipe: SceneRecipe, node: KeyedNode, index: Pick<ModelIndex, 'sizes'>, measured: { readonly unitsMs: number; readonly wallMs: number }): void {
  const settings = settingsOf(recipe, node.stage);
  stepTimes.record(costKey(recipe, settings), { stepMs: measured.unitsMs / nodeWork(node, settings, index), fixedMs: Math.max(0, measured.wallMs - measured.unitsMs) });
}

/** Bytes that the outputs of nodes will take in the project file: floats, and 8 bits for the last stage of the cascade. */
export function nodeBytes(node: KeyedNode, index: Pick<ModelIndex, 'sizes'>): number {
  const { width, height } = sceneStageSize(index, node.stage);
  return node.part.frames * width * height * 3 * (node.stage === 'superResolution2' ? 1 : 4);
}
