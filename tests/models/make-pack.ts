import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelIndex } from '../../src-shared/pack/model-index.ts';

/** A safetensors file with one tensor of `count` float16 zeros. */
export function tinySafetensors(count: number): Buffer {
  const header = Buffer.from(JSON.stringify({ weight: { dtype: 'F16', shape: [count], data_offsets: [0, count * 2] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(count * 2)]);
}

const settings = (stage: 'keyframes' | 'interpolation' | 'superResolution1' | 'superResolution2', numInferenceSteps: number) => ({ stage, numInferenceSteps, guidanceScale: 3 });

/** The description of a pack with all four stages. */
export const tinyIndex = (): Record<string, unknown> & Pick<ModelIndex, 'id'> => {
  const all = [settings('keyframes', 8), settings('interpolation', 4), settings('superResolution1', 4), settings('superResolution2', 4)];
  return {
    _class_name: 'MotifCascade', format: 1, id: 'tiny', name: 'Tiny', version: '1.0.0', licence: 'Apache-2.0',
    stages: { keyframes: 'keyframes', interpolation: 'interpolation', superResolution1: 'super_resolution_1', superResolution2: 'super_resolution_2' },
    output: { keyframes: 8, frames: 29, width: 576, height: 320, frameRate: { num: 8, den: 1 } },
    presets: { draft: all.slice(0, 1), standard: all, final: all },
  };
};

/** Writes a complete pack of a few hundred bytes into `dir`. */
export async function writeTinyPack(dir: string, index: Record<string, unknown> = tinyIndex()): Promise<void> {
  const files: Record<string, string | Buffer> = { 'model_index.json': JSON.stringify(index), 'README.md': 'A pack for tests.' };
  for (const folder of ['keyframes/unet', 'interpolation/unet', 'super_resolution_1/unet', 'super_resolution_2/unet', 'super_resolution_2/vae']) {
    files[`${folder}/config.json`] = '{}';
    files[`${folder}/diffusion_pytorch_model.safetensors`] = tinySafetensors(4);
  }
  for (const stage of ['keyframes', 'interpolation', 'super_resolution_1', 'super_resolution_2']) files[`${stage}/scheduler/scheduler_config.json`] = '{}';
  files['text_encoder/config.json'] = '{}';
  files['text_encoder/model.safetensors'] = tinySafetensors(8);
  files['tokenizer/tokenizer.json'] = '{}';
  for (const [relativePath, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, relativePath)), { recursive: true });
    await writeFile(path.join(dir, relativePath), content);
  }
}
