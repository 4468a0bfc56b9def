import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ScenePlan, SceneRequest, Variant, VaryRequest } from '../../src-shared/contract/scenes.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { buildSceneGraph, type SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import { sceneFromTimeline, sceneTitle, sceneWords } from '../../src-shared/build/scene-from-timeline.ts';
import { keyNodes, staleNodes, type KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import { moreTiles, type StageTiles } from '../../src-shared/pack/tile-choice.ts';
import { recipeHash, withTiles } from '../../src-shared/recipe/recipe.ts';
import type { TileCount } from '../../src-shared/recipe/tile-count.ts';
import type { SceneEvent, SceneScript } from '../../src-shared/recipe/scene-script.ts';
import { wantedNodes } from '../jobs/handlers/render-scene.ts';
import { requireMotionsFit } from '../jobs/recipe-motions.ts';
import { expectedNodesMs, nodeBytes, sceneGrid, sceneStageSize } from '../jobs/scene-cost.ts';
import { planScene, sceneClipHash } from '../jobs/scene-plan.ts';
import { expectedTiles, type TileChooser } from '../jobs/tile-chooser.ts';
import { storedAdherence } from '../jobs/scene-adherence.ts';
import { expectedEncodeMs } from '../jobs/stage-times.ts';
import type { ModelRegistry, OpenedPack } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { EngineIdentity } from './generation-service.ts';
import type { MeasuredMemory } from './measured-memory.ts';
import type { MemoryPlans } from './memory-plans.ts';
import type { OpenProjects } from './open-projects.ts';
import { rememberScene } from './prompts-service.ts';
import { completeTimes, type RoughCost } from './rough-cost.ts';

/** Scenes: the whole timeline as one clip, of which only what changed is made again. */
export function createScenesService(parts: {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly engine: () => Promise<EngineIdentity>;
  readonly stepTimes: AppStore['stepTimes'];
  readonly memory: MeasuredMemory;
  readonly memoryPlans: Pick<MemoryPlans, 'peakBytes'>;
  readonly tiles: TileChooser;
  readonly rough: RoughCost;
}): StudioHandlers['scenes'] {
  const { projects, models, engine, stepTimes, memory, memoryPlans, tiles, rough } = parts;

  const resolve = async (request: SceneRequest, change: (script: SceneScript) => SceneScript = (script) => script): Promise<{ recipe: SceneRecipe; opened: OpenedPack }> => {
    const { store } = projects.get(request.projectId);
    const opened = await models.get(request.packId);
    const { pack } = opened;
    if (pack.imported?.parts.some(({ role }) => role === 'textToVideo') === true) {
      throw new StudioError('CAPABILITY_UNAVAILABLE', `"${pack.name}" makes single clips: it cannot go on from one event into the next. Generate the event by itself, or choose another pack for scenes.`, { details: { packId: pack.id } });
    }
    const stages = pack.presets[request.preset];
    if (stages.length === 0) throw new StudioError('MODEL_INCOMPATIBLE', `The model pack "${pack.name}" has no preset "${request.preset}". Choose another preset or pack.`, { details: { packId: pack.id, preset: request.preset } });
    const scene = change(sceneFromTimeline(store.timeline.get().document.records, { sha256: (assetId) => store.assets.find(assetId)?.sha256 ?? null }));
    for (const { motions } of scene.events) requireMotionsFit(store, motions, opened);
    const recipe: SceneRecipe = {
      format: 1, engine: { name: 'motif-engine', ...(await engine()) }, pack: { id: pack.id, version: pack.version, sha256: pack.sha256 },
      prompt: sceneTitle(scene), negativePrompt: '', seed: request.seed, preset: request.preset, stages: [...stages], scene, frameRate: pack.output.frameRate,
    };
    return { recipe, opened };
  };

  /** Time of nodes and of `encodedFrames` frames to encode: measured where this machine has done such work, else guessed. */
  const expectedTime = (recipe: SceneRecipe, opened: OpenedPack, nodes: readonly KeyedNode[], encodedFrames: number) =>
    completeTimes([
      ...recipe.stages.map((settings) => {
        const own = nodes.filter((node) => node.stage === settings.stage);
        const window = sceneStageSize(opened.index, settings.stage).window ?? 0;
        // A part shorter than a window costs a whole one.
        const frames = own.reduce((sum, { part }) => sum + Math.max(part.frames, window), 0);
        return { measuredMs: own.length === 0 ? 0 : expectedNodesMs(stepTimes, recipe, own, opened.index), roughMs: own.length === 0 ? 0 : rough.stageMs(opened, settings, frames) };
      }),
      { measuredMs: encodedFrames === 0 ? 0 : expectedEncodeMs(stepTimes), roughMs: rough.encodeMs(encodedFrames) },
    ]);

  /** The recipe as it would be made now, with tiles where whole frames do not fit, and why. */
  const asItFits = async (recipe: SceneRecipe, opened: OpenedPack, needed: readonly KeyedNode[]): Promise<{ readonly made: SceneRecipe; readonly tiled: StageTiles[] }> => {
    const tiled = await expectedTiles(tiles, opened, recipe.stages.map(({ stage }) => stage).filter((stage) => needed.some((node) => node.stage === stage)), { inScene: true });
    const tilesOf = (of: SceneRecipe, stage: StageName): TileCount => of.stages.find((settings) => settings.stage === stage)?.tiles ?? 1;
    return { tiled, made: tiled.reduce((of, { stage, count }) => withTiles(of, stage, moreTiles(count, tilesOf(of, stage))), recipe) };
  };

  /** Measured where this machine has made such a scene, else worked out from the model; a scene's length does not matter. */
  const expectedMemory = async ({ recipe, opened }: { readonly recipe: SceneRecipe; readonly opened: OpenedPack }): Promise<number | null> =>
    memory.expectedBytes(recipe) ?? memoryPlans.peakBytes(opened, recipe.stages.map(({ stage }) => stage));

  /** The recipe of each variant of one event, with the key of the clip that shows that event. */
  const variantsOf = async ({ promptEventId, variants, ...request }: VaryRequest) => {
    const record = projects.get(request.projectId).store.timeline.get().document.records[promptEventId];
    const style = record?.type === 'promptEvent' ? record.style : '';
    const saidAs = ({ globalPrompt }: SceneScript, { prompt }: Variant) => (prompt === null ? {} : { prompt: sceneWords(globalPrompt, { prompt, style }) });
    return Promise.all(
      variants.map(async (variant) => {
        const { recipe, opened } = await resolve(request, (script) => {
          if (!script.events.some(({ id }) => id === promptEventId)) throw new StudioError('NOT_FOUND', 'The event is no longer on the timeline. Choose another one.', { details: { promptEventId } });
          return { ...script, events: script.events.map((event) => (event.id === promptEventId ? { ...varied(event, variant), ...saidAs(script, variant) } : event)) };
        });
        const clipHash = await sceneClipHash(recipe, promptEventId);
        return { variant, recipe, opened, clipHash, graph: buildSceneGraph(recipe, sceneGrid(opened.index)) };
      }),
    );
  };

  return {
    plan: async (request): Promise<ScenePlan> => {
      const { store } = projects.get(request.projectId);
      const { recipe: wish, opened } = await resolve(request);
      const grid = sceneGrid(opened.index);
      const graph = buildSceneGraph(wish, grid);
      const { recipe, nodes, needed: missing } = await planScene(store, graph, wish, wantedNodes(graph, null, wish, grid.stride));
      const isKnown = (key: string): boolean => store.assets.findByStageKey(key) !== null;
      const hash = await recipeHash(recipe);
      const cachedAssetId = (store.assets.findByRecipeHash(await recipeHash(wish)) ?? store.assets.findByRecipeHash(hash))?.id ?? null;
      const needed = cachedAssetId === null ? missing : [];
      const { made, tiled } = await asItFits(recipe, opened, needed);
      const expected = (of: readonly KeyedNode[]): number | null => (of.length === 0 ? 0 : expectedNodesMs(stepTimes, made, of, opened.index));
      const stages = recipe.stages.map(({ stage }) => {
        const own = needed.filter((node) => node.stage === stage);
        return { stage, nodes: nodes.filter((node) => node.stage === stage).length, stale: own.length, expectedMs: expected(own) };
      });
      const { ms, isRough } = expectedTime(made, opened, needed, cachedAssetId === null ? graph.layout.frames : 0);
      const last = recipe.stages.at(-1)!.stage;
      const { width, height } = sceneStageSize(opened.index, last);
      return {
        recipeHash: hash, cachedAssetId, stages, events: eventStates(recipe, nodes, staleNodes(nodes, isKnown), madeEvents(store.takes.recipes())),
        expectedMs: ms, isRough,
        tiles: tiled,
        expectedMemoryBytes: await expectedMemory({ recipe, opened }),
        expectedDiskBytes: needed.reduce((sum, node) => sum + nodeBytes(node, opened.index), 0),
        freeDiskBytes: freeBytesAt(store.path),
        output: { frames: last === 'keyframes' ? graph.layout.keyframes : graph.layout.frames, width, height },
      };
    },
    render: async (request) => {
      const { queue, store } = projects.get(request.projectId);
      const { recipe, opened } = await resolve(request);
      // Events that cannot be laid out are told now, not by a job that fails later.
      buildSceneGraph(recipe, sceneGrid(opened.index));
      const hash = await recipeHash(recipe);
      rememberScene(store);
      const job = queue.enqueue('scene', { recipe, clipHash: hash, focusEventId: null, promptEventId: null, adherence: request.adherence }, { front: request.front });
      return { jobId: job.id, recipeHash: hash };
    },
    vary: async (request) => {
      const { queue, store } = projects.get(request.projectId);
      const { promptEventId } = request;
      // All of them are laid out before the first is queued: a request is done whole or refused.
      const made = await variantsOf(request);
      store.prompts.remember(request.variants.flatMap(({ prompt }) => prompt ?? []));
      return {
        jobs: made.map(({ variant, recipe, clipHash }) => ({ jobId: queue.enqueue('scene', { recipe, clipHash, focusEventId: promptEventId, promptEventId }).id, variant })),
      };
    },
    planVary: async (request) => {
      const { store } = projects.get(request.projectId);
      const seen = new Set<string>();
      const notes = new Map<StageName, StageTiles>();
      const variants = await variantsOf(request);
      const total = { stale: 0, expectedMs: 0, isRough: false, expectedMemoryBytes: variants[0] === undefined ? null : await expectedMemory(variants[0]), expectedDiskBytes: 0, freeDiskBytes: freeBytesAt(store.path) };
      for (const { recipe, opened, clipHash, graph } of variants) {
        if (store.assets.findByRecipeHash(clipHash) !== null) continue;
        const planned = await planScene(store, graph, recipe, wantedNodes(graph, request.promptEventId, recipe, sceneGrid(opened.index).stride), request.promptEventId);
        const needed = planned.needed.filter(({ key }) => !seen.has(key));
        for (const { key } of needed) seen.add(key);
        const { made, tiled } = await asItFits(recipe, opened, needed);
        for (const note of tiled) notes.set(note.stage, note);
        const { ms, isRough } = expectedTime(made, opened, needed, graph.layout.spans.find(({ event }) => event.id === request.promptEventId)?.event.durationFrames ?? 0);
        total.stale += needed.length;
        total.expectedMs += ms;
        total.isRough ||= isRough;
        total.expectedDiskBytes += needed.reduce((sum, node) => sum + nodeBytes(node, opened.index), 0);
      }
      return { ...total, tiles: [...notes.values()] };
    },
    adherence: async (request) => {
      const { store } = projects.get(request.projectId);
      const { recipe, opened } = await resolve(request);
      const grid = sceneGrid(opened.index);
      const graph = buildSceneGraph(recipe, grid);
      const nodes = await keyNodes(graph, recipe);
      const events = [];
      for (const span of graph.layout.spans) {
        const { event, startFrame } = span;
        const shares = await storedAdherence(store, recipe.scene, nodes, span);
        events.push({ promptEventId: event.id, startFrame, keyframeStride: grid.stride, shares: shares === null ? null : [...shares] });
      }
      return { events };
    },
    log: async ({ projectId, jobId }) => {
      const { store } = projects.get(projectId);
      store.jobs.get(jobId);
      return { entries: store.sceneRuns.list(jobId) };
    },
  };
}

/** An event as a variant has it. */
function varied(event: SceneEvent, { seedOffset, strength, motionStrength }: Variant): SceneEvent {
  return {
    ...event, seedOffset: seedOffset ?? event.seedOffset, strength: strength ?? event.strength,
    motions: motionStrength === null ? event.motions : event.motions.map((motion) => ({ ...motion, strength: motionStrength })),
  };
}

function freeBytesAt(path: string): number {
  const disk = statfsSync(dirname(path));
  return disk.bavail * disk.bsize;
}

/** Events that some take shows, of theirs alone or in a scene. */
const madeEvents = (takes: readonly Pick<Take, 'promptEventId' | 'recipe'>[]): ReadonlySet<string> =>
  new Set(takes.flatMap(({ promptEventId, recipe }) => [...(promptEventId === null ? [] : [promptEventId]), ...(recipe.scene?.events.map(({ id }) => id) ?? [])]));

/** `stale`: made before, in another form; `new`: never made. What is fresh needs nothing, its seams included. */
function eventStates(recipe: SceneRecipe, nodes: readonly KeyedNode[], stale: readonly KeyedNode[], madeBefore: ReadonlySet<string>): ScenePlan['events'] {
  const isStale = new Set(stale.map(({ id }) => id));
  return recipe.scene.events.map(({ id }) => {
    const staleSeams = new Set(stale.flatMap(({ region }) => (region.kind === 'seam' && (region.before === id || region.after === id) ? [`${region.before}|${region.after}`] : []))).size;
    const own = nodes.filter(({ region }) => region.kind === 'event' && region.eventId === id);
    const ownStale = own.filter((node) => isStale.has(node.id));
    const made = ownStale.length < own.length || madeBefore.has(id);
    return { promptEventId: id, staleSeams, state: ownStale.length === 0 && staleSeams === 0 ? 'fresh' : made || ownStale.length === 0 ? 'stale' : 'new' };
  });
}
