import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writeRunnablePack } from '../../engine/process/make-runnable-pack.ts';

/** A folder of packs with one small pack inside; give it to `launchStudio` as `packsDir`. */
export interface StudioPack {
  readonly packsDir: string;
  remove(): Promise<void>;
}

const WORDS = 'swims right left in the sea flies sky yellow star moves up at night green boat sails white rocket pink heart down quickly slowly calm light'.split(' ');

/**
 * A whole cascade with random weights: 8 keyframes of 32 x 16 become 29 frames of 128 x 64 within seconds. Its pictures are
 * noise; everything around them is real. `final` takes a thousand steps, so that there is time to pause and cancel it.
 */
export async function createStudioPack(): Promise<StudioPack> {
  const packsDir = await mkdtemp(path.join(os.tmpdir(), 'motif-e2e-pack-'));
  const folder = path.join(packsDir, 'small');
  writeRunnablePack(folder);
  const rewrite = (name: string, change: (json: Record<string, unknown>) => object) => {
    const file = path.join(folder, name);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
  };
  rewrite('tokenizer/tokenizer.json', (json) => {
    const model = json['model'] as { vocab: Record<string, number> };
    // Its text encoder knows eight tokens: other words share them.
    const shared = Object.fromEntries(WORDS.map((word, index) => [word, 3 + (index % 5)]));
    return { ...json, model: { ...model, vocab: { ...shared, ...model.vocab } } };
  });
  const stages = (keyframeSteps: number) => [
    { stage: 'keyframes', numInferenceSteps: keyframeSteps, guidanceScale: 3 },
    { stage: 'interpolation', numInferenceSteps: 2, guidanceScale: 1 },
    { stage: 'superResolution1', numInferenceSteps: 2, guidanceScale: 1 },
    { stage: 'superResolution2', numInferenceSteps: 4, guidanceScale: 1, strength: 0.5 },
  ];
  rewrite('model_index.json', (json) => ({
    ...json,
    id: 'small', name: 'Small', description: 'Random weights for tests.', promptTokens: 12,
    sizes: {
      keyframes: { frames: 8, width: 32, height: 16 },
      interpolation: { frames: 29, width: 32, height: 16, window: 5, stride: 4 },
      superResolution1: { frames: 29, width: 64, height: 32, window: 8, stride: 7 },
      superResolution2: { frames: 29, width: 128, height: 64 },
    },
    output: { keyframes: 8, frames: 29, width: 128, height: 64, frameRate: { num: 8, den: 1 } },
    presets: { draft: stages(24).slice(0, 1), standard: stages(24), final: stages(1000) },
  }));
  return { packsDir, remove: () => rm(packsDir, { recursive: true, force: true }) };
}
