import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson, type Recipe } from '../../src-shared/recipe/recipe.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { Media } from '../media/media.ts';
import type { StepTimeRepository } from '../store/app-store.ts';
import type { AssetMeta, AssetRow } from '../store/asset-repository.ts';
import type { JobContext, JobResult } from './job-handler.ts';
import { withScratchFolder } from './scratch-folder.ts';
import { recordEncodeTime } from './stage-times.ts';

const READ_BYTES = 1024 * 1024;
const THUMBNAIL_WIDTH = 320;
/** Small clips are enlarged by whole factors up to about this height, so that a draft can be watched. */
const WATCHABLE_HEIGHT = 320;

/** A file that becomes a clip of the library. */
export interface FinishedClip {
  readonly path: string;
  readonly name: string;
  /** MP4 when left out. */
  readonly mimeType?: string;
  /** What is in it; see {@link probedMeta}. */
  readonly meta: AssetMeta;
  readonly recipe?: Recipe;
  readonly recipeHash?: string;
}

/** What a file of ours holds, at the frame rate that it was made with. */
export async function probedMeta(media: Pick<Media, 'probe'>, path: string, frameRate: FrameRate, signal: AbortSignal): Promise<AssetMeta> {
  const { width, height, frames, durationMs, hasAudio } = await media.probe(path, signal);
  return { width, height, frames, frameRate, durationMs, hasAudio };
}

/** Streams a finished clip into the library and ends the job in the same transaction as `also`. */
export async function completeClip(context: JobContext, media: Pick<Media, 'thumbnail'>, { path, meta, ...draft }: FinishedClip, also: (asset: AssetRow) => void): Promise<void> {
  const { store, signal } = context;
  const thumbnail = await media.thumbnail(path, { maxWidth: THUMBNAIL_WIDTH, at: 'middle', signal });
  signal.throwIfAborted();
  const writer = store.assets.beginWrite({ kind: 'video', mimeType: 'video/mp4', origin: 'generated', ...draft });
  try {
    for await (const block of createReadStream(path, { highWaterMark: READ_BYTES, signal }) as AsyncIterable<Uint8Array>) writer.write(block);
    context.complete((): JobResult => {
      const asset = writer.finish(meta);
      store.assets.setThumbnail(asset.id, thumbnail);
      also(asset);
      return { resultAssetId: asset.id };
    });
  } catch (error) {
    writer.abort();
    throw error;
  }
}

/** Frames that a recipe made, and the clip that they become. */
export interface MadeFrames {
  /** RGB24 bytes of `count` frames. */
  readonly frames: AsyncIterable<Uint8Array> | Uint8Array;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Size of the model's finished clips: its earlier stages may have pixels of another shape, and a draft is shown as the clip it becomes. */
  readonly shownAs: { readonly width: number; readonly height: number };
  readonly frameRate: FrameRate;
  readonly name: string;
  readonly recipe: Recipe;
  readonly recipeHash: string;
}

/** The size that frames are encoded with: whole factors of their height, and as wide for it as a finished clip. */
function watchableSize({ width, height, shownAs }: Pick<MadeFrames, 'width' | 'height' | 'shownAs'>): { width: number; height: number } {
  const tall = height * Math.max(1, Math.floor(WATCHABLE_HEIGHT / height));
  if (shownAs.width === 0 || shownAs.height === 0) return { width: (width * tall) / height, height: tall };
  return { width: 2 * Math.round((tall * shownAs.width) / shownAs.height / 2), height: tall };
}

/** The last part of every generation: encodes the frames with their recipe and completes the clip. */
export async function encodeMadeFrames(
  context: JobContext, { media, stepTimes, temporaryFolder }: { readonly media: Pick<Media, 'encodeVideo' | 'thumbnail'>; readonly stepTimes: StepTimeRepository; readonly temporaryFolder: string },
  { frames, count, width, height, shownAs, frameRate, name, recipe, recipeHash }: MadeFrames, also: (asset: AssetRow) => void,
): Promise<void> {
  const size = watchableSize({ width, height, shownAs });
  const beganAt = performance.now();
  context.beginPart('encode', count, 0);
  await withScratchFolder(temporaryFolder, async (folder) => {
    const path = join(folder, 'clip.mp4');
    const encoded = await media.encodeVideo({
      path, width, height, frameRate, frames, recipeJson: canonicalJson(recipe), signal: context.signal, onProgress: (done) => context.advance(done, count, null),
      ...(size.width === width && size.height === height ? {} : { scale: { ...size, filter: 'lanczos' as const } }),
    });
    const meta = { width: encoded.width, height: encoded.height, frames: encoded.frames, frameRate, durationMs: (1000 * encoded.frames * frameRate.den) / frameRate.num, hasAudio: false };
    await completeClip(context, media, { path, name, meta, recipe, recipeHash }, also);
  });
  recordEncodeTime(stepTimes, performance.now() - beganAt);
}
