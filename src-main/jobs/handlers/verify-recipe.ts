import { join } from 'node:path';
import { z } from 'zod';
import type { JobPart } from '../../../src-shared/contract/jobs.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { namedSources, Recipe, recipeHash } from '../../../src-shared/recipe/recipe.ts';
import type { RecipeVerdict, VerdictReason } from '../../../src-shared/recipe/recipe-verdict.ts';
import type { Media } from '../../media/media.ts';
import type { MediaInfo } from '../../media/probe.ts';
import { openProjectStore, type ProjectStore } from '../../store/project-store.ts';
import { copyAsset } from '../asset-file.ts';
import { keepVerdict } from '../carried-recipes.ts';
import { compareClips, type ClipDifference } from '../compare-clips.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import { createJobQueue } from '../job-queue.ts';
import { withScratchFolder } from '../scratch-folder.ts';
import { storeMotion } from './learn-motion.ts';

/** A clip and the recipe that is said to have made it. */
export const VerifyRecipeData = z.object({ assetId: z.string(), name: z.string(), recipe: Recipe });
export type VerifyRecipeData = z.infer<typeof VerifyRecipeData>;

export interface VerifyRecipeOptions {
  /** The handlers that make clips: they run as they always do, in a project of their own that holds nothing yet. */
  readonly makers: readonly JobHandler<unknown>[];
  readonly media: Pick<Media, 'probe' | 'decodeFrames'>;
  readonly temporaryFolder: string;
  /** What runs the recipe now. */
  readonly engine: () => Promise<Omit<Recipe['engine'], 'name'>>;
}

/** From here on no eye tells two frames apart without being shown where to look; a palette of 256 colours stays above it. */
const EQUAL_MEAN_DB = 30;
const EQUAL_WORST_DB = 26;

/** Copies what a recipe names by its hash into the project that makes it again. */
function copySources(from: ProjectStore, to: ProjectStore, recipe: Recipe): void {
  const { motions, images } = namedSources(recipe);
  for (const sha256 of motions) {
    const motion = from.motions.findBySha256(sha256);
    if (motion !== null) to.transaction(() => storeMotion(to, from.assets.readAll(motion.asset.id), motion.asset.name, 'imported'));
  }
  for (const sha256 of images) {
    const image = from.assets.findBySha256(sha256);
    if (image === null) continue;
    const writer = to.assets.beginWrite({ kind: image.kind, name: image.name, mimeType: image.mimeType, origin: 'imported' });
    writer.write(from.assets.readAll(image.id));
    writer.finish({ width: image.width, height: image.height });
  }
}

/** What came of it, and why. */
export function judge(theirs: MediaInfo, ours: MediaInfo, difference: ClipDifference, recipe: Recipe['engine'], engine: Recipe['engine']): Omit<RecipeVerdict, 'checkedAt'> {
  const { frames, framesAgain, differing, meanDb, worstDb, worstFrame } = difference;
  const told = { frames, framesAgain, meanDb, worstDb, worstFrame };
  const size = ({ width, height }: MediaInfo): string => `${width ?? '?'} × ${height ?? '?'}`;
  const rate = ({ frameRate }: MediaInfo): string => (frameRate === null ? '?' : String(Number((frameRate.num / frameRate.den).toFixed(3))));
  const reasons: { reason: VerdictReason; there: string; here: string }[] = [];
  const differs = (reason: VerdictReason, there: string, here: string): void => {
    if (there !== here) reasons.push({ reason, there, here });
  };
  differs('frameCount', String(frames), String(framesAgain));
  differs('frameRate', rate(theirs), rate(ours));
  differs('pictureSize', size(theirs), size(ours));
  differs('reencoded', theirs.codec, ours.codec);
  differs('engineVersion', recipe.version, engine.version);
  differs('executionProvider', recipe.executionProvider, engine.executionProvider);
  if (differing === 0 && frames === framesAgain && size(theirs) === size(ours)) return { outcome: 'identical', ...told, reasons: [] };
  if (reasons.length === 0) reasons.push({ reason: 'unexplained', there: '', here: '' });
  const looksEqual = frames === framesAgain && (differing === 0 || ((meanDb ?? 0) >= EQUAL_MEAN_DB && (worstDb ?? 0) >= EQUAL_WORST_DB));
  return { outcome: looksEqual ? 'perceptuallyEqual' : 'different', ...told, reasons };
}

/**
 * Makes a clip again from its recipe and compares it with the file, frame by frame. Everything is made: nothing that the project already
 * has is used, and nothing that is made stays. After a pause it begins anew.
 */
export function createVerifyRecipeHandler({ makers, media, temporaryFolder, engine }: VerifyRecipeOptions): JobHandler<VerifyRecipeData> {
  /** Runs the recipe in a new project and copies its clip to `file`. */
  const makeAgain = async (recipe: Recipe, context: JobContext, folder: string, file: string): Promise<void> => {
    const { signal } = context;
    const scratch = openProjectStore(join(folder, 'again.motif'), { create: { name: 'again' } });
    const queue = createJobQueue({ store: scratch, handlers: makers, engine: { unload: () => undefined }, lanes: ['compute'] });
    const stopWatching = new AbortController();
    try {
      copySources(context.store, scratch, recipe);
      const hash = await recipeHash(recipe);
      const wish = recipe.scene === undefined ? ({ kind: 'generate', data: { recipe, recipeHash: hash } } as const) : ({ kind: 'scene', data: { recipe, clipHash: hash, focusEventId: null, promptEventId: null } } as const);
      const { id } = queue.enqueue(wish.kind, wish.data);
      const cancel = (): void => void queue.cancel(id).catch(() => undefined);
      signal.addEventListener('abort', cancel, { once: true });
      if (signal.aborted) cancel();
      const left = new Set<JobPart['name']>([...recipe.stages.map(({ stage }) => stage), 'encode']);
      let running: JobPart['name'] | null = null;
      let [step, at] = [0, performance.now()];
      for await (const job of queue.watch(stopWatching.signal)) {
        if (job.id !== id) continue;
        const part = job.parts.find(({ state }) => state === 'running');
        if (part !== undefined && !signal.aborted) {
          if (part.name !== running) {
            if (running !== null && left.delete(running)) context.finishPart(running, 'done');
            context.beginPart(part.name, part.total, null);
            running = part.name;
            [step, at] = [0, performance.now()];
          }
          if (part.step > step) {
            context.advance(part.step, part.total, (performance.now() - at) / (part.step - step));
            [step, at] = [part.step, performance.now()];
          }
        }
        if (job.finishedAt !== null) break;
      }
      signal.removeEventListener('abort', cancel);
      signal.throwIfAborted();
      const made = queue.get(id);
      if (made.state !== 'completed' || made.resultAssetId === null) throw new StudioError(made.error?.code ?? 'INTERNAL', made.error?.message ?? 'The clip could not be made again.');
      // Short parts may have come and gone unseen.
      for (const part of left) context.finishPart(part, 'done');
      await copyAsset(scratch, scratch.assets.get(made.resultAssetId), file, signal);
    } finally {
      stopWatching.abort();
      await queue.close();
      scratch.close();
    }
  };

  return {
    kind: 'verify',
    lane: 'compute',
    data: VerifyRecipeData,
    title: ({ name }) => name,
    parts: ({ recipe }) => [...recipe.stages.map(({ stage, numInferenceSteps }) => waitingPart(stage, numInferenceSteps)), waitingPart('encode'), waitingPart('compare')],
    run: async ({ assetId, recipe }, context) => {
      const { store, signal } = context;
      const asset = store.assets.get(assetId);
      const now: Recipe = { ...recipe, engine: { name: 'motif-engine', ...(await engine()) } };
      await withScratchFolder(temporaryFolder, async (folder) => {
        const [theirFile, ourFile] = [join(folder, 'theirs'), join(folder, 'ours')];
        await makeAgain(now, context, folder, ourFile);
        await copyAsset(store, asset, theirFile, signal);
        const [theirs, ours] = [await media.probe(theirFile, signal), await media.probe(ourFile, signal)];
        context.beginPart('compare', ours.frames ?? 1, 0);
        const difference = await compareClips(media, theirs, ours, { signal, onFrame: (frame) => context.advance(frame, Math.max(frame, ours.frames ?? 1), null) });
        const verdict: RecipeVerdict = { ...judge(theirs, ours, difference, recipe.engine, now.engine), checkedAt: new Date().toISOString() };
        context.complete(() => {
          keepVerdict(store, assetId, verdict);
          return { resultAssetId: assetId };
        });
      });
    },
  };
}
