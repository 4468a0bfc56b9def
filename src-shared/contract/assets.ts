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

/** Frames of a clip beside each other in one picture, evenly spread over its length: how many, and the size of each in pixels. */
export const Filmstrip = z.object({ tiles: z.number().int(), width: z.number().int(), height: z.number().int() });
export type Filmstrip = z.infer<typeof Filmstrip>;

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
  /** Served at `${mediaBase}/filmstrip/PROJECT/ASSET`; null while not made. */
  filmstrip: Filmstrip.nullable(),
  /** Whether the course of its sound is there, as a picture at `${mediaBase}/waveform/PROJECT/ASSET`. */
  hasWaveform: z.boolean(),
  /** Whether there is a stand-in that every browser plays, at `${mediaBase}/proxy/PROJECT/ASSET`. Never exported. */
  hasProxy: z.boolean(),
  stage: StageName.nullable(),
  recipe: Recipe.nullable(),
});
export type Asset = z.infer<typeof Asset>;

export const assetsContract = {
  /** All assets of some kinds, or of those only the named ones that are there. The library is looked through by `library.page`. */
  list: method(z.object({ projectId: ProjectId, kinds: z.array(AssetKind).default(['video', 'image', 'audio']), ids: z.array(z.string().max(100)).max(200_000).optional() }), z.object({ assets: z.array(Asset) })),
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
