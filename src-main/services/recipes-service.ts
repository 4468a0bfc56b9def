import type { Asset } from '../../src-shared/contract/assets.ts';
import type { RecipeClip } from '../../src-shared/contract/recipes.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { clipsOfRecipe, isWithheld, parseCarriedRecipe, type CarriedClip } from '../../src-shared/recipe/carried-recipe.ts';
import { namedSources, recipeHash, type Recipe } from '../../src-shared/recipe/recipe.ts';
import { carriedRecipe, lastVerdict } from '../jobs/carried-recipes.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { EngineIdentity } from './generation-service.ts';
import type { OpenProjects } from './open-projects.ts';

/** What a recipe names by hash: motions and images. */
function sourcesOf(recipe: Recipe, store: ProjectStore): RecipeClip['sources'] {
  const { motions, images } = namedSources(recipe);
  const named = (kind: 'motion' | 'image', sha256: string, asset: Asset | null | undefined) => ({ kind, sha256, name: asset?.name ?? null, assetId: asset?.id ?? null });
  return [
    ...motions.map((sha256) => named('motion', sha256, store.motions.findBySha256(sha256)?.asset)),
    ...images.map((sha256) => named('image', sha256, store.assets.findBySha256(sha256))),
  ];
}

/** Recipes that came with files: what they say, what this studio lacks for them, and whether they hold what they promise. */
export function createRecipesService(parts: {
  readonly projects: OpenProjects;
  readonly models: Pick<ModelRegistry, 'usable'>;
  readonly engine: () => Promise<EngineIdentity>;
}): StudioHandlers['recipes'] {
  const { projects, models, engine } = parts;

  /** What this studio has: asked once for all clips of a file. */
  const here = async () => ({ packs: await models.usable(), engine: await engine() });

  const examine = async (store: ProjectStore, { recipe, startFrame, durationFrames }: CarriedClip, { packs, engine: identity }: Awaited<ReturnType<typeof here>>): Promise<RecipeClip> => {
    const installed = packs.find(({ pack }) => pack.id === recipe.pack.id)?.pack ?? null;
    const state = installed === null ? 'missing' : installed.sha256 === recipe.pack.sha256 ? 'same' : 'changed';
    const sources = sourcesOf(recipe, store);
    const lacking = sources.find(({ name }) => name === null);
    const { id, version, sha256 } = recipe.pack;
    const problem =
      isWithheld(recipe) ? 'The file was exported without its prompts: it tells how the clip was made, but the clip cannot be made again from it.'
      : state === 'missing' ? `The model pack "${id}" ${version} is not installed. Add it under Models to make the clip again.`
      : state === 'changed' ? `The model pack "${id}" that is installed (${installed?.version ?? '?'}) has other weights than the one that made the clip (${version}, ${sha256.slice(0, 8)}). Install that version to make the same clip.`
      : lacking === undefined ? null
      : lacking.kind === 'motion' ? `The project has not the motion ${lacking.sha256.slice(0, 8)} that the clip follows. Import its file (.motion.safetensors) first.`
      : `The project has not the image ${lacking.sha256.slice(0, 8)} that the clip begins or ends with. Import its file first.`;
    return {
      recipe, startFrame, durationFrames, isWithheld: isWithheld(recipe), sources, problem,
      pack: { state, name: installed?.name ?? null, version: installed?.version ?? null, stages: installed?.presets[recipe.preset] ?? null },
      engine: identity,
      knownAssetId: store.assets.findByRecipeHash(await recipeHash(recipe))?.id ?? null,
    };
  };

  /** Refuses what cannot be made here, in the words of the report. */
  const requireRunnable = async (store: ProjectStore, recipe: Recipe): Promise<void> => {
    const { problem, pack } = await examine(store, { recipe, startFrame: null, durationFrames: null }, await here());
    if (problem !== null) throw new StudioError(pack.state === 'missing' ? 'MODEL_MISSING' : pack.state === 'changed' ? 'MODEL_CHECKSUM_MISMATCH' : 'NOT_FOUND', problem, { details: { packId: recipe.pack.id } });
  };

  return {
    read: async ({ projectId, source }) => {
      const { store } = projects.get(projectId);
      const carried = 'text' in source ? parseCarriedRecipe(source.text) : carriedRecipe(store, source.assetId);
      if (carried === null) return { report: null };
      const has = await here();
      const clips: RecipeClip[] = [];
      for (const clip of clipsOfRecipe(carried)) clips.push(await examine(store, clip, has));
      return { report: { kind: 'kind' in carried ? 'timeline' : 'clip', clips } };
    },
    makeAgain: async ({ projectId, recipe, promptEventId }) => {
      const { store, queue } = projects.get(projectId);
      await requireRunnable(store, recipe);
      const now: Recipe = { ...recipe, engine: { name: 'motif-engine', ...(await engine()) } };
      const hash = await recipeHash(now);
      const job = now.scene === undefined ? queue.enqueue('generate', { recipe: now, recipeHash: hash, promptEventId }) : queue.enqueue('scene', { recipe: now, clipHash: hash, focusEventId: null, promptEventId: null });
      return { jobId: job.id };
    },
    verify: async ({ projectId, assetId }) => {
      const { store, queue } = projects.get(projectId);
      const asset = store.assets.get(assetId);
      const carried = carriedRecipe(store, assetId);
      if (carried === null) throw new StudioError('INVALID_INPUT', `"${asset.name}" carries no recipe. Only clips that were generated here, or exported with their recipe, can be made again.`, { details: { assetId } });
      const [clip, more] = clipsOfRecipe(carried);
      if (clip === undefined || more !== undefined) throw new StudioError('INVALID_INPUT', `"${asset.name}" was put together from several clips. Restore its timeline, make them again, and export it anew.`, { details: { assetId } });
      if (asset.kind !== 'video') throw new StudioError('INVALID_INPUT', `"${asset.name}" holds no moving pictures to compare. Verify a video.`, { details: { assetId } });
      await requireRunnable(store, clip.recipe);
      return { jobId: queue.enqueue('verify', { assetId, name: asset.name, recipe: clip.recipe }).id };
    },
    verdict: async ({ projectId, assetId }) => ({ verdict: lastVerdict(projects.get(projectId).store, assetId) }),
  };
}
