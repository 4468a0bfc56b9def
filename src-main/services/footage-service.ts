import { UpscaleRequest, type UpscalePlan } from '../../src-shared/contract/footage.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { z } from 'zod';
import type { UpscaleClipData } from '../jobs/handlers/upscale-clip.ts';
import { expectedUpscaleMs, requireUpscalable, upscaleShape } from '../jobs/upscale-plan.ts';
import { expectedTiles, type TileChooser } from '../jobs/tile-chooser.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { OpenProjects } from './open-projects.ts';

/** Bytes per pixel and frame of an enlarged clip, at least: smooth pictures at the encoder's quality. */
const LEAST_BYTES_PER_PIXEL = 0.02;

export function createFootageService(parts: { readonly projects: OpenProjects; readonly models: ModelRegistry; readonly stepTimes: AppStore['stepTimes']; readonly tiles: TileChooser }): StudioHandlers['footage'] {
  const { projects, models, stepTimes, tiles } = parts;
  const resolve = async ({ projectId, assetId, factor, packId }: z.output<typeof UpscaleRequest>) => {
    const opened = await models.get(packId);
    const asset = projects.get(projectId).store.assets.get(assetId);
    return { opened, asset, clip: requireUpscalable(asset, factor, opened.index) };
  };
  return {
    planUpscale: async (request): Promise<UpscalePlan> => {
      const { opened, asset, clip } = await resolve(request);
      const shape = upscaleShape(clip, opened.index.sizes);
      const pixels = clip.width * clip.height * request.factor ** 2 * clip.frames;
      return {
        width: clip.width * request.factor, height: clip.height * request.factor, frames: clip.frames,
        expectedMs: expectedUpscaleMs(stepTimes, opened.pack.sha256, shape, request.detail),
        // Twice the sides hold about twice the bytes at the same quality, not four times: they are smoother.
        tiles: await expectedTiles(tiles, opened, ['superResolution1'], { inScene: false }),
        expectedBytes: Math.round(Math.max(pixels * LEAST_BYTES_PER_PIXEL, asset.sizeBytes * request.factor)),
      };
    },
    upscale: async (request) => {
      const { opened, asset } = await resolve(request);
      const data: UpscaleClipData = { assetId: asset.id, name: asset.name, factor: request.factor, detail: request.detail, packId: request.packId, packSha256: opened.pack.sha256 };
      return { jobId: projects.get(request.projectId).queue.enqueue('upscale', data).id };
    },
  };
}
