import { compareRational, rational, subtractRational, ZERO } from '../../src-shared/timing/rational.ts';
import type { Clip, ClipTake } from '../../src-shared/timeline/records/clip.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** Key of a take that is an asset of its own, not one of a prompt event. */
export const takeOfAsset = (assetId: string): string => `take:${assetId}`;

/**
 * Shows a new asset, made from `source` from frame `startFrame` on, in place of what a clip on the timeline shows, as an undoable edit, in the caller's transaction. The
 * clip keeps its place, length and sound level. A clip that is gone or shows something
 * else by now stays as it is: the asset lies in the library.
 */
export function addClipTake(store: ProjectStore, clipId: string, source: AssetRow, startFrame: number, made: AssetRow): void {
  const { document } = store.timeline.get();
  const record = document.records[clipId];
  if (record?.type !== 'clip' || record.assetId !== source.id || made.frames === null || made.frameRate === null) return;
  const at = (frame: number, { num, den } = made.frameRate!) => rational(frame * den, num);
  const sourceIn = subtractRational(record.sourceIn, at(startFrame));
  const take = (assetId: string): ClipTake => ({ takeId: takeOfAsset(assetId), assetId, starred: false });
  const others = record.takes.filter(({ assetId }) => assetId !== made.id);
  const to: Clip = { ...record, assetId: made.id, sourceIn: compareRational(sourceIn, ZERO) < 0 ? ZERO : sourceIn, sourceDuration: at(made.frames), takes: [...others, take(made.id)].slice(-200) };
  store.timeline.apply(document.revision, 'Restyle', { added: [], removed: [], updated: [{ from: record, to }] });
}
