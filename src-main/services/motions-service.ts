import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, isAbsolute } from 'node:path';
import type { Motion } from '../../src-shared/contract/motions.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { MAX_MOTION_BYTES } from '../engine/training/motion-file.ts';
import { curveOfCheckpoint } from '../engine/training/training-state.ts';
import { LEARNING_CHECKPOINT, LearnMotionData, storeMotion, unsuitableClip } from '../jobs/handlers/learn-motion.ts';
import type { LearningCurves } from '../jobs/learning-curves.ts';
import { expectedLearningMs } from '../jobs/learning-times.ts';
import { examineClip, type ClipSelection } from '../jobs/motion-clip.ts';
import type { Media } from '../media/media.ts';
import { writeWhole } from '../media/write-whole.ts';
import type { ModelRegistry, OpenedPack } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { MotionRow } from '../store/motion-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ClipStrips } from './clip-strips.ts';
import type { LearningMemory } from './learning-memory.ts';
import { proposeCaption } from './motion-caption.ts';
import type { OpenProjects } from './open-projects.ts';

export interface MotionsServiceParts {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly media: Media;
  readonly curves: LearningCurves;
  readonly strips: ClipStrips;
  readonly stepTimes: AppStore['stepTimes'];
  readonly learningMemory: LearningMemory;
  readonly temporaryFolder: string;
  readonly mediaBase: string;
}

/** How often a waiting or paused job is looked at by `watchLearning`. */
const REST_MS = 500;

/** A motion as clients see it. */
export function motionView(projectId: string, { asset, facts, hasNoise }: MotionRow, packs: readonly OpenedPack[], mediaBase: string): Motion {
  const { caption, settings, steps, bestStep, firstLoss, bestLoss, model, source } = facts;
  const address = (route: string) => `${mediaBase}/${route}/${encodeURIComponent(projectId)}/${encodeURIComponent(asset.id)}`;
  return {
    id: asset.id, name: asset.name, createdAt: asset.createdAt, sha256: asset.sha256, sizeBytes: asset.sizeBytes, origin: asset.origin === 'imported' ? 'imported' : 'learned',
    caption, settings, steps, bestStep, firstLoss, bestLoss, model, source, hasNoise,
    packIds: packs.filter(({ keyframesSha256 }) => keyframesSha256 === model.sha256).map(({ pack }) => pack.id),
    thumbnailUrl: asset.hasThumbnail ? address('thumbnail') : null,
    loopUrl: address('loop'),
  };
}

/** Checks the bytes of a motion file from outside and keeps them; the same file is kept once. */
export function importMotion(store: ProjectStore, bytes: Uint8Array, fileName: string): MotionRow {
  const name = fileName.replace(/(\.motion)?\.safetensors$/i, '') || 'Motion';
  return store.transaction(() => {
    const { resultAssetId } = storeMotion(store, bytes, name, 'imported');
    const imported = store.motions.get(resultAssetId ?? '');
    const known = store.motions.findBySha256(imported.asset.sha256);
    if (known === null || known.asset.id === imported.asset.id) return imported;
    store.motions.remove(imported.asset.id);
    return known;
  });
}

export function createMotionsService(parts: MotionsServiceParts): StudioHandlers['motions'] {
  const { projects, models, media, curves, strips, stepTimes, learningMemory, temporaryFolder, mediaBase } = parts;
  const storeOf = (projectId: string) => projects.get(projectId).store;
  const view = async (projectId: string, row: MotionRow) => motionView(projectId, row, await models.usable(), mediaBase);
  const examine = (store: ProjectStore, selection: ClipSelection, { index, pack }: OpenedPack, signal: AbortSignal) => {
    const size = index.sizes.keyframes;
    if (size === undefined) throw new StudioError('MODEL_INCOMPATIBLE', `The model pack "${pack.name}" makes no key frames. Choose another pack.`);
    if ('path' in selection.clip && !isAbsolute(selection.clip.path)) throw new StudioError('INVALID_INPUT', `${selection.clip.path} is not a whole path. Give it from the top of the disk.`);
    return examineClip(selection, { count: size.frames, width: size.width, height: size.height }, { store, media, temporaryFolder, signal });
  };

  return {
    list: async ({ projectId }) => {
      const packs = await models.usable();
      return { motions: storeOf(projectId).motions.list().map((row) => motionView(projectId, row, packs, mediaBase)) };
    },
    get: async ({ projectId, motionId }) => {
      const row = storeOf(projectId).motions.get(motionId);
      return { ...(await view(projectId, row)), lossCurve: row.facts.lossCurve };
    },
    inspectClip: async ({ projectId, packId, settings, ...selection }, { signal }) => {
      const opened = await models.get(packId);
      const [found, expectedMemoryBytes] = await Promise.all([examine(storeOf(projectId), selection, opened, signal), learningMemory.expectedBytes(opened, settings)]);
      const { name, prompt, frames, problem, message, clip, fromSeconds, toSeconds, motionAmount } = found;
      return {
        problem, message, clip, fromSeconds, toSeconds, motionAmount,
        proposedCaption: proposeCaption(name, prompt),
        expectedMs: expectedLearningMs(stepTimes, { settings }, opened),
        expectedMemoryBytes,
        strip: frames === null ? null : {
          url: `${mediaBase}/strip/${encodeURIComponent(projectId)}/${strips.add(projectId, frames)}`, frames: frames.count, width: frames.width, height: frames.height,
        },
      };
    },
    learn: async ({ projectId, packId, settings, caption, name, ...selection }, { signal }) => {
      const { store, queue } = projects.get(projectId);
      const opened = await models.get(packId);
      const found = await examine(store, selection, opened, signal);
      if (found.problem !== 'none') throw unsuitableClip(found);
      const data: LearnMotionData = { ...selection, packId, modelSha256: opened.keyframesSha256, caption, name: name ?? caption.slice(0, 200), settings };
      return { jobId: queue.enqueue('learn', data).id };
    },
    watchLearning: async function* ({ projectId, jobId }, { signal }) {
      const { store, queue } = projects.get(projectId);
      let shown = '';
      for (;;) {
        for await (const progress of curves.watch(jobId, signal)) yield progress;
        if (signal.aborted) return;
        const job = queue.get(jobId);
        const data = LearnMotionData.safeParse(store.jobs.get(jobId).data);
        if (job.kind !== 'learn' || !data.success) throw new StudioError('INVALID_INPUT', `"${job.title}" does not learn a motion.`, { details: { jobId } });
        // Between attempts, and before the first: what was learned so far, told once.
        if (`${job.state} ${job.attempt}` !== shown) yield restingProgress(store, jobId, data.data.settings.steps, job.resultAssetId);
        shown = `${job.state} ${job.attempt}`;
        if (job.finishedAt !== null) return;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, REST_MS);
          signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
        });
      }
    },
    rename: async ({ projectId, motionId, name }) => view(projectId, storeOf(projectId).motions.rename(motionId, name)),
    remove: async ({ projectId, motionId }) => {
      storeOf(projectId).motions.remove(motionId);
      return {};
    },
    exportToFile: async ({ projectId, motionId, path }) => {
      const store = storeOf(projectId);
      const { asset } = store.motions.get(motionId);
      if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
      const sizeBytes = await writeWhole(path, (temporary) => writeFile(temporary, store.assets.readAll(asset.id)));
      return { path, sizeBytes };
    },
    importFromFile: async ({ projectId, path }) => {
      if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
      const found = await stat(path).catch((error: unknown) => {
        throw new StudioError('NOT_FOUND', `${path} cannot be read. Check that it exists and that you may open it.`, { details: { path }, cause: error });
      });
      if (!found.isFile() || found.size > MAX_MOTION_BYTES) throw new StudioError('INVALID_INPUT', `${path} is no motion file. Choose one that was exported from Motif Studio (.motion.safetensors).`, { details: { path } });
      return view(projectId, importMotion(storeOf(projectId), new Uint8Array(await readFile(path)), basename(path)));
    },
  };
}

/** What is known of a learning that is not running: from its checkpoint, or from the motion that it left. */
function restingProgress(store: ProjectStore, jobId: string, steps: number, resultAssetId: string | null) {
  const motion = resultAssetId === null ? null : store.motions.list().find(({ asset }) => asset.id === resultAssetId) ?? null;
  const checkpoint = store.checkpoints.find(jobId, LEARNING_CHECKPOINT);
  const { points, bestStep } = motion !== null ? { points: motion.facts.lossCurve, bestStep: motion.facts.bestStep } : checkpoint === null ? { points: [], bestStep: null } : curveOfCheckpoint(checkpoint.bytes);
  return { jobId, points: [...points], step: points.at(-1)?.step ?? 0, steps, bestStep, sampleStep: null };
}
