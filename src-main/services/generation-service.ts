import type { z } from 'zod';
import { GenerationRequest, type GenerationPlan } from '../../src-shared/contract/generation.ts';
import type { MotionChoice } from '../../src-shared/contract/motions.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { TileNote } from '../../src-shared/pack/tile-choice.ts';
import { recipeHash, stageKey, withTiles, type Recipe, type StageSettings } from '../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import { GenerateClipData } from '../jobs/handlers/generate-clip.ts';
import { requireMotionsFit } from '../jobs/recipe-motions.ts';
import { expectedEncodeMs, expectedStageMs } from '../jobs/stage-times.ts';
import type { TileChooser } from '../jobs/tile-chooser.ts';
import type { ModelRegistry, OpenedPack } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { MemoryPlans } from './memory-plans.ts';
import type { MeasuredMemory } from './measured-memory.ts';
import type { OpenProjects } from './open-projects.ts';
import { rememberPrompt } from './prompts-service.ts';
import { completeTimes, type RoughCost } from './rough-cost.ts';

/** What names the engine in recipes: its frames may differ from one version or execution provider to the next. */
export interface EngineIdentity {
  readonly version: string;
  readonly executionProvider: string;
}

/** The motions of a request as a recipe names them. One that changes nothing is left out: the clip is then the model's own, found under its name. */
function motionsOf(store: ProjectStore, choices: readonly MotionChoice[], opened: OpenedPack): Pick<Recipe, 'motions'> {
  const uses = choices
    .filter(({ strength }) => strength > 0)
    .map(({ motionId, strength, noiseMix }) => ({ sha256: store.motions.get(motionId).asset.sha256, strength, noiseMix }))
    .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const twice = uses.find(({ sha256 }, index) => uses[index - 1]?.sha256 === sha256);
  if (twice !== undefined) throw new StudioError('INVALID_INPUT', 'The same motion is asked for twice. Give it once, with a higher strength.', { details: { sha256: twice.sha256 } });
  requireMotionsFit(store, uses, opened);
  return uses.length === 0 ? {} : { motions: uses };
}

/** The recipe of a wish on a pack, without motions. */
export function plainRecipe(wish: Pick<z.output<typeof GenerationRequest>, 'prompt' | 'negativePrompt' | 'emphasis' | 'seed' | 'preset'>, { pack }: OpenedPack, engine: EngineIdentity): Recipe {
  const stages = pack.presets[wish.preset];
  if (stages.length === 0) throw new StudioError('MODEL_INCOMPATIBLE', `The model pack "${pack.name}" has no preset "${wish.preset}". Choose another preset or pack.`, { details: { packId: pack.id, preset: wish.preset } });
  return {
    format: 1,
    engine: { name: 'motif-engine', ...engine },
    pack: { id: pack.id, version: pack.version, sha256: pack.sha256 },
    prompt: wish.prompt,
    negativePrompt: wish.negativePrompt.trim(),
    // At full strength it is the plain clip, found under its name.
    ...(wish.emphasis === undefined || wish.emphasis.strength === 1 ? {} : { emphasis: { strength: wish.emphasis.strength, against: wish.emphasis.against.trim() } }),
    seed: wish.seed,
    preset: wish.preset,
    stages: [...stages],
    frameRate: pack.output.frameRate,
  };
}

export function createGenerationService(parts: {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly engine: () => Promise<EngineIdentity>;
  readonly stepTimes: AppStore['stepTimes'];
  readonly memory: MeasuredMemory;
  readonly memoryPlans: Pick<MemoryPlans, 'require' | 'peakBytes'>;
  readonly tiles: TileChooser;
  readonly rough: RoughCost;
}): StudioHandlers['generation'] {
  const { projects, models, engine, stepTimes, memory, memoryPlans, tiles, rough } = parts;

  /** Everything that determines the clip, from a wish and what the pack says about its preset. */
  const resolve = async (request: z.output<typeof GenerationRequest>): Promise<{ recipe: Recipe; hash: string; opened: OpenedPack }> => {
    const opened = await models.get(request.packId);
    const recipe = { ...plainRecipe(request, opened, await engine()), ...motionsOf(projects.get(request.projectId).store, request.motions, opened) };
    return { recipe, hash: await recipeHash(recipe), opened };
  };

  return {
    plan: async (request): Promise<GenerationPlan> => {
      const { store } = projects.get(request.projectId);
      const { recipe, hash, opened } = await resolve(request);
      const whole = store.assets.findByRecipeHash(hash)?.id ?? null;
      const isKept = async (made: Recipe, stage: StageName): Promise<boolean> => store.assets.findByStageKey(await stageKey(made, stage)) !== null;
      /** The clip as it would be made now, and how far it is. */
      let made = recipe;
      const asked: { readonly settings: StageSettings; readonly isKept: boolean; readonly note: TileNote | null }[] = [];
      for (const settings of recipe.stages) {
        const { stage } = settings;
        const note = whole !== null || (await isKept(made, stage)) ? null : await tiles.choose({ opened, stage, inScene: false });
        if (note !== null) made = withTiles(made, stage, note.count);
        asked.push({ settings: made.stages[asked.length] ?? settings, note, isKept: await isKept(made, stage) });
      }
      const cachedAssetId = whole ?? store.assets.findByRecipeHash(await recipeHash(made))?.id ?? null;
      const stages = asked.map(({ settings, isKept: kept }): GenerationPlan['stages'][number] => {
        const cached = cachedAssetId !== null || kept;
        return { stage: settings.stage, cached, expectedMs: cached ? 0 : expectedStageMs(stepTimes, made, settings) };
      });
      const last = recipe.stages.at(-1)!.stage;
      const size = opened.index.sizes[last] ?? opened.pack.output;
      const { ms, isRough } = completeTimes([
        ...recipe.stages.map((settings, index) => ({ measuredMs: stages[index]?.expectedMs ?? null, roughMs: rough.stageMs(opened, settings, opened.index.sizes[settings.stage]?.frames ?? 0) })),
        { measuredMs: cachedAssetId === null ? expectedEncodeMs(stepTimes) : 0, roughMs: rough.encodeMs(size.frames) },
      ]);
      return {
        recipe, recipeHash: hash, cachedAssetId, stages, expectedMs: ms, isRough,
        tiles: asked.flatMap(({ settings: { stage }, note }, index) => (note === null || stages[index]?.cached === true ? [] : [{ stage, ...note }])),
        expectedMemoryBytes: memory.expectedBytes(recipe) ?? (await memoryPlans.peakBytes(opened, recipe.stages.map(({ stage }) => stage))),
        output: { frames: size.frames, width: size.width, height: size.height },
      };
    },
    start: async (request) => {
      const { queue, store } = projects.get(request.projectId);
      const { recipe, hash, opened } = await resolve(request);
      await memoryPlans.require(opened, request.preset);
      rememberPrompt(store, recipe.prompt, request.promptEventId);
      const job = queue.enqueue('generate', { recipe, recipeHash: hash, promptEventId: request.promptEventId }, { front: request.front });
      return { jobId: job.id, recipeHash: hash };
    },
    expectedDraft: async ({ packId }) => {
      const opened = await models.get(packId);
      const recipe = plainRecipe({ prompt: '-', negativePrompt: '', seed: 0, preset: 'draft' }, opened, await engine());
      const last = recipe.stages.at(-1)!.stage;
      const { ms, isRough } = completeTimes([
        ...recipe.stages.map((settings) => ({ measuredMs: expectedStageMs(stepTimes, recipe, settings), roughMs: rough.stageMs(opened, settings, opened.index.sizes[settings.stage]?.frames ?? 0) })),
        { measuredMs: expectedEncodeMs(stepTimes), roughMs: rough.encodeMs((opened.index.sizes[last] ?? opened.pack.output).frames) },
      ]);
      return { expectedMs: ms, isRough };
    },
    keepDraft: async ({ projectId, jobId }) => {
      const { queue, store } = projects.get(projectId);
      const row = store.jobs.get(jobId);
      const parsed = GenerateClipData.safeParse(row.data);
      if (row.kind !== 'generate' || !parsed.success || parsed.data.recipe.preset === 'draft') throw new StudioError('INVALID_INPUT', `"${row.title}" has no draft to keep. Cancel it instead.`, { details: { jobId } });
      const { recipe: whole, promptEventId } = parsed.data;
      const recipe: Recipe = { ...plainRecipe({ ...whole, preset: 'draft' }, await models.get(whole.pack.id), await engine()), ...(whole.motions === undefined ? {} : { motions: whole.motions }) };
      await queue.cancel(jobId);
      return { jobId: queue.enqueue('generate', { recipe, recipeHash: await recipeHash(recipe), promptEventId }, { front: true }).id };
    },
  };
}
