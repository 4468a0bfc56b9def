import { z } from 'zod';
import { Emphasis } from '../recipe/emphasis.ts';
import { StageTiles } from '../pack/tile-choice.ts';
import { MAX_MOTIONS } from '../recipe/motion-use.ts';
import { Preset, Recipe } from '../recipe/recipe.ts';
import { StageName } from '../recipe/stage-name.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { MotionChoice } from './motions.ts';
import { ProjectId } from './projects.ts';

export const GenerationRequest = z.object({
  projectId: ProjectId,
  prompt: z.string().trim().min(1, 'Type what should happen first.').max(2000),
  negativePrompt: z.string().max(2000).default(''),
  /** How much the prompt counts; as it is when left out. */
  emphasis: Emphasis.optional(),
  seed: z.number().int().min(0).max(0xffff_ffff),
  preset: Preset,
  packId: z.string().default('motif-mini'),
  /** Learned motions of the project, mixed. */
  motions: z.array(MotionChoice).max(MAX_MOTIONS).default([]),
  /** The prompt event whose take this becomes. */
  promptEventId: z.string().nullable().default(null),
});
export type GenerationRequest = z.infer<typeof GenerationRequest>;
/** A request as a client may write it: fields with defaults left out. */
export type GenerationInput = z.input<typeof GenerationRequest>;

export const GenerationPlan = z.object({
  recipe: Recipe,
  recipeHash: z.string(),
  /** A finished clip of this recipe that is already in the project. */
  cachedAssetId: AssetId.nullable(),
  /** Per stage: null until this machine has measured it. */
  stages: z.array(z.object({ stage: StageName, cached: z.boolean(), expectedMs: z.number().nullable() })),
  expectedMs: z.number().nullable(),
  /** Some of the time is guessed from this machine's speed, because it was never measured here. */
  isRough: z.boolean(),
  /** Stages that will run in tiles, because whole frames need more memory than is free. */
  tiles: z.array(StageTiles),
  expectedMemoryBytes: z.number().nullable(),
  output: z.object({ frames: z.number().int(), width: z.number().int(), height: z.number().int() }),
});
export type GenerationPlan = z.infer<typeof GenerationPlan>;

export const generationContract = {
  plan: method(GenerationRequest, GenerationPlan),
  /** `front`: ahead of everything that waits. A cache hit completes at once with the same job shape. */
  start: method(GenerationRequest.extend({ front: z.boolean().default(false) }), z.object({ jobId: JobId, recipeHash: z.string() })),
  /** What a draft of a pack takes on this machine, before there is any project. */
  expectedDraft: method(z.object({ packId: z.string() }), z.object({ expectedMs: z.number().nullable(), isRough: z.boolean() })),
  /** Stops an unfinished generation and makes a take of what its draft needs, ahead of the queue. INVALID_INPUT when it is a draft itself. */
  keepDraft: method(z.object({ projectId: ProjectId, jobId: JobId }), z.object({ jobId: JobId })),
};
