import { withClipTake } from '../../src-shared/timeline/edits/clip-takes.ts';
import { framesToTime } from '../../src-shared/timing/rational.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';

/**
 * Shows a new asset, made from `source` from frame `startFrame` on, in place of what a clip on the timeline shows, as an undoable edit, in the caller's transaction. The
 * clip keeps its place, length and sound level. A clip that is gone or shows something
 * else by now stays as it is: the asset lies in the library.
 */
export function addClipTake(store: ProjectStore, clipId: string, source: AssetRow, startFrame: number, made: AssetRow): void {
  const { document } = store.timeline.get();
  const record = document.records[clipId];
  if (record?.type !== 'clip' || record.assetId !== source.id || source.frameRate === null || made.frames === null || made.frameRate === null) return;
  const to = withClipTake(record, { assetId: made.id, start: framesToTime(startFrame, source.frameRate), duration: framesToTime(made.frames, made.frameRate) });
  store.timeline.apply(document.revision, 'Restyle', { added: [], removed: [], updated: [{ from: record, to }] });
}
