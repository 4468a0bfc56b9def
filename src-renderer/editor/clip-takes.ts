import { beforeTake, showClipTake, timeInTake } from '../../src-shared/timeline/edits/clip-takes.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import type { Clip, ClipTake } from '../../src-shared/timeline/records/clip.ts';
import { sourceTime } from '../../src-shared/timeline/edits/source-range.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';
import { addRational, toDecimal } from '../../src-shared/timing/rational.ts';
import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';

/** Shows another take of a clip: an edit like any other, so it can be undone. */
export function chooseClipTake(editor: Editor, clipId: string, take: ClipTake): void {
  editor.document.transact(t('edit.useTake'), (records) => {
    const clip = records[clipId];
    return clip?.type === 'clip' ? { ...records, [clipId]: showClipTake(clip, take) } : records;
  });
}

/** The topmost clip at a frame that was made from other footage, what that footage is, and its moment there in seconds. */
export function footageBefore(records: TimelineRecords, frame: number): { readonly clip: Clip; readonly take: ClipTake; readonly seconds: number } | null {
  const { frameRate } = sequenceOf(records);
  const clips = Object.values(records).flatMap((record) => (record.type === 'clip' && frame >= record.startFrame && frame < record.startFrame + record.durationFrames ? [record] : []));
  const clip = clips.findLast((candidate) => beforeTake(candidate) !== null);
  const take = clip === undefined ? null : beforeTake(clip);
  if (clip === undefined || take === null) return null;
  const now = addRational(clip.sourceIn, sourceTime(frame - clip.startFrame, clip.speed, frameRate));
  return { clip, take, seconds: toDecimal(timeInTake(clip, take, now)) };
}
