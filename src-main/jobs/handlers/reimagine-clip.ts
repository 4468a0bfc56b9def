import { join } from 'node:path';
import { z } from 'zod';
import { ClipPart } from '../../../src-shared/contract/stylization.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import { Recipe, recipeHash } from '../../../src-shared/recipe/recipe.ts';
import { rational } from '../../../src-shared/timing/rational.ts';
import { framesToSeconds, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import type { Media } from '../../media/media.ts';
import type { MotionRow } from '../../store/motion-repository.ts';
import type { ProjectStore } from '../../store/project-store.ts';
import { ClipSegments } from '../clip-segments.ts';
import { completeClip, probedMeta } from '../complete-clip.ts';
import { addClipTake } from '../clip-takes.ts';
import { waitingPart, type JobContext, type JobHandler, type JobResult } from '../job-handler.ts';
import { INVERSION_STEPS } from '../learning-times.ts';
import { copyAsset } from '../motion-clip.ts';
import { withScratchFolder } from '../scratch-folder.ts';
import { GenerateClipData } from './generate-clip.ts';
import { LearnMotionData } from './learn-motion.ts';

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
  clipId: z.string().nullable(),
});
export type ReimagineClipData = z.infer<typeof ReimagineClipData>;

export interface ReimagineClipOptions {
  readonly learn: JobHandler<LearnMotionData>;
  readonly generate: JobHandler<GenerateClipData>;
  readonly media: Pick<Media, 'decodeFrames' | 'encodeSegment' | 'joinSegments' | 'thumbnail' | 'probe'>;
  readonly temporaryFolder: string;
}

/** What the job has made by now, each kept under a key of its own. */
const MOTION = 'motion';
const CLIP = 'generated clip';

/**
 * Re-imagines a clip: learns its motion and traces it back to noise (VMC, arXiv 2312.00845), generates a clip of the new words with both, and
 * lets that last as long as the source, under the source's sound. Each of the three is kept when it is done.
 */
export function createReimagineClipHandler({ learn, generate, media, temporaryFolder }: ReimagineClipOptions): JobHandler<ReimagineClipData> {
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

      let made = noted(CLIP);
      if (made === null) {
        const { sha256 } = store.motions.get(motion).asset;
        const recipe: Recipe = { ...data.recipe, motions: [{ sha256, strength: data.strength, noiseMix: data.noiseMix }] };
        await generate.run({ recipe, recipeHash: await recipeHash(recipe), promptEventId: null }, within(context, (work) => context.commit(() => note(CLIP, work()), true)));
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
        copyAsset(store, source, sourcePath);
        copyAsset(store, clip, clipPath);
        const drawn: Uint8Array[] = [];
        for await (const frame of media.decodeFrames(clipPath, { ...size, fit: 'stretch', signal })) drawn.push(frame);
        const segment = await media.encodeSegment({ ...size, frameRate: rate, frames: drawn, signal });
        await media.joinSegments({ path: result, frameRate: rate, segments: [segment], soundOf: source.hasAudio ? sourcePath : null, soundSpan: { fromSeconds: framesToSeconds(startFrame, frameRate), seconds }, signal });
        await completeClip(context, media, { path: result, name: `${data.name.replace(/\.[A-Za-z0-9]{2,4}$/, '').slice(0, 100)}, ${data.recipe.prompt.slice(0, 80)}.mp4`, meta: await probedMeta(media, result, rate, signal) }, (asset) => {
          kept.remove(MOTION, CLIP);
          if (data.clipId !== null) addClipTake(store, data.clipId, source, startFrame, asset);
        });
      });
    },
  };
}

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
  };
}

/** A motion that was learned from the same part of the same clip on the same model, the newest first. */
export function motionOfClip(store: ProjectStore, learn: LearnMotionData, clipName: string): MotionRow | null {
  const matches = ({ facts: { source, model, caption } }: MotionRow): boolean =>
    model.sha256 === learn.modelSha256 && caption === learn.caption && source.name === clipName && !source.reversed && source.crop === null &&
    (learn.fromSeconds === null || Math.abs(source.fromSeconds - learn.fromSeconds) < 0.01) && (learn.toSeconds === null || Math.abs(source.toSeconds - learn.toSeconds) < 0.01);
  return store.motions.list().find(matches) ?? null;
}
