import type { SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import { SceneEvent } from '../../src-shared/recipe/scene-script.ts';

const PROMPTS = ['a red fish swims left', 'a blue bird flies right', 'a green car drives', 'a yellow boat sails', 'a white cat jumps', 'a black horse runs'];

export const sceneEvent = (index: number, more: Partial<SceneEvent> = {}): SceneEvent =>
  SceneEvent.parse({ id: `event${index}`, durationFrames: 32, prompt: PROMPTS[index % PROMPTS.length], negativePrompt: '', strength: 1, blendIn: 8, blendOut: 8, seedOffset: 0, ...more });

const STAGES = [
  { stage: 'keyframes', numInferenceSteps: 8, guidanceScale: 2 }, { stage: 'interpolation', numInferenceSteps: 1, guidanceScale: 1 },
  { stage: 'superResolution1', numInferenceSteps: 1, guidanceScale: 1 }, { stage: 'superResolution2', numInferenceSteps: 4, guidanceScale: 1, strength: 0.5 },
] as const;

export function sceneRecipe(events: readonly SceneEvent[], more: Partial<SceneRecipe> = {}): SceneRecipe {
  return {
    format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'motif-mini', version: '1', sha256: 'a'.repeat(64) },
    prompt: 'a scene', negativePrompt: '', seed: 7, preset: 'standard', stages: [...STAGES], frameRate: { num: 8, den: 1 },
    scene: { globalPrompt: 'at sea', events: [...events] }, ...more,
  };
}
