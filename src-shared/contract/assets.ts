import { z } from 'zod';
import { Recipe } from '../recipe/recipe.ts';
import { StageName } from '../recipe/stage-name.ts';
import { FrameRate } from '../timing/frame-rate.ts';
import { method } from '../rpc/contract-types.ts';
import { ProjectId } from './projects.ts';

export const AssetId = z.string().regex(/^asset:[0-9a-f-]{36}$/);

/** video | image | audio are media; `stage` is a cascade stage's float output kept for resuming and finishing drafts; `motion` a learned motion. */
export const AssetKind = z.enum(['video', 'image', 'audio', 'stage', 'motion']);
export type AssetKind = z.infer<typeof AssetKind>;

export const Asset = z.object({
  id: AssetId,
  kind: AssetKind,
  name: z.string(),
  mimeType: z.string(),
  sha256: z.string(),
  sizeBytes: z.number().int(),
  createdAt: z.string(),
  origin: z.enum(['generated', 'imported']),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  frames: z.number().int().nullable(),
  frameRate: FrameRate.nullable(),
  durationMs: z.number().nullable(),
  hasAudio: z.boolean(),
  /** PNG/JPEG poster asset served at `${mediaBase}/thumbnail/PROJECT/ASSET`; false while not made. */
  hasThumbnail: z.boolean(),
  stage: StageName.nullable(),
  recipe: Recipe.nullable(),
});
export type Asset = z.infer<typeof Asset>;

export const assetsContract = {
  list: method(z.object({ projectId: ProjectId, kinds: z.array(AssetKind).default(['video', 'image', 'audio']), search: z.string().max(200).default('') }), z.object({ assets: z.array(Asset) })),
  get: method(z.object({ projectId: ProjectId, assetId: AssetId }), Asset),
  /** Queues an import job for a file on the host's disk. Uploads from a page go over HTTP PUT `/upload/PROJECT/NAME`. */
  importFile: method(z.object({ projectId: ProjectId, path: z.string().min(1) }), z.object({ jobId: z.string() })),
  rename: method(z.object({ projectId: ProjectId, assetId: AssetId, name: z.string().min(1).max(200) }), Asset),
  /**
   * Deletes the outputs of stages that are kept so that edits and finer qualities begin from them (`library.diskUse` tells their size), and
   * answers with what went; clips and takes stay. CONFLICT while work that reads them is unfinished.
   */
  removeIntermediates: method(z.object({ projectId: ProjectId }), z.object({ count: z.number().int(), sizeBytes: z.number() })),
  remove: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({})),
};
