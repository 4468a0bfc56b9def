import { z } from 'zod';
import { StageTiles } from '../pack/tile-choice.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

/** How many times each side becomes larger. */
export const UpscaleFactor = z.union([z.literal(2), z.literal(4)]);
export type UpscaleFactor = z.infer<typeof UpscaleFactor>;

/** Steps of the model by detail: 0 is the faithful mode, the conditional mean in one step; more steps draw details that the clip does not hold. */
export const UPSCALE_STEPS = [1, 2, 4, 8] as const;

/** Position of the detail slider: an index into `UPSCALE_STEPS`. */
export const UpscaleDetail = z.number().int().min(0).max(UPSCALE_STEPS.length - 1);

export const UpscaleRequest = z.object({
  projectId: ProjectId,
  assetId: AssetId,
  factor: UpscaleFactor.default(2),
  detail: UpscaleDetail.default(0),
  packId: z.string().default('motif-mini'),
});

export const UpscalePlan = z.object({
  width: z.number().int(),
  height: z.number().int(),
  frames: z.number().int(),
  /** Null until this machine has measured it. */
  expectedMs: z.number().nullable(),
  /** Size of the file, by the pixels and the bits that the clip spends on each of its own. */
  expectedBytes: z.number(),
  /** Tiles smaller than the model's own, because those need more memory than is free. */
  tiles: z.array(StageTiles),
});
export type UpscalePlan = z.infer<typeof UpscalePlan>;

/** Work on real footage. */
export const footageContract = {
  planUpscale: method(UpscaleRequest, UpscalePlan),
  /** Enlarges a clip of the library with the pack's super-resolution; sound and frame rate stay. The result is a new clip. */
  upscale: method(UpscaleRequest, z.object({ jobId: JobId })),
};
