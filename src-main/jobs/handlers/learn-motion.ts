import { createHash } from 'node:crypto';
import { z } from 'zod';
import { CropRectangle, LearningSettings, MotionCaption, MotionSource } from '../../../src-shared/contract/motions.ts';
import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import { canonicalJson } from '../../../src-shared/recipe/recipe.ts';
import type { FramesMessage } from '../../engine/process/protocol.ts';
import { decodeMotionFile } from '../../engine/training/motion-file.ts';
import { curveOfCheckpoint } from '../../engine/training/training-state.ts';
import type { Media } from '../../media/media.ts';
import { encodePng } from '../../media/raw-png.ts';
import type { OpenedPack } from '../../models/model-registry.ts';
import type { StepTimeRepository } from '../../store/app-store.ts';
import type { AssetRow } from '../../store/asset-repository.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { withCheckpoints, type KeptRun } from '../checkpointed-run.ts';
import type { EngineClient } from '../engine-client.ts';
import { waitingPart, type JobContext, type JobHandler, type JobResult } from '../job-handler.ts';
import type { LearningCurves } from '../learning-curves.ts';
import { expectedInversionMs, INVERSION_STEPS, recordLearningTime } from '../learning-times.ts';
import { examineClip } from '../motion-clip.ts';
import { requireSamePack } from '../same-pack.ts';
import { FRAMES_MIME_TYPE } from '../tensor-bytes.ts';

export const LearnMotionData = z.object({
  clip: MotionSource,
  fromSeconds: z.number().nullable(),
  toSeconds: z.number().nullable(),
  crop: CropRectangle.nullable(),
  reversed: z.boolean().default(false),
  packId: z.string(),
  /** Content hash of the keyframe UNet when the job was asked for. */
  modelSha256: z.string(),
  caption: MotionCaption,
  name: z.string().min(1).max(200),
  settings: LearningSettings,
});
export type LearnMotionData = z.infer<typeof LearnMotionData>;

/** What is needed of a pack to learn on it. */
export type LearnablePack = Pick<OpenedPack, 'dir' | 'keyframesSha256'> & { readonly pack: Pick<OpenedPack['pack'], 'id' | 'name'>; readonly index: { readonly sizes: Pick<OpenedPack['index']['sizes'], 'keyframes'> } };

export interface LearnMotionOptions {
  readonly engine: EngineClient;
  readonly media: Pick<Media, 'probe' | 'decodeFrames'>;
  readonly packs: { get(packId: string): Promise<LearnablePack> };
  readonly stepTimes: StepTimeRepository;
  readonly curves: LearningCurves;
  readonly threads: number;
  readonly temporaryFolder: string;
}

/** Key of a learning's checkpoint. */
export const LEARNING_CHECKPOINT = 'learn';
/** MIME type of a motion asset. */
export const MOTION_MIME_TYPE = 'application/x-safetensors';

/** The clip's key frames and where in it they lie, as kept between attempts. */
interface PreparedClip {
  readonly frames: FramesMessage;
  readonly source: { readonly name: string; readonly fromSeconds: number; readonly toSeconds: number };
  readonly asset: AssetRow;
}

const SourceName = z.object({ name: z.string(), fromSeconds: z.number(), toSeconds: z.number() });

/** Learns a motion from a clip: takes its key frames out, trains the temporal attention, traces the clip back to noise. */
export function createLearnMotionHandler(options: LearnMotionOptions): JobHandler<LearnMotionData> {
  const { engine, media, packs, stepTimes, curves, threads, temporaryFolder } = options;

  /** Decodes the key frames once and keeps them: a clip that is gone or changed later does not matter any more. */
  const prepare = async (data: LearnMotionData, context: JobContext, opened: LearnablePack): Promise<PreparedClip> => {
    const { store, job, signal } = context;
    const { clip, fromSeconds, toSeconds, crop, reversed } = data;
    const size = opened.index.sizes.keyframes;
    assert(size !== undefined, 'a pack has keyframes');
    const key = createHash('sha256').update(canonicalJson({ learn: job.id, clip, fromSeconds, toSeconds, crop, reversed, size })).digest('hex');
    const kept = store.assets.findByStageKey(key);
    if (kept !== null) {
      const source = SourceName.parse(JSON.parse(kept.name));
      return { asset: kept, source, frames: { count: size.frames, width: size.width, height: size.height, data: store.assets.readAll(kept.id) } };
    }
    context.beginPart('prepare', 1, null);
    const found = await examineClip(data, { count: size.frames, width: size.width, height: size.height }, { store, media, temporaryFolder, signal });
    if (found.problem !== 'none' || found.frames === null) throw unsuitableClip(found);
    const { frames, name } = found;
    const source = { name, fromSeconds: found.fromSeconds, toSeconds: found.toSeconds };
    const writer = store.assets.beginWrite({ kind: 'stage', name: JSON.stringify(source), mimeType: FRAMES_MIME_TYPE, origin: 'generated', stageKey: key });
    let asset: AssetRow | null = null;
    try {
      writer.write(frames.data);
      context.finishPart('prepare', 'done', () => {
        asset = writer.finish({ frames: frames.count, width: frames.width, height: frames.height });
      });
    } catch (error) {
      writer.abort();
      throw error;
    }
    assert(asset !== null, 'the key frames are stored');
    return { frames, source, asset };
  };

  return {
    kind: 'learn',
    lane: 'compute',
    data: LearnMotionData,
    title: ({ name }) => name,
    parts: ({ settings }) => [waitingPart('prepare', 1), waitingPart('learn', settings.steps), waitingPart('invert', INVERSION_STEPS)],
    run: async (data, context) => {
      const { store, job } = context;
      const { settings, caption, name } = data;
      const opened = await packs.get(data.packId);
      requireSamePack(data.packId, opened.keyframesSha256, data.modelSha256, 'motion');
      const { frames, source, asset } = await prepare(data, context, opened);
      const stored = store.checkpoints.find(job.id, LEARNING_CHECKPOINT);
      const { points, bestStep } = stored === null ? { points: [], bestStep: null } : curveOfCheckpoint(stored.bytes);
      curves.begin(job.id, settings.steps, points, bestStep);
      const runId = `${job.id}/${job.attempt}`;
      const stepTimesMs: number[] = [];
      const inversionTimesMs: number[] = [];
      let isInverting = false;
      context.beginPart('learn', settings.steps, expectedInversionMs(stepTimes, opened));
      const begin = (run: KeptRun) =>
        engine.learn(
          {
            runId, packDir: opened.dir, frames, caption, settings, checkpoint: run.checkpoint, threads,
            facts: { name, model: { packId: opened.pack.id, packName: opened.pack.name, sha256: opened.keyframesSha256 }, source: { ...source, crop: data.crop, reversed: data.reversed } },
          },
          {
            onProgress: ({ phase, step, total, stepMs }) => {
              if (phase === 'inverting' && !isInverting) {
                isInverting = true;
                context.finishPart('learn', 'done');
                context.beginPart('invert', total, 0);
              }
              if (stepMs !== null) (isInverting ? inversionTimesMs : stepTimesMs).push(stepMs);
              if (phase !== 'loading') context.advance(step, total, stepMs);
            },
            onLossPoint: ({ point, bestStep: best }) => curves.add(job.id, point, best),
            onPreview: (event) => {
              context.preview(event.frames);
              curves.sampled(job.id);
            },
            onCheckpoint: run.onCheckpoint,
          },
        );
      try {
        await withCheckpoints(engine, context, { key: LEARNING_CHECKPOINT, runId }, begin, ({ motion, wallMs }, wasResumed) => {
          context.complete(() => {
            store.assets.remove(asset.id);
            return storeMotion(store, motion, name, 'generated');
          });
          if (!wasResumed) recordLearningTime(stepTimes, data, opened, { inversionMs: inversionTimesMs.reduce((sum, ms) => sum + ms, 0), wallMs, unitsMs: stepTimesMs.reduce((sum, ms) => sum + ms, 0), steps: stepTimesMs.length });
        });
      } finally {
        curves.end(job.id);
      }
    },
  };
}

/** The error for a clip that nothing can be learned from. */
export function unsuitableClip({ message, problem }: { readonly message: string | null; readonly problem: string }): StudioError {
  return new StudioError(problem === 'unreadable' || problem === 'empty' ? 'MEDIA_UNREADABLE' : 'INVALID_INPUT', message ?? 'The clip cannot be learned from. Choose another one.', { details: { problem } });
}

/** Stores a motion file as an asset of the project, in the caller's transaction. The file is checked first. */
export function storeMotion(store: ProjectStore, bytes: Uint8Array, name: string, origin: 'generated' | 'imported'): JobResult {
  const { facts, frames, noise } = decodeMotionFile(bytes, name);
  const writer = store.assets.beginWrite({ kind: 'motion', name, mimeType: MOTION_MIME_TYPE, origin });
  try {
    writer.write(bytes);
    const asset = writer.finish({ frames: frames.count, width: frames.width, height: frames.height });
    store.motions.add(asset.id, { facts, hasNoise: noise !== null, frames });
    const size = frames.width * frames.height * 3;
    const middle = Math.floor(frames.count / 2);
    store.assets.setThumbnail(asset.id, encodePng(frames.width, frames.height, frames.data.subarray(middle * size, (middle + 1) * size)), 'image/png');
    return { resultAssetId: asset.id };
  } catch (error) {
    writer.abort();
    throw error;
  }
}
