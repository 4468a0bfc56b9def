import { join } from 'node:path';
import { z } from 'zod';
import { ClipPart } from '../../../src-shared/contract/stylization.ts';
import { isSceneRecipe } from '../../../src-shared/build/scene-graph.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import { Recipe, recipeHash } from '../../../src-shared/recipe/recipe.ts';
import { rational } from '../../../src-shared/timing/rational.ts';
import { framesToSeconds, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import type { Media } from '../../media/media.ts';
import type { MotionRow } from '../../store/motion-repository.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { withCheckpoints } from '../checkpointed-run.ts';
import { ClipSegments } from '../clip-segments.ts';
import { completeClip, probedMeta } from '../complete-clip.ts';
import { addClipTake } from '../clip-takes.ts';
import { waitingPart, type JobContext, type JobHandler, type JobResult } from '../job-handler.ts';
import type { EngineClient } from '../engine-client.ts';
import { INVERSION_STEPS } from '../learning-times.ts';
import { copyAsset } from '../asset-file.ts';
import { examineClip } from '../motion-clip.ts';
import { withScratchFolder } from '../scratch-folder.ts';
import { GenerateClipData } from './generate-clip.ts';
import { LearnMotionData, storeMotion, unsuitableClip, type LearnablePack } from './learn-motion.ts';
import { RenderSceneData } from './render-scene.ts';

export const ReimagineClipData = z.object({
  assetId: z.string(),
  name: z.string(),
  part: ClipPart.nullable(),
  /** The clip to generate, without the motion: that may still have to be learned. */
  recipe: Recipe,
  strength: z.number(),
  noiseMix: z.number(),
  /** A motion that was learned from this clip; null: to be learned. */
  motionId: z.string().nullable(),
  learn: LearnMotionData,
  /** Where the clip is longer than one window of the model: its part in seconds, and key frames that it is traced back by. */
  long: z.object({ fromSeconds: z.number(), toSeconds: z.number(), keyframes: z.number().int().min(2) }).nullable().default(null),
  clipId: z.string().nullable(),
});
export type ReimagineClipData = z.infer<typeof ReimagineClipData>;

export interface ReimagineClipOptions {
  readonly learn: JobHandler<LearnMotionData>;
  readonly generate: JobHandler<GenerateClipData>;
  readonly scene: JobHandler<RenderSceneData>;
  readonly engine: Pick<EngineClient, 'trace' | 'stop'>;
  readonly packs: { get(packId: string): Promise<LearnablePack> };
  readonly threads: number;
  readonly media: Pick<Media, 'decodeFrames' | 'encodeSegment' | 'joinSegments' | 'thumbnail' | 'probe'>;
  readonly temporaryFolder: string;
}

/** Times of a clip that differ by less are the same. */
const SAME_SECONDS = 0.01;
/** Key of the tracing's checkpoint. */
const TRACING = 'trace';

/** What the job has made by now, each kept under a key of its own. */
const MOTION = 'motion';
const TRACED = 'motion of the whole clip';
const CLIP = 'generated clip';

/**
 * Re-imagines a clip: learns its motion and traces it back to noise (VMC, arXiv 2312.00845), generates a clip of the new words with both, and
 * lets that last as long as the source, under the source's sound. Of a clip that is longer than a window of the model, the motion is learned in the
 * middle, the whole is traced back in overlapping windows, and the new clip is a scene of one event. Each of these is kept when it is done.
 */
export function createReimagineClipHandler({ learn, generate, scene, engine, packs, threads, media, temporaryFolder }: ReimagineClipOptions): JobHandler<ReimagineClipData> {
  /** Traces the whole part back to noise with a motion that was learned from some of it. */
  const trace = async ({ assetId, name, learn: { caption, packId } }: ReimagineClipData, long: NonNullable<ReimagineClipData['long']>, motionId: string, context: JobContext, keep: (work: () => JobResult) => void): Promise<void> => {
    const { store, job, signal } = context;
    const opened = await packs.get(packId);
    const size = opened.index.sizes.keyframes;
    assert(size !== undefined, 'a pack has keyframes');
    context.beginPart('invert', INVERSION_STEPS, null);
    const found = await examineClip({ clip: { assetId }, fromSeconds: long.fromSeconds, toSeconds: long.toSeconds, crop: null, reversed: false }, { count: long.keyframes, width: size.width, height: size.height }, { store, media, temporaryFolder, signal });
    if (found.frames === null) throw unsuitableClip(found);
    const { frames } = found;
    const runId = `${job.id}/${job.attempt}/trace`;
    await withCheckpoints(
      engine, context, { key: TRACING, runId },
      ({ checkpoint, onCheckpoint }) => engine.trace({
        runId, packDir: opened.dir, frames, motion: store.assets.readAll(motionId), checkpoint, threads,
        source: { name, fromSeconds: long.fromSeconds, toSeconds: long.toSeconds, crop: null, reversed: false },
      }, { onCheckpoint, onProgress: ({ phase, step, total, stepMs }) => { if (phase === 'inverting') context.advance(step, total, stepMs); } }),
      ({ motion }) => context.finishPart('invert', 'done', () => {
        keep(() => storeMotion(store, motion, `${caption}, whole clip`.slice(0, 200), 'generated'));
        store.checkpoints.clear(job.id);
      }),
    );
  };

  return {
    kind: 'reimagine',
    lane: 'compute',
    data: ReimagineClipData,
    title: ({ name, recipe }) => `${name}: ${recipe.prompt}`,
    parts: ({ learn: { settings }, recipe }) => [
      waitingPart('prepare', 1), waitingPart('learn', settings.steps), waitingPart('invert', INVERSION_STEPS),
      ...recipe.stages.map((stage) => waitingPart(stage.stage, stage.numInferenceSteps)), waitingPart('encode'),
    ],
    run: async (data, context) => {
      const { store, signal, job } = context;
      const kept = new ClipSegments(store, { kind: 'reimagine', jobId: job.id, name: data.name, stage: 'keyframes' });
      const note = (part: string, { resultAssetId }: JobResult) => {
        assert(resultAssetId !== undefined, 'what is kept is an asset');
        kept.noteAside(part, Buffer.from(resultAssetId));
      };
      const noted = (part: string): string | null => {
        const bytes = kept.aside(part);
        return bytes === null ? null : Buffer.from(bytes).toString('utf8');
      };

      let motion = data.motionId ?? noted(MOTION);
      if (motion === null) {
        await learn.run(data.learn, within(context, (work) => context.finishPart('invert', 'done', () => {
          note(MOTION, work());
          store.checkpoints.clear(job.id);
        })));
        motion = noted(MOTION);
      } else for (const part of ['prepare', 'learn', 'invert'] as const) if (job.parts.find(({ name }) => name === part)?.state !== 'done') context.finishPart(part, 'cached');
      assert(motion !== null, 'the motion is learned');
      if (data.long !== null && !coversWhole(store.motions.get(motion), data.long)) {
        if (noted(TRACED) === null) await trace(data, data.long, motion, context, (work) => note(TRACED, work()));
        motion = noted(TRACED);
        assert(motion !== null, 'the clip is traced');
      }

      let made = noted(CLIP);
      if (made === null) {
        const { sha256 } = store.motions.get(motion).asset;
        const use = { sha256, strength: data.strength, noiseMix: data.noiseMix };
        const keep = within(context, (work) => context.commit(() => note(CLIP, work()), true));
        if (isSceneRecipe(data.recipe)) {
          const recipe = { ...data.recipe, scene: { ...data.recipe.scene, events: data.recipe.scene.events.map((event) => ({ ...event, motions: [use] })) } };
          await scene.run({ recipe, clipHash: await recipeHash(recipe), focusEventId: null, promptEventId: null, adherence: false }, keep);
        } else {
          const recipe: Recipe = { ...data.recipe, motions: [use] };
          await generate.run({ recipe, recipeHash: await recipeHash(recipe), promptEventId: null }, keep);
        }
        made = noted(CLIP);
      }
      assert(made !== null, 'the clip is generated');

      const [source, clip] = [store.assets.get(data.assetId), store.assets.get(made)];
      const { frameRate } = source;
      assert(frameRate !== null && source.frames !== null && clip.frames !== null && clip.width !== null && clip.height !== null, 'both are videos');
      const startFrame = data.part?.startFrame ?? 0;
      const frames = Math.min(data.part?.frames ?? source.frames, source.frames - startFrame);
      const seconds = framesToSeconds(frames, frameRate);
      // As many frames as the model makes, over the time that the source takes: what moves moves when it did there.
      const rate: FrameRate = rational(clip.frames * frameRate.num, frames * frameRate.den);
      const size = { width: clip.width - (clip.width % 2), height: clip.height - (clip.height % 2) };
      await withScratchFolder(temporaryFolder, async (folder) => {
        const [sourcePath, clipPath, result] = [join(folder, 'source'), join(folder, 'clip'), join(folder, 'reimagined.mp4')];
        await copyAsset(store, source, sourcePath, signal);
        await copyAsset(store, clip, clipPath, signal);
        const drawn: Uint8Array[] = [];
        for await (const frame of media.decodeFrames(clipPath, { ...size, fit: 'stretch', signal })) drawn.push(frame);
        const segment = await media.encodeSegment({ ...size, frameRate: rate, frames: drawn, signal });
        await media.joinSegments({ path: result, frameRate: rate, segments: [segment], soundOf: source.hasAudio ? sourcePath : null, soundSpan: { fromSeconds: framesToSeconds(startFrame, frameRate), seconds }, signal });
        await completeClip(context, media, { path: result, name: `${data.name.replace(/\.[A-Za-z0-9]{2,4}$/, '').slice(0, 100)}, ${data.recipe.prompt.slice(0, 80)}.mp4`, meta: await probedMeta(media, result, rate, signal) }, (asset) => {
          kept.remove(MOTION, TRACED, CLIP);
          if (data.clipId !== null) addClipTake(store, data.clipId, source, startFrame, asset);
        });
      });
    },
  };
}

/** Whether a motion brings the noise of the whole part. */
const coversWhole = ({ asset, hasNoise, facts: { source } }: MotionRow, { fromSeconds, toSeconds, keyframes }: NonNullable<ReimagineClipData['long']>): boolean =>
  hasNoise && asset.frames === keyframes && Math.abs(source.fromSeconds - fromSeconds) < SAME_SECONDS && Math.abs(source.toSeconds - toSeconds) < SAME_SECONDS;

/** The job as a part of it sees it: what would end the job is handed to `complete`. */
function within(context: JobContext, complete: JobContext['complete']): JobContext {
  const { job, store, signal } = context;
  return {
    job, store, signal, complete,
    beginPart: (...part) => context.beginPart(...part),
    advance: (...step) => context.advance(...step),
    finishPart: (...part) => context.finishPart(...part),
    commit: (...work) => context.commit(...work),
    preview: (frames) => context.preview(frames),
    tilesOf: (name) => context.tilesOf(name),
    noteTiles: (...tiles) => context.noteTiles(...tiles),
  };
}

/**
 * A motion that was learned from the same part of the same clip on the same model, the newest first; of a long clip one that was traced through
 * all of it, before one of its middle.
 */
export function motionOfClip(store: ProjectStore, learn: LearnMotionData, clipName: string, long: ReimagineClipData['long']): MotionRow | null {
  if (long !== null) {
    const whole = motionOfClip(store, { ...learn, fromSeconds: long.fromSeconds, toSeconds: long.toSeconds }, clipName, null);
    if (whole !== null && coversWhole(whole, long)) return whole;
  }
  const matches = ({ facts: { source, model, caption } }: MotionRow): boolean =>
    model.sha256 === learn.modelSha256 && caption === learn.caption && source.name === clipName && !source.reversed && source.crop === null &&
    (learn.fromSeconds === null || Math.abs(source.fromSeconds - learn.fromSeconds) < SAME_SECONDS) && (learn.toSeconds === null || Math.abs(source.toSeconds - learn.toSeconds) < SAME_SECONDS);
  return store.motions.list().find(matches) ?? null;
}
