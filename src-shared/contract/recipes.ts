import { z } from 'zod';
import { Recipe, StageSettings } from '../recipe/recipe.ts';
import { RecipeVerdict } from '../recipe/recipe-verdict.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

/** Where a recipe comes from: media of the project that carry one, or the text of a file beside an export. */
export const RecipeSource = z.union([z.object({ assetId: AssetId }), z.object({ text: z.string().max(1_000_000) })]);
export type RecipeSource = z.infer<typeof RecipeSource>;

/** One clip of a recipe, held against this studio and this project. */
export const RecipeClip = z.object({
  recipe: Recipe,
  /** Place in the export, in its frames; null where the whole file is the clip. */
  startFrame: z.number().int().nullable(),
  durationFrames: z.number().int().nullable(),
  /** Came without prompts: it can be looked at, not made again. */
  isWithheld: z.boolean(),
  pack: z.object({
    /** `changed`: a pack of that id with other weights. */
    state: z.enum(['same', 'changed', 'missing']),
    /** Of the installed pack; null when there is none. */
    name: z.string().nullable(),
    version: z.string().nullable(),
    /** What its preset of the same name would do now; null when there is none. */
    stages: z.array(StageSettings).nullable(),
  }),
  engine: z.object({ version: z.string(), executionProvider: z.string() }),
  /** Learned motions and images that the recipe names; `name` and `assetId` null: the project has it not. */
  sources: z.array(z.object({ kind: z.enum(['motion', 'image']), sha256: z.string(), name: z.string().nullable(), assetId: AssetId.nullable() })),
  /** A clip of this very recipe that the project has already. */
  knownAssetId: AssetId.nullable(),
  /** Why it cannot be made again here, and what helps; null when it can. */
  problem: z.string().nullable(),
});
export type RecipeClip = z.infer<typeof RecipeClip>;

export const RecipeReport = z.object({ kind: z.enum(['clip', 'timeline']), clips: z.array(RecipeClip).min(1) });
export type RecipeReport = z.infer<typeof RecipeReport>;

export const recipesContract = {
  /** What a file carries about itself; null when that is nothing. Changes nothing, runs nothing. */
  read: method(z.object({ projectId: ProjectId, source: RecipeSource }), z.object({ report: RecipeReport.nullable() })),
  /** Makes the clip of a recipe with exactly its settings, as a take of an event or for the library. */
  makeAgain: method(z.object({ projectId: ProjectId, recipe: Recipe, promptEventId: z.string().nullable() }), z.object({ jobId: JobId })),
  /** Makes a clip again, apart from everything that the project has, and compares it with the file. */
  verify: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({ jobId: JobId })),
  /** What the last verification found; null when there was none. */
  verdict: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({ verdict: RecipeVerdict.nullable() })),
};
