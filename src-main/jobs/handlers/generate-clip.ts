import { z } from 'zod';
import type { Media } from '../../media/media.ts';
import { Recipe, recipeHash, stageKey, withTiles, type StageSettings } from '../../../src-shared/recipe/recipe.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { moreTiles } from '../../../src-shared/pack/tile-choice.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import type { TensorMessage } from '../../engine/process/protocol.ts';
import type { StepTimeRepository } from '../../store/app-store.ts';
import type { AssetRow } from '../../store/asset-repository.ts';
import { runCheckpointed } from '../checkpointed-run.ts';
import { encodeMadeFrames } from '../complete-clip.ts';
import type { EngineClient } from '../engine-client.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import type { PackForMemory } from '../memory-steps.ts';
import { motionMessages, type MotionModel } from '../recipe-motions.ts';
import { requireSamePack } from '../same-pack.ts';
import { expectedEncodeMs, expectedStageMs, recordStageTime } from '../stage-times.ts';
import { inFittingTiles, type TileChooser } from '../tile-chooser.ts';
import { FRAMES_MIME_TYPE, TENSOR_MIME_TYPE, tensorFromBytes, tensorToBytes, tensorToRgb, videoSize } from '../tensor-bytes.ts';

/** What a generation job stores: enough to run it on another day. */
export const GenerateClipData = z.object({
  recipe: Recipe,
  recipeHash: z.string().regex(/^[0-9a-f]{64}$/),
  promptEventId: z.string().nullable().default(null),
});
export type GenerateClipData = z.infer<typeof GenerateClipData>;

/** What is needed of a pack to generate with it. */
export type RunnablePack = MotionModel & PackForMemory & { readonly pack: { readonly output: { readonly width: number; readonly height: number } } };

/** What generation needs from the rest of the studio. */
export interface GenerateClipOptions {
  readonly engine: EngineClient;
  readonly media: Pick<Media, 'encodeVideo' | 'thumbnail'>;
  /** Finds a pack's folder; throws MODEL_MISSING and the like. */
  readonly packs: { get(packId: string): Promise<RunnablePack> };
  readonly stepTimes: StepTimeRepository;
  readonly tiles: TileChooser;
  readonly threads: number;
  /** Where unfinished files go. */
  readonly temporaryFolder: string;
}

/** Each keyframe stands for this many frames of the finished clip (three are interpolated behind it). */
const KEYFRAME_STRIDE = 4;

/** Runs the recipe's stages, each from its last checkpoint, and encodes the last one's frames as a clip. */
export function createGenerateClipHandler(options: GenerateClipOptions): JobHandler<GenerateClipData> {
  const { engine, packs, stepTimes, tiles, threads } = options;

  const laterThan = (recipe: Recipe, index: number): number | null => {
    const later = [...recipe.stages.slice(index + 1).map((settings) => expectedStageMs(stepTimes, recipe, settings)), expectedEncodeMs(stepTimes)];
    return later.includes(null) ? null : later.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
  };

  const runStage = async (context: JobContext, recipe: Recipe, index: number, key: string, opened: RunnablePack, input: TensorMessage | null): Promise<TensorMessage> => {
    const settings = recipe.stages[index]!;
    const { store, job } = context;
    const runId = `${job.id}/${job.attempt}/${settings.stage}`;
    const motions = settings.stage === 'keyframes' ? motionMessages(store, recipe.motions ?? [], opened) : [];
    context.beginPart(settings.stage, settings.numInferenceSteps, laterThan(recipe, index));
    const { done, unitsMs } = await runCheckpointed(
      engine, context, key,
      { runId, packDir: opened.dir, motions, stage: settings.stage, prompt: recipe.prompt, negativePrompt: recipe.negativePrompt, ...(recipe.emphasis && { emphasis: recipe.emphasis }), seed: recipe.seed, settings, input, threads },
      // Before the model is loaded the number of units is not known.
      (event) => context.advance(event.step, event.total || settings.numInferenceSteps, event.stepMs),
    );
    saveStage(context, recipe, settings, key, done.tensor);
    if (unitsMs !== null && unitsMs > 0) recordStageTime(stepTimes, recipe, settings, { unitsMs, wallMs: done.wallMs });
    return done.tensor;
  };

  /** A stage's output in tiles that fit, found or made, and the recipe that says so. */
  const makeStage = (context: JobContext, wish: Recipe, index: number, opened: RunnablePack, input: TensorMessage | null): Promise<{ readonly recipe: Recipe; readonly output: TensorMessage | null }> => {
    const { store } = context;
    const { stage, tiles: atLeast } = wish.stages[index]!;
    return inFittingTiles(context, tiles, { opened, stage, inScene: false, part: stage, atLeast }, async (count) => {
      const recipe = withTiles(wish, stage, count);
      const key = await stageKey(recipe, stage);
      const found = store.assets.findByStageKey(key);
      if (found === null) return { recipe, output: await runStage(context, recipe, index, key, opened, input) };
      context.finishPart(stage, 'cached');
      return { recipe, output: found.mimeType === TENSOR_MIME_TYPE ? tensorFromBytes(store.assets.readAll(found.id), shapeOf(found)) : null };
    });
  };

  const encode = async (context: JobContext, data: GenerateClipData, { pack }: RunnablePack, rgb: Uint8Array, shape: readonly number[], frameAsset: AssetRow | null) => {
    const { recipe, recipeHash, promptEventId } = data;
    const { store } = context;
    const { frames, width, height } = videoSize(shape);
    const lastStage = recipe.stages.at(-1)!.stage;
    const frameRate: FrameRate = lastStage === 'keyframes' ? { num: recipe.frameRate.num, den: recipe.frameRate.den * KEYFRAME_STRIDE } : recipe.frameRate;
    await encodeMadeFrames(context, options, { frames: rgb, count: frames, width, height, shownAs: pack.output, frameRate, name: clipName(recipe), recipe, recipeHash }, (asset) => {
      store.takes.add({ promptEventId, assetId: asset.id, recipe, recipeHash });
      // The frames served the encoder; the clip holds them now.
      if (frameAsset !== null) store.assets.remove(frameAsset.id);
    });
  };

  return {
    kind: 'generate',
    lane: 'compute',
    data: GenerateClipData,
    title: ({ recipe }) => recipe.prompt,
    promptEventId: ({ promptEventId }) => promptEventId,
    parts: ({ recipe }) => [...recipe.stages.map((settings) => waitingPart(settings.stage, settings.numInferenceSteps)), waitingPart('encode')],
    immediate: ({ recipe, recipeHash, promptEventId }, store) => {
      const known = store.assets.findByRecipeHash(recipeHash);
      if (known === null) return null;
      store.takes.add({ promptEventId, assetId: known.id, recipe, recipeHash });
      return { resultAssetId: known.id };
    },
    run: async (data, context) => {
      const { promptEventId } = data;
      const { store } = context;
      const isKnown = (recipe: Recipe, recipeHash: string): boolean => {
        const known = store.assets.findByRecipeHash(recipeHash);
        if (known === null) return false;
        for (const { name, state } of context.job.parts) if (state !== 'done') context.finishPart(name, 'cached');
        context.complete(() => {
          store.takes.add({ promptEventId, assetId: known.id, recipe, recipeHash });
          return { resultAssetId: known.id };
        });
        return true;
      };
      // Another job may have made the very clip while this one waited.
      if (isKnown(data.recipe, data.recipeHash)) return;
      // What an earlier attempt found room for holds in this one.
      let recipe = data.recipe.stages.reduce((made, { stage, tiles: asked = 1 }) => withTiles(made, stage, moreTiles(asked, context.tilesOf(stage)?.count ?? 1)), data.recipe);
      const opened = await packs.get(recipe.pack.id);
      requireSamePack(recipe.pack.id, opened.pack.sha256, recipe.pack.sha256, 'clip');
      const keys = await Promise.all(recipe.stages.map((settings) => stageKey(recipe, settings.stage)));
      const stored = keys.map((key) => store.assets.findByStageKey(key));
      const lastStored = stored.findLastIndex((asset) => asset !== null);
      for (const [index, settings] of recipe.stages.entries()) {
        if (index <= lastStored && context.job.parts[index]?.state !== 'done') context.finishPart(settings.stage, 'cached');
      }
      let input: TensorMessage | null = null;
      const resumeFrom = stored[lastStored] ?? null;
      if (resumeFrom !== null && resumeFrom.mimeType === TENSOR_MIME_TYPE) input = tensorFromBytes(store.assets.readAll(resumeFrom.id), shapeOf(resumeFrom));
      for (let index = lastStored + 1; index < recipe.stages.length; index += 1) {
        context.signal.throwIfAborted();
        const made = await makeStage(context, recipe, index, opened, input);
        [recipe, input] = [made.recipe, made.output];
      }
      const hash = await recipeHash(recipe);
      if (hash !== data.recipeHash && isKnown(recipe, hash)) return;
      const lastStage = recipe.stages.at(-1)!.stage;
      const frameAsset = store.assets.findByStageKey(await stageKey(recipe, lastStage));
      assert(frameAsset !== null, 'the last stage left its output');
      const isFrames = frameAsset.mimeType === FRAMES_MIME_TYPE;
      const rgb = isFrames ? store.assets.readAll(frameAsset.id) : tensorToRgb(tensorFromBytes(store.assets.readAll(frameAsset.id), shapeOf(frameAsset)));
      await encode(context, { ...data, recipe, recipeHash: hash }, opened, rgb, shapeOf(frameAsset), isFrames ? frameAsset : null);
    },
  };
}

/** Stores a stage's output and marks the part done in one transaction. */
function saveStage(context: JobContext, recipe: Recipe, settings: StageSettings, key: string, tensor: TensorMessage): void {
  const { store, job } = context;
  const { frames, width, height } = videoSize(tensor.shape);
  // Nothing follows the last stage of the cascade: 8 bits are what the encoder takes, at a quarter of the size.
  const isLast = settings.stage === 'superResolution2';
  const writer = store.assets.beginWrite({
    kind: 'stage', name: `${settings.stage}: ${clipName(recipe)}`, mimeType: isLast ? FRAMES_MIME_TYPE : TENSOR_MIME_TYPE, origin: 'generated', stage: settings.stage, stageKey: key,
  });
  try {
    writer.write(isLast ? tensorToRgb(tensor) : tensorToBytes(tensor));
    context.finishPart(settings.stage, 'done', () => {
      writer.finish({ frames, width, height, shape: tensor.shape });
      store.checkpoints.clear(job.id);
    });
  } catch (error) {
    writer.abort();
    throw error;
  }
}

function shapeOf(asset: AssetRow): readonly number[] {
  assert(asset.shape !== null, `stage asset ${asset.id} has a shape`);
  return asset.shape;
}

/** The prompt, short enough for a library entry. */
function clipName(recipe: Recipe): string {
  const text = recipe.prompt.replace(/\s+/g, ' ').trim();
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
