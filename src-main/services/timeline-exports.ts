import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { ExportEstimate } from '../../src-shared/contract/export.ts';
import { missingCharacters } from '../../src-shared/compose/text/layout.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { framesOfRange } from '../../src-shared/export/export-range.ts';
import { FORMATS } from '../../src-shared/export/formats.ts';
import { expandName } from '../../src-shared/export/name-template.ts';
import type { MissingMediaChoice } from '../../src-shared/export/missing-media.ts';
import type { ExportSettings } from '../../src-shared/export/settings.ts';
import { estimateSize } from '../../src-shared/export/size-estimate.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { framesToSeconds } from '../../src-shared/timing/frame-rate.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';
import { isTrackItem } from '../../src-shared/timeline/tracks.ts';
import { factsOfAsset, planExport, takesOfEvents, untouchedAsset, type ExportTimelineData } from '../jobs/export-plan.ts';
import { describeMissing } from '../jobs/missing-media.ts';
import { freeBytes } from '../jobs/handlers/export-timeline.ts';
import { loadFonts } from '../media/export/text-pictures.ts';
import type { OpenProject } from './open-projects.ts';

/** An export as it was asked for. */
export interface TimelineExportRequest {
  readonly settings: ExportSettings;
  readonly path: string;
  readonly clipIds: readonly string[];
  readonly missingMedia: MissingMediaChoice;
}

const empty = (): StudioError => new StudioError('INVALID_INPUT', 'There is nothing on this part of the timeline to export. Choose another range, or put a clip there.');

/** What every file of the request is made from. The path says where to; unknown endings are kept and the right one added. */
function dataOf({ store }: OpenProject, { settings, path, clipIds, missingMedia }: TimelineExportRequest): { readonly parts: readonly ExportTimelineData[]; readonly plan: ReturnType<typeof planExport> } {
  if (!isAbsolute(path)) throw new StudioError('INVALID_INPUT', `${path} is not a whole path. Give it from the top of the disk.`, { details: { path } });
  const { records } = store.timeline.get().document;
  const kept = Object.fromEntries(Object.entries(records).filter(([, record]) => record.type !== 'marker' && record.type !== 'keyframeImage')) satisfies TimelineRecords;
  const takes = takesOfEvents(store, kept);
  const plan = planExport({ records: kept, takes, settings, missingMedia }, (id) => factsOfAsset(store.assets.find(id)));
  const spans = clipIds.length === 0 ? [{ ...framesOfRange(settings.range, kept, plan.durationFrames), id: null }] : clipIds.map((id) => {
    const item = kept[id];
    if (!isTrackItem(item)) throw new StudioError('NOT_FOUND', `${id} is not on the timeline any more. Select the clips again.`, { details: { clipId: id } });
    return { from: item.startFrame, to: endFrame(item), id };
  });
  const { extension } = FORMATS[settings.format];
  const folder = dirname(path);
  const name = path.slice(folder.length).replace(/^[/\\]/, '');
  const stem = extension !== '' && name.toLowerCase().endsWith(`.${extension}`) ? name.slice(0, -extension.length - 1) : name;
  const taken = new Set<string>();
  const parts = spans.map(({ from, to, id }, index): ExportTimelineData => {
    if (to <= from) throw empty();
    const item = id === null ? undefined : kept[id];
    const assetId = item?.type === 'clip' ? item.assetId : item?.type === 'promptEvent' ? takes[item.id]?.assetId : undefined;
    const recipe = assetId === undefined ? null : (store.assets.find(assetId)?.recipe ?? null);
    const take = assetId === undefined ? undefined : store.takes.list().find((other) => other.asset.id === assetId)?.id.slice('take:'.length, 'take:'.length + 8);
    const filled = expandName(stem, {
      project: store.project().name, event: item?.type === 'promptEvent' ? item.prompt : (recipe?.prompt ?? (assetId === undefined ? undefined : store.assets.find(assetId)?.name.replace(/\.[^.]+$/, ''))), take, seed: recipe?.seed,
      date: new Date(), width: plan.width, height: plan.height, ...(spans.length > 1 ? { index: index + 1 } : {}),
    });
    let unique = filled;
    for (let more = 2; taken.has(unique.toLowerCase()); more += 1) unique = `${filled}-${more}`;
    taken.add(unique.toLowerCase());
    return { path: join(folder, extension === '' ? unique : `${unique}.${extension}`), settings, records: kept, takes, from, to, missingMedia };
  });
  return { parts, plan };
}

/** What an export would be, and what stands in its way. */
export async function estimateTimelineExport(project: OpenProject, request: TimelineExportRequest, fontsDir: string): Promise<ExportEstimate> {
  const { parts, plan } = dataOf(project, request);
  const { settings } = request;
  const frames = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const seconds = framesToSeconds(frames, plan.frameRate);
  const within = (span: { readonly from: number; readonly to: number }): boolean => parts.some(({ from, to }) => span.to > from && span.from < to);
  const hasSound = settings.audio && FORMATS[settings.format].hasAudio && plan.sounds.some(within);
  const words = plan.texts.filter(within).map(({ text }) => text).join('');
  const first = parts[0];
  const untouched = parts.length === 1 && first !== undefined ? untouchedAsset(plan, first.from, first.to, settings) : null;
  const missing = first === undefined ? [] : describeMissing(project.store, planExport({ ...first, missingMedia: 'refuse' }, (id) => factsOfAsset(project.store.assets.find(id))).missing, first.records, first.takes);
  let folder = dirname(request.path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return {
    paths: parts.map(({ path }) => path), present: parts.map(({ path }) => path).filter((path) => existsSync(path)), width: plan.width, height: plan.height, frames, durationMs: Math.round(seconds * 1000),
    sizeBytes: untouched === null ? estimateSize(settings, { width: plan.width, height: plan.height, frames, seconds, hasSound }) : (project.store.assets.find(untouched)?.sizeBytes ?? 0),
    freeBytes: await freeBytes(folder), hasSound, copies: untouched !== null, missing, missingCharacters: words === '' ? [] : missingCharacters(await loadFonts(fontsDir), words).slice(0, 50),
  };
}

/** Queues one job for each file. */
export function startTimelineExport(project: OpenProject, request: TimelineExportRequest): { readonly job: Job; readonly path: string }[] {
  const { parts } = dataOf(project, request);
  return parts.map((data) => ({ job: project.queue.enqueue('export', data), path: data.path }));
}
