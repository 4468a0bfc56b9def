import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { buildSceneGraph, isSceneRecipe, lastStageNodes, type FrameSource, type SceneGraph, type SceneRecipe } from '../../../src-shared/build/scene-graph.ts';
import type { KeyedNode } from '../../../src-shared/build/scene-keys.ts';
import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import { moreTiles } from '../../../src-shared/pack/tile-choice.ts';
import { canonicalJson, Recipe, withTiles } from '../../../src-shared/recipe/recipe.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import type { TensorMessage } from '../../engine/process/protocol.ts';
import type { Media } from '../../media/media.ts';
import type { StepTimeRepository } from '../../store/app-store.ts';
import type { AssetRow } from '../../store/asset-repository.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { runCheckpointed, runCheckpointedInFolder } from '../checkpointed-run.ts';
import { encodeMadeFrames } from '../complete-clip.ts';
import type { EngineClient, EngineProgress } from '../engine-client.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import { measureAdherence } from '../scene-adherence.ts';
import { motionMessages } from '../recipe-motions.ts';
import { readImage } from '../read-image.ts';
import { expectedNodesMs, recordNodeTime, sceneGrid, sceneStageSize } from '../scene-cost.ts';
import { requireSamePack } from '../same-pack.ts';
import { planNodes, planScene, sceneClipHash, type PlannedNodes } from '../scene-plan.ts';
import { runFolder, withScratchFolder } from '../scratch-folder.ts';
import { expectedEncodeMs } from '../stage-times.ts';
import type { RunnablePack } from './generate-clip.ts';
import { joinFrames, readFrames, readRgb } from '../stored-frames.ts';
import { inFittingTiles, type TileChooser } from '../tile-chooser.ts';
import { FRAMES_MIME_TYPE, TENSOR_MIME_TYPE, tensorToBytes, tensorToRgb, videoSize } from '../tensor-bytes.ts';

/** What a scene job stores. */
export const RenderSceneData = z.object({
  recipe: Recipe.refine(isSceneRecipe, 'is not a scene'),
  /** Names the clip: the recipe's hash, or of recipe and focus. */
  clipHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The event whose frames alone become the clip (a take of it); null: the whole scene. */
  focusEventId: z.string().nullable(),
  /** Where the take goes. */
  promptEventId: z.string().nullable(),
  /** Also measure how strongly the events' frames attend to their words. */
  adherence: z.boolean().default(false),
});
export type RenderSceneData = z.infer<typeof RenderSceneData>;

/** What is needed of a pack to render scenes with it. */
export type ScenePack = RunnablePack;

/** What scenes need from the rest of the studio. */
export interface RenderSceneOptions {
  readonly engine: EngineClient;
  readonly media: Pick<Media, 'encodeVideo' | 'thumbnail' | 'decodeFrames'>;
  readonly packs: { get(packId: string): Promise<ScenePack> };
  readonly stepTimes: StepTimeRepository;
  readonly tiles: TileChooser;
  readonly threads: number;
  readonly temporaryFolder: string;
}

/** A node's progress is counted in hundredths: nodes of a stage differ in length. */
const TICKS = 100;

/** Which frames of the last stage the clip shows: `start` to `end`, at that stage's rate. */
function shownFrames(graph: SceneGraph, focusEventId: string | null, atKeyframes: boolean, stride: number): { start: number; end: number } {
  const { layout } = graph;
  if (focusEventId === null) return { start: 0, end: atKeyframes ? layout.keyframes : layout.frames };
  const span = layout.spans.find(({ event }) => event.id === focusEventId);
  if (span === undefined) throw new StudioError('NOT_FOUND', 'The event is no longer part of the scene. Choose another one.', { details: { promptEventId: focusEventId } });
  const scale = atKeyframes ? 1 : stride;
  return { start: span.first * scale, end: atKeyframes ? span.end : Math.min(span.end * scale, layout.frames) };
}

/** Runs the stale nodes of a scene's build graph, keeps each one's frames, and encodes what they make together. */
export function createRenderSceneHandler(options: RenderSceneOptions): JobHandler<RenderSceneData> {
  const { engine, media, packs, stepTimes, tiles, threads, temporaryFolder } = options;

  const framesOf = async (store: ProjectStore, source: FrameSource, keys: ReadonlyMap<string, string>, size: { width: number; height: number }, signal: AbortSignal): Promise<TensorMessage> => {
    if (source.kind === 'image') return withScratchFolder(temporaryFolder, (folder) => readImage(store, media, source.sha256, size, folder, signal));
    const key = keys.get(source.node);
    const asset = key === undefined ? null : store.assets.findByStageKey(key);
    assert(asset !== null, `${source.node} left its frames`);
    return readFrames(store, asset, source.from, source.count);
  };

  const runNode = async (context: JobContext, recipe: SceneRecipe, node: KeyedNode, keys: ReadonlyMap<string, string>, opened: ScenePack, doneBefore: number, ticks: number) => {
    const { store, job, signal } = context;
    const settings = recipe.stages.find(({ stage }) => stage === node.stage);
    assert(settings !== undefined, `the recipe has settings for ${node.stage}`);
    const read = async (sources: readonly FrameSource[], stage: StageName) => {
      const parts: TensorMessage[] = [];
      for (const source of sources) parts.push(await framesOf(store, source, keys, sceneStageSize(opened.index, stage), signal));
      return parts.length === 0 ? null : joinFrames(parts);
    };
    const [input, known, looks] = [await read(node.input, node.stage), await read(node.known, node.stage), await read(node.looks ?? [], node.stage)];
    const command = { runId: `${job.id}/${job.attempt}/${node.id}`, packDir: opened.dir, motions: motionMessages(store, node.motions, opened), stage: node.stage, prompt: '', negativePrompt: '', seed: node.seed, settings, input, threads, scene: { part: node.part, known, looks } };
    const onProgress = ({ step, total, stepMs }: EngineProgress): void => {
      const share = total === 0 ? 0 : Math.round((TICKS * step) / total);
      context.advance(doneBefore * TICKS + share, ticks, stepMs === null || total === 0 ? null : (stepMs * total) / TICKS);
    };
    const remember = (unitsMs: number | null, wallMs: number): void => {
      if (unitsMs !== null && unitsMs > 0) recordNodeTime(stepTimes, recipe, node, opened.index, { unitsMs, wallMs });
    };
    if (node.stage !== 'keyframes') {
      const { done, unitsMs } = await runCheckpointed(engine, context, node.key, command, onProgress);
      saveNode(context, node, { shape: done.tensor.shape, bytes: [node.stage === 'superResolution2' ? tensorToRgb(done.tensor) : tensorToBytes(done.tensor)] }, done.wallMs);
      remember(unitsMs, done.wallMs);
      return;
    }
    // Key frames alone are as long as their event: they lie on the disk, here as in the engine.
    const folder = runFolder(temporaryFolder, job.id, node.key);
    try {
      const { done, unitsMs } = await runCheckpointedInFolder(engine, context, node.key, folder, command, onProgress);
      saveNode(context, node, { shape: done.shape, bytes: blocksOf(done.path) }, done.wallMs);
      rmSync(folder, { recursive: true, force: true });
      remember(unitsMs, done.wallMs);
    } catch (error) {
      if (StudioError.is(error, 'CANCELLED')) rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  };

  const encode = async (context: JobContext, data: RenderSceneData & { recipe: SceneRecipe }, graph: SceneGraph, keys: ReadonlyMap<string, string>, { pack }: ScenePack, stride: number) => {
    const { recipe, clipHash, focusEventId, promptEventId } = data;
    const { store } = context;
    const atKeyframes = recipe.stages.at(-1)?.stage === 'keyframes';
    const { start, end } = shownFrames(graph, focusEventId, atKeyframes, stride);
    const pieces = lastStageNodes(graph).flatMap((node) => {
      const [from, to] = [Math.max(start, node.own.start), Math.min(end, node.own.start + node.own.count)];
      const asset = store.assets.findByStageKey(keys.get(node.id) ?? '');
      assert(asset !== null, `${node.id} left its frames`);
      return to > from ? [{ asset, from: node.own.from + from - node.own.start, count: to - from }] : [];
    });
    const { width, height } = videoSize(pieces[0]?.asset.shape ?? []);
    const frameRate: FrameRate = atKeyframes ? { num: recipe.frameRate.num, den: recipe.frameRate.den * stride } : recipe.frameRate;
    await encodeMadeFrames(context, options, { frames: rgbOf(store, pieces), count: end - start, width, height, shownAs: pack.output, frameRate, name: clipName(data), recipe, recipeHash: clipHash }, (asset) => {
      store.takes.add({ promptEventId, assetId: asset.id, recipe, recipeHash: clipHash });
    });
  };

  return {
    kind: 'scene',
    lane: 'compute',
    data: RenderSceneData,
    title: (data) => clipName(data),
    promptEventId: ({ promptEventId }) => promptEventId,
    parts: ({ recipe }) => [...recipe.stages.map(({ stage }) => waitingPart(stage, 1)), waitingPart('encode')],
    immediate: ({ recipe, clipHash, promptEventId, adherence }, store) => {
      const known = store.assets.findByRecipeHash(clipHash);
      // A measurement that was asked for still has to run, or to be looked up.
      if (known === null || adherence) return null;
      store.takes.add({ promptEventId, assetId: known.id, recipe, recipeHash: clipHash });
      return { resultAssetId: known.id };
    },
    run: async (data, context) => {
      const { focusEventId } = data;
      assert(isSceneRecipe(data.recipe), 'the schema lets scenes through only');
      // What an earlier attempt found room for holds in this one.
      const wish = data.recipe.stages.reduce((made, { stage, tiles: asked = 1 }) => withTiles(made, stage, moreTiles(asked, context.tilesOf(stage)?.count ?? 1)), data.recipe);
      const { store, job } = context;
      const opened = await packs.get(wish.pack.id);
      requireSamePack(wish.pack.id, opened.pack.sha256, wish.pack.sha256, 'scene');
      const grid = sceneGrid(opened.index);
      const graph = buildSceneGraph(wish, grid);
      const wanted = wantedNodes(graph, focusEventId, wish, grid.stride);
      let plan = await planScene(store, graph, wish, wanted, focusEventId);
      const { nodes } = plan;
      const stale = new Set(plan.needed.map(({ id }) => id));
      // What a process that was killed right behind storing a node left of its run.
      for (const { key } of nodes) if (store.assets.findByStageKey(key) !== null) rmSync(runFolder(temporaryFolder, job.id, key), { recursive: true, force: true });
      context.commit(() => {
        for (const node of nodes) if (!stale.has(node.id) && store.assets.findByStageKey(node.key) !== null) store.sceneRuns.add(job.id, { nodeId: node.id, stage: node.stage, stageKey: node.key, state: 'cached', wallMs: null });
      }, false);
      for (const [index, { stage, tiles: atLeast }] of plan.recipe.stages.entries()) {
        if (!plan.needed.some((node) => node.stage === stage)) {
          if (context.job.parts[index]?.state !== 'done') context.finishPart(stage, 'cached');
          continue;
        }
        await inFittingTiles(context, tiles, { opened, stage, inScene: true, part: stage, atLeast }, async (count) => {
          // In other tiles the stage is made anew, all of it, from what earlier stages left.
          if ((plan.recipe.stages[index]?.tiles ?? 1) !== count) plan = await planNodes(store, graph, withTiles(plan.recipe, stage, count), wanted);
          const { recipe, needed } = plan;
          const keys = keysOf(plan);
          const stageOf = (node: KeyedNode): number => recipe.stages.findIndex((settings) => settings.stage === node.stage);
          // Earlier ones are missing where a larger part is made anew and intermediates were removed.
          const own = needed.filter((node) => node.stage === stage || (stageOf(node) < index && store.assets.findByStageKey(node.key) === null));
          const [later, encoding] = [expectedNodesMs(stepTimes, recipe, needed.filter((node) => stageOf(node) > index), opened.index), expectedEncodeMs(stepTimes)];
          context.beginPart(stage, own.length * TICKS, later === null || encoding === null ? null : later + encoding);
          for (const [done, node] of own.entries()) {
            context.signal.throwIfAborted();
            // Nodes with equal keys share their frames: the second one finds them.
            if (store.assets.findByStageKey(node.key) === null) await runNode(context, recipe, node, keys, opened, done, own.length * TICKS);
            else context.commit(() => store.sceneRuns.add(job.id, { nodeId: node.id, stage: node.stage, stageKey: node.key, state: 'cached', wallMs: null }), false);
            context.advance((done + 1) * TICKS, own.length * TICKS, null);
          }
        });
        context.finishPart(stage, 'done');
      }
      const { recipe } = plan;
      const clipHash = await tiledClipHash(data, recipe);
      if (data.adherence) await measureAdherence(context, engine, { recipe, nodes: plan.nodes, spans: graph.layout.spans, focusEventId, packDir: opened.dir, threads });
      const known = store.assets.findByRecipeHash(clipHash);
      if (known === null) await encode(context, { ...data, clipHash, recipe }, graph, keysOf(plan), opened, grid.stride);
      else {
        context.finishPart('encode', 'cached');
        context.complete(() => {
          store.takes.add({ promptEventId: data.promptEventId, assetId: known.id, recipe, recipeHash: clipHash });
          return { resultAssetId: known.id };
        });
      }
    },
  };
}

const keysOf = ({ nodes }: PlannedNodes): ReadonlyMap<string, string> => new Map(nodes.map(({ id, key }) => [id, key]));

/** The clip's name as it was asked for, unless it was made in other tiles. */
const tiledClipHash = async (data: RenderSceneData, recipe: Recipe): Promise<string> => (canonicalJson(recipe) === canonicalJson(data.recipe) ? data.clipHash : sceneClipHash(recipe, data.focusEventId));

/** Nodes of the last stage that show in the clip. */
export function wantedNodes(graph: SceneGraph, focusEventId: string | null, recipe: SceneRecipe, stride: number): ReadonlySet<string> {
  const { start, end } = shownFrames(graph, focusEventId, recipe.stages.at(-1)?.stage === 'keyframes', stride);
  return new Set(lastStageNodes(graph).filter(({ own }) => own.start < end && own.start + own.count > start).map(({ id }) => id));
}

/** Frames that are read at once. */
const READ_FRAMES = 16;

async function* rgbOf(store: ProjectStore, pieces: readonly { readonly asset: AssetRow; readonly from: number; readonly count: number }[]): AsyncGenerator<Uint8Array> {
  for (const { asset, from, count } of pieces) {
    for (let at = from; at < from + count; at += READ_FRAMES) yield readRgb(store, asset, at, Math.min(READ_FRAMES, from + count - at));
  }
}

const BLOCK_BYTES = 2 ** 18;

/** A file's bytes, block by block. */
function* blocksOf(path: string): Generator<Uint8Array> {
  const handle = openSync(path, 'r');
  try {
    for (;;) {
      const block = new Uint8Array(BLOCK_BYTES);
      const count = readSync(handle, block);
      if (count === 0) return;
      yield block.subarray(0, count);
    }
  } finally {
    closeSync(handle);
  }
}

/** Stores a node's frames, as they come, and notes that it ran, in one transaction. */
function saveNode(context: JobContext, node: KeyedNode, { shape, bytes }: { readonly shape: readonly number[]; readonly bytes: Iterable<Uint8Array> }, wallMs: number): void {
  const { store, job } = context;
  const { frames, width, height } = videoSize(shape);
  const mimeType = node.stage === 'superResolution2' ? FRAMES_MIME_TYPE : TENSOR_MIME_TYPE;
  const writer = store.assets.beginWrite({ kind: 'stage', name: node.id, mimeType, origin: 'generated', stage: node.stage, stageKey: node.key });
  try {
    for (const block of bytes) writer.write(block);
    context.commit(() => {
      writer.finish({ frames, width, height, shape });
      store.checkpoints.clear(job.id);
      store.sceneRuns.add(job.id, { nodeId: node.id, stage: node.stage, stageKey: node.key, state: 'done', wallMs });
    }, true);
  } catch (error) {
    writer.abort();
    throw error;
  }
}

/** The words of the scene, or of the event in focus, short enough for a library entry. */
function clipName({ recipe, focusEventId }: Pick<RenderSceneData, 'recipe' | 'focusEventId'>): string {
  const focus = recipe.scene?.events.find(({ id }) => id === focusEventId);
  const text = (focus?.prompt ?? recipe.prompt).replace(/\s+/g, ' ').trim();
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
