import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ScenePlan, SceneRequest } from '../../src-shared/contract/scenes.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { buildSceneGraph, type SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import { sceneFromTimeline, sceneTitle } from '../../src-shared/build/scene-from-timeline.ts';
import { keyNodes, neededNodes, staleNodes, type KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { canonicalJson, recipeHash, sha256Hex } from '../../src-shared/recipe/recipe.ts';
import type { SceneScript } from '../../src-shared/recipe/scene-script.ts';
import { wantedNodes } from '../jobs/handlers/render-scene.ts';
import { requireMotionsFit } from '../jobs/recipe-motions.ts';
import { expectedNodesMs, nodeBytes, sceneGrid, sceneStageSize } from '../jobs/scene-cost.ts';
import { storedAdherence } from '../jobs/scene-adherence.ts';
import { expectedEncodeMs } from '../jobs/stage-times.ts';
import type { ModelRegistry, OpenedPack } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { EngineIdentity } from './generation-service.ts';
import type { MeasuredMemory } from './measured-memory.ts';
import type { OpenProjects } from './open-projects.ts';

/** Scenes: the whole timeline as one clip, of which only what changed is made again. */
export function createScenesService(parts: {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly engine: EngineIdentity;
  readonly stepTimes: AppStore['stepTimes'];
  readonly memory: MeasuredMemory;
}): StudioHandlers['scenes'] {
  const { projects, models, engine, stepTimes, memory } = parts;

  const resolve = async (request: SceneRequest, change: (script: SceneScript) => SceneScript = (script) => script): Promise<{ recipe: SceneRecipe; opened: OpenedPack }> => {
    const { store } = projects.get(request.projectId);
    const opened = await models.get(request.packId);
    const { pack } = opened;
    const stages = pack.presets[request.preset];
    if (stages.length === 0) throw new StudioError('MODEL_INCOMPATIBLE', `The model pack "${pack.name}" has no preset "${request.preset}". Choose another preset or pack.`, { details: { packId: pack.id, preset: request.preset } });
    const scene = change(sceneFromTimeline(store.timeline.get().document.records, { sha256: (assetId) => store.assets.find(assetId)?.sha256 ?? null }));
    for (const { motions } of scene.events) requireMotionsFit(store, motions, opened);
    const recipe: SceneRecipe = {
      format: 1, engine: { name: 'motif-engine', ...engine }, pack: { id: pack.id, version: pack.version, sha256: pack.sha256 },
      prompt: sceneTitle(scene), negativePrompt: '', seed: request.seed, preset: request.preset, stages: [...stages], scene, frameRate: pack.output.frameRate,
    };
    return { recipe, opened };
  };

  return {
    plan: async (request): Promise<ScenePlan> => {
      const { store } = projects.get(request.projectId);
      const { recipe, opened } = await resolve(request);
      const hash = await recipeHash(recipe);
      const grid = sceneGrid(opened.index);
      const graph = buildSceneGraph(recipe, grid);
      const nodes = await keyNodes(graph, recipe);
      const isKnown = (key: string): boolean => store.assets.findByStageKey(key) !== null;
      const cachedAssetId = store.assets.findByRecipeHash(hash)?.id ?? null;
      const needed = cachedAssetId === null ? neededNodes(nodes, wantedNodes(graph, null, recipe, grid.stride), isKnown) : [];
      const expected = (of: readonly KeyedNode[]): number | null => (of.length === 0 ? 0 : expectedNodesMs(stepTimes, recipe, of, opened.index));
      const stages = recipe.stages.map(({ stage }) => {
        const own = needed.filter((node) => node.stage === stage);
        return { stage, nodes: nodes.filter((node) => node.stage === stage).length, stale: own.length, expectedMs: expected(own) };
      });
      const times = [...stages.map(({ expectedMs }) => expectedMs), cachedAssetId === null ? expectedEncodeMs(stepTimes) : 0];
      const last = recipe.stages.at(-1)!.stage;
      const { width, height } = sceneStageSize(opened.index, last);
      const disk = statfsSync(dirname(store.path));
      return {
        recipeHash: hash, cachedAssetId, stages, events: eventStates(recipe, nodes, staleNodes(nodes, isKnown), madeEvents(store.takes.list())),
        expectedMs: times.includes(null) ? null : times.reduce<number>((sum, time) => sum + (time ?? 0), 0),
        expectedMemoryBytes: memory.expectedBytes(recipe),
        expectedDiskBytes: needed.reduce((sum, node) => sum + nodeBytes(node, opened.index), 0),
        freeDiskBytes: disk.bavail * disk.bsize,
        output: { frames: last === 'keyframes' ? graph.layout.keyframes : graph.layout.frames, width, height },
      };
    },
    render: async (request) => {
      const { queue } = projects.get(request.projectId);
      const { recipe, opened } = await resolve(request);
      // Events that cannot be laid out are told now, not by a job that fails later.
      buildSceneGraph(recipe, sceneGrid(opened.index));
      const hash = await recipeHash(recipe);
      const job = queue.enqueue('scene', { recipe, clipHash: hash, focusEventId: null, promptEventId: null, adherence: request.adherence }, { front: request.front });
      return { jobId: job.id, recipeHash: hash };
    },
    vary: async ({ promptEventId, seedOffsets, ...request }) => {
      const { queue } = projects.get(request.projectId);
      const jobs: { jobId: string; seedOffset: number }[] = [];
      for (const seedOffset of seedOffsets) {
        const { recipe, opened } = await resolve(request, (script) => {
          if (!script.events.some(({ id }) => id === promptEventId)) throw new StudioError('NOT_FOUND', 'The event is no longer on the timeline. Choose another one.', { details: { promptEventId } });
          return { ...script, events: script.events.map((event) => (event.id === promptEventId ? { ...event, seedOffset } : event)) };
        });
        buildSceneGraph(recipe, sceneGrid(opened.index));
        const clipHash = await sha256Hex(canonicalJson({ recipe: await recipeHash(recipe), focus: promptEventId }));
        jobs.push({ jobId: queue.enqueue('scene', { recipe, clipHash, focusEventId: promptEventId, promptEventId }).id, seedOffset });
      }
      return { jobs };
    },
    adherence: async (request) => {
      const { store } = projects.get(request.projectId);
      const { recipe, opened } = await resolve(request);
      const grid = sceneGrid(opened.index);
      const graph = buildSceneGraph(recipe, grid);
      const nodes = await keyNodes(graph, recipe);
      const events = [];
      for (const { event, startFrame } of graph.layout.spans) {
        const shares = await storedAdherence(store, recipe.scene, nodes, event);
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

/** Events that some take shows, of theirs alone or in a scene. */
const madeEvents = (takes: readonly Take[]): ReadonlySet<string> =>
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
