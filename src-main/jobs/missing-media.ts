import type { SourceFacts } from '../../src-shared/compose/composition-plan.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { MissingMedia, MissingMediaChoice } from '../../src-shared/export/missing-media.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';
import { formatTimecode } from '../../src-shared/timing/frame-rate.ts';
import type { ProjectStore } from '../store/project-store.ts';

type Takes = Readonly<Record<string, { readonly assetId: string }>>;

/** Items of the timeline with the asset that they show. */
const uses = (records: TimelineRecords, takes: Takes): { readonly assetId: string; readonly startFrame: number }[] =>
  Object.values(records).flatMap((record) => {
    if (record.type === 'clip' || record.type === 'audio') return [{ assetId: record.assetId, startFrame: record.startFrame }];
    const take = record.type === 'promptEvent' ? takes[record.id] : undefined;
    return take === undefined || !('startFrame' in record) ? [] : [{ assetId: take.assetId, startFrame: record.startFrame }];
  });

/** Tells missing assets apart: by the name under which they once were imported or made, and by where they are shown. */
export function describeMissing(store: ProjectStore, assetIds: readonly string[], records: TimelineRecords, takes: Takes): MissingMedia[] {
  if (assetIds.length === 0) return [];
  const [all, jobs] = [uses(records, takes), store.jobs.list()];
  return assetIds
    .map((assetId) => {
      const own = all.filter((use) => use.assetId === assetId);
      const title = jobs.find(({ kind, resultAssetId }) => resultAssetId === assetId && kind !== 'export')?.title;
      return { assetId, name: title ?? null, uses: own.length, firstFrame: Math.min(...own.map(({ startFrame }) => startFrame), Number.MAX_SAFE_INTEGER) };
    })
    .map((each) => (each.uses === 0 ? { ...each, firstFrame: 0 } : each))
    .sort((a, b) => a.firstFrame - b.firstFrame);
}

/** BLOB_MISSING that names what is missing and the ways out. */
export function missingMediaError(missing: readonly MissingMedia[], records: TimelineRecords): StudioError {
  const { frameRate } = sequenceOf(records);
  const named = missing.slice(0, 5).map(({ name, firstFrame }) => `${name === null ? 'a file' : `"${name}"`} at ${formatTimecode(firstFrame, frameRate)}`).join(', ');
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  return new StudioError('BLOB_MISSING', `The timeline shows media that the project no longer has: ${named}${more}. Export with placeholders, leave these clips out, or import the files again.`, { details: { assetIds: missing.map(({ assetId }) => assetId) } });
}

/** The timeline as the choice wants it composed: without what is missing, or with a still picture in its place. */
export function withMissing(
  choice: MissingMediaChoice, records: TimelineRecords, asset: (id: string) => SourceFacts | null, size: { readonly width: number; readonly height: number },
): { readonly records: TimelineRecords; readonly asset: (id: string) => SourceFacts | null; readonly isShown: (assetId: string) => boolean } {
  if (choice === 'refuse') return { records, asset, isShown: () => true };
  if (choice === 'leaveOut') {
    const kept = Object.entries(records).filter(([, record]) => (record.type !== 'clip' && record.type !== 'audio') || asset(record.assetId) !== null);
    return { records: Object.fromEntries(kept), asset, isShown: (assetId) => asset(assetId) !== null };
  }
  const placeholder: SourceFacts = { kind: 'image', ...size, frameRate: null, frames: 1, hasAudio: false, hasAlpha: false };
  return { records, asset: (id) => asset(id) ?? placeholder, isShown: () => true };
}
