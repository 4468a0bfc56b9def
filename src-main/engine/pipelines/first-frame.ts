import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { isImageUnet, parseUnet3dConfig } from '../nn/unet3d-config.ts';
import { fromDiffusers } from '../schedulers/from-diffusers.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { denoise, startPosition } from './denoise.ts';
import { readConfig } from './open-pack.ts';
import { enlargeVideo } from './enlarge.ts';
import { loadTiledUnet } from './stage-sessions.ts';
import type { StageContext } from './stage-step.ts';
import type { SuperResolution1Models } from './super-resolution-1.ts';

/** How Show-1's script runs DeepFloyd's image super-resolution (show1.md 3.1). */
const SETTINGS = { numInferenceSteps: 70, guidanceScale: 4, noiseLevel: 150 } as const;

/** Size of the enlarged frame, and what its session needs. */
export interface FirstFrameSettings {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  readonly tokens: number;
  readonly threads: number;
  readonly tiles: TileCount;
}

/**
 * The image model that makes superResolution1's clean first frame (DeepFloyd IF-II-L), from its folder; nothing where the
 * pack has none. Its session lives for that one frame.
 */
export function firstFrameModel(folder: string | null, context: StageContext, settings: FirstFrameSettings): Pick<SuperResolution1Models, 'firstFrame'> {
  if (folder === null) return {};
  const path = join(folder, 'unet', 'config.json');
  const config = parseUnet3dConfig(readConfig(path), path);
  if (!isImageUnet(config) || config.in_channels !== 6 || config.class_embed_type !== 'timestep') {
    throw new StudioError('MODEL_INCOMPATIBLE', `${path} is not the image super-resolution that Show-1 uses for the first frame. Import DeepFloyd/IF-II-L-v1.0, or remove that folder from the pack.`, { details: { file: path } });
  }
  const scheduler = fromDiffusers(readConfig(join(folder, 'scheduler', 'scheduler_config.json')), SETTINGS.numInferenceSteps);
  const noising = join(folder, 'image_noising_scheduler', 'scheduler_config.json');
  const { addNoise } = existsSync(noising) ? fromDiffusers(readConfig(noising), 1) : scheduler;
  return {
    firstFrame: async (lowResolution: Tensor) => {
      const shape = [1, 3, 1, settings.height, settings.width];
      const values = 3 * settings.height * settings.width;
      const noise = context.noise.fork('firstFrame');
      const condition = addNoise(enlargeVideo(lowResolution, settings.scale, 'cornerBilinear'), { data: noise.fork('condition').normal(values), shape }, SETTINGS.noiseLevel);
      const { model, release } = await loadTiledUnet(folder, config, { batch: 1, frames: 1, height: settings.height, width: settings.width, tokens: settings.tokens }, settings.tiles, false, settings.threads);
      try {
        const steps = denoise(
          { ...context, unet: model, scheduler, guidanceScale: SETTINGS.guidanceScale, condition, classLabel: SETTINGS.noiseLevel, noise },
          startPosition({ data: noise.fork('sample').normal(values), shape }),
        );
        let step = await steps.next();
        while (!step.done) step = await steps.next();
        return step.value;
      } finally {
        await release();
      }
    },
  };
}
