import { copyFile, mkdir, statfs, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { FORMATS } from '../../../src-shared/export/formats.ts';
import { writeInterchange, type InterchangeMedia } from '../../../src-shared/export/interchange/write-interchange.ts';
import { fileEndingOf } from '../../../src-shared/export/file-name.ts';
import { fileSlug } from '../../../src-shared/export/name-template.ts';
import { canSign, type SigningKeys } from '../../../src-shared/export/signing.ts';
import { estimateSize } from '../../../src-shared/export/size-estimate.ts';
import { framesToSeconds } from '../../../src-shared/timing/frame-rate.ts';
import { cuesFromCaptions } from '../../../src-shared/timeline/captions/caption-track.ts';
import { writeCaptions } from '../../../src-shared/timeline/captions/caption-file.ts';
import { canCopy } from '../../media/export/copy-untouched.ts';
import { writePlaceholder } from '../../media/export/placeholder.ts';
import { drawTexts, loadFonts } from '../../media/export/text-pictures.ts';
import type { Media } from '../../media/media.ts';
import type { MediaInfo } from '../../media/probe.ts';
import { MAX_RECIPE_BYTES } from '../../media/recipe-chunks.ts';
import { writeWhole } from '../../media/write-whole.ts';
import { writeAsset } from '../asset-file.ts';
import { explainFfmpeg, toExportError } from '../export-error.ts';
import { assetsNeeded, exportedRecipe, ExportTimelineData, factsOfAsset, planExport, untouchedAsset } from '../export-plan.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import { describeMissing, missingMediaError } from '../missing-media.ts';
import { underItsName } from '../named-error.ts';
import { withScratchFolder } from '../scratch-folder.ts';

export interface ExportTimelineOptions {
  readonly media: Pick<Media, 'probe' | 'capabilities' | 'renderExport' | 'copyUntouched' | 'sign'>;
  /** Where the creator's own certificate and key lie; null: nothing is signed. */
  readonly signingKeys: () => SigningKeys | null;
  readonly appVersion: string;
  readonly temporaryFolder: string;
  /** Where the fonts for titles and captions lie. */
  readonly fontsDir: string;
}

/** Frames between two looks at the clock are as many as fit in about this time. */
const TICK_MS = 250;

/** Bytes free for us on the disk of `folder`, or null where that cannot be told. */
export async function freeBytes(folder: string): Promise<number | null> {
  const stats = await statfs(folder).catch(() => null);
  return stats === null ? null : stats.bavail * stats.bsize;
}

async function requireRoom(folder: string, bytes: number, what: string): Promise<void> {
  const free = await freeBytes(folder);
  const megabytes = (value: number): string => `${Math.ceil(value / 1e6)} MB`;
  if (free !== null && free < bytes) throw new StudioError('DISK_FULL', `${what} needs about ${megabytes(bytes)} in ${folder}, and ${megabytes(free)} are free. Free some space or choose another disk, then export again.`, { details: { path: folder, bytes, free } });
}

/** Frames and time after which the speed counts: the first frames wait for decoders and encoder to get going. */
const WARM_FRAMES = 24;
const WARM_MS = 1500;

/** Tells progress by frames, with the time of one as it was measured since the last look. */
function frameProgress(context: JobContext, total: number): (frames: number) => void {
  const began = performance.now();
  let [shown, at] = [0, began];
  return (frames) => {
    const now = performance.now();
    if (frames < total && now - at < TICK_MS) return;
    const isWarm = shown >= WARM_FRAMES || at - began > WARM_MS;
    context.advance(Math.min(frames, total), total, isWarm ? (now - at) / Math.max(1, frames - shown) : null);
    [shown, at] = [frames, now];
  };
}

/** Renders a timeline to a file that appears whole or not at all. Begun anew after a crash: nothing half is ever kept. */
export function createExportTimelineHandler({ media, temporaryFolder, fontsDir, signingKeys, appVersion }: ExportTimelineOptions): JobHandler<ExportTimelineData> {
  const sidecars = async (data: ExportTimelineData, plan: CompositionPlan, recipeBeside: string | null): Promise<void> => {
    const { path, settings, from, to } = data;
    const stem = FORMATS[settings.format].extension === '' ? path : path.replace(/\.[^./\\]+$/, '');
    const beside = async (file: string, text: string): Promise<void> => void (await writeWhole(file, async (temporary) => writeFile(temporary, text)));
    if (settings.captions === 'srt' || settings.captions === 'vtt') {
      const shown = plan.captions.filter((caption) => caption.startFrame + caption.durationFrames > from && caption.startFrame < to).map((caption) => {
        const start = Math.max(from, caption.startFrame);
        return { ...caption, startFrame: start - from, durationFrames: Math.min(to, caption.startFrame + caption.durationFrames) - start };
      });
      if (shown.length > 0) await beside(`${stem}.${settings.captions}`, writeCaptions(cuesFromCaptions(shown, plan.frameRate), settings.captions));
    }
    if (recipeBeside !== null) await beside(`${stem}.recipe.json`, `${recipeBeside}\n`);
  };

  /** Copies an asset out of the project; where it is gone, a still picture with its name takes its place. */
  const writeSource = async (data: ExportTimelineData, { store, signal }: JobContext, plan: CompositionPlan, assetId: string, file: string): Promise<void> => {
    const asset = store.assets.find(assetId);
    if (asset !== null) return writeAsset(store, asset, file, signal);
    const [gone] = describeMissing(store, [assetId], data.records, data.takes);
    return writePlaceholder(file, { ...plan, words: `Missing: ${gone?.name ?? 'a file'}` }, await loadFonts(fontsDir));
  };
  const sizeOf = ({ store }: JobContext, assetIds: readonly string[]): number => assetIds.reduce((sum, id) => sum + (store.assets.find(id)?.sizeBytes ?? 0), 0);

  /** Other programs read files: what the edit shows goes into a folder beside it. */
  const copyMedia = async (data: ExportTimelineData, context: JobContext, plan: CompositionPlan, needed: readonly string[]): Promise<ReadonlyMap<string, InterchangeMedia>> => {
    const { store } = context;
    const folder = `${data.path.replace(/\.[^./\\]+$/, '')}-media`;
    await mkdir(folder, { recursive: true });
    await requireRoom(folder, sizeOf(context, needed), 'Copying the media');
    const copied = new Map<string, InterchangeMedia>();
    for (const [index, id] of needed.entries()) {
      const asset = store.assets.find(id);
      if (asset === null) {
        const file = join(folder, `${index + 1}-missing.png`);
        await writeWhole(file, (temporary) => writeSource(data, context, plan, id, temporary));
        copied.set(id, { url: pathToFileURL(file).href, name: basename(file), kind: 'image', frameRate: null, frames: 1, durationMs: null, hasAudio: false, width: plan.width, height: plan.height });
        continue;
      }
      const extension = fileEndingOf(asset.mimeType) ?? 'mp4';
      const file = join(folder, `${index + 1}-${fileSlug(asset.name.replace(/\.[^.]+$/, '')) || 'clip'}.${extension}`);
      await writeWhole(file, (temporary) => writeSource(data, context, plan, id, temporary));
      const { frameRate, durationMs, hasAudio, kind, name, width, height, frames } = asset;
      copied.set(id, { url: pathToFileURL(file).href, name, kind: kind === 'image' || kind === 'audio' ? kind : 'video', frameRate, frames, durationMs, hasAudio, width, height });
    }
    return copied;
  };

  const run = async (data: ExportTimelineData, context: JobContext): Promise<void> => {
    const { store, signal, job } = context;
    const { path, settings, from, to } = data;
    const facts = FORMATS[settings.format];
    const draft = planExport(data, (id) => factsOfAsset(store.assets.find(id)));
    const needed = assetsNeeded(draft, from, to, settings);
    if (draft.missing.length > 0) throw missingMediaError(describeMissing(store, draft.missing, data.records, data.takes), data.records);
    await mkdir(dirname(path), { recursive: true });
    const temporaryName = `.motif-${job.id.replace(/[^0-9a-z-]/g, '-')}.part`;
    if (facts.kind === 'interchange') {
      context.beginPart('export', 1, 0);
      const text = writeInterchange(settings.format === 'otio' ? 'otio' : 'fcpxml', { plan: draft, from, to, name: basename(path), media: await copyMedia(data, context, draft, needed) });
      await writeWhole(path, async (temporary) => writeFile(temporary, text), { temporaryName });
      await sidecars({ ...data, settings: { ...settings, captions: settings.captions === 'none' || settings.captions === 'vtt' ? settings.captions : 'srt' } }, draft, null);
      return;
    }
    const size = estimateSize(settings, { width: draft.width, height: draft.height, frames: to - from, seconds: framesToSeconds(to - from, draft.frameRate), hasSound: draft.sounds.length > 0 });
    await requireRoom(dirname(path), size, 'The export');
    const signs = settings.sign && canSign(settings.format);
    const keys = signs ? signingKeys() : null;
    if (signs && keys === null) throw new StudioError('INVALID_INPUT', 'There is no certificate to sign with. Choose your own certificate and key in the export dialog, or export without signing.');
    await mkdir(temporaryFolder, { recursive: true });
    await requireRoom(temporaryFolder, sizeOf(context, needed) + (signs ? 2 * size : 0), 'Preparing the export');

    await withScratchFolder(temporaryFolder, async (scratch) => {
      context.beginPart('prepare', needed.length, null);
      const sources = new Map<string, MediaInfo>();
      for (const [index, id] of needed.entries()) {
        const file = join(scratch, `source-${index}`);
        await writeSource(data, context, draft, id, file);
        sources.set(id, await media.probe(file, signal).catch((error: unknown) => {
          throw underItsName(error, file, store.assets.find(id)?.name);
        }));
        context.advance(index + 1, needed.length, null);
      }
      const plan = planExport(data, (id) => factsOfAsset(store.assets.find(id), sources.get(id)?.hasAlpha === true));
      const recipe = exportedRecipe(plan, from, to, settings.embedRecipe, (id) => store.assets.find(id)?.recipe ?? null);
      const recipeJson = facts.carriesRecipe && recipe !== null && Buffer.byteLength(recipe) <= MAX_RECIPE_BYTES ? recipe : null;
      let isInside = recipeJson !== null;
      const untouched = untouchedAsset(plan, from, to, settings);
      const copied = untouched === null ? undefined : sources.get(untouched);
      // A copy brings the sound of its source along, heard or not.
      const isHeard = settings.audio && plan.sounds.some((sound) => sound.to > from && sound.from < to);
      const text = await drawTexts(plan, from, to, await loadFonts(fontsDir), scratch);
      context.finishPart('prepare', 'done');

      context.beginPart('export', to - from, 0);
      // What is signed is made aside: only the signed file takes the name.
      const target = keys === null ? { path, temporaryName } : { path: join(scratch, `unsigned.${facts.extension}`) };
      if (copied !== undefined && canCopy(copied, settings.format, isHeard)) {
        await media.copyUntouched({ ...target, source: copied, format: settings.format, withSound: isHeard, recipeJson, signal });
      } else {
        const source = (id: string): MediaInfo => {
          const info = sources.get(id);
          if (info === undefined) throw new StudioError('BLOB_MISSING', `The project has no asset ${id}. Remove the clip that shows it.`, { details: { assetId: id } });
          return info;
        };
        isInside = (await media.renderExport({ ...target, plan, from, to, settings, source, text, scratch, recipeJson, signal, onFrames: frameProgress(context, to - from) })).carriesRecipe;
      }
      if (keys !== null) {
        const signed = join(scratch, `signed.${facts.extension}`);
        const shown = needed.map((id) => store.assets.find(id)?.origin === 'generated');
        await media.sign({ input: target.path, output: signed, keys, title: basename(path), version: appVersion, generated: shown.every(Boolean) ? 'all' : shown.some(Boolean) ? 'some' : 'none', scratch, signal });
        await writeWhole(path, (temporary) => copyFile(signed, temporary), { temporaryName });
      }
      await sidecars(data, plan, isInside ? null : recipe);
    });
  };

  return {
    kind: 'export',
    lane: 'media',
    data: ExportTimelineData,
    title: ({ path }) => basename(path),
    parts: ({ settings }) => (FORMATS[settings.format].kind === 'interchange' ? [waitingPart('export')] : [waitingPart('prepare'), waitingPart('export')]),
    run: async (data, context) => {
      try {
        await run(data, context);
      } catch (error) {
        throw explainFfmpeg(toExportError(error, data.path));
      }
      context.complete(() => ({ resultPath: data.path }));
    },
  };
}
