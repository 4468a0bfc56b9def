import { addRational, compareRational, framesToTime, multiplyRational, ZERO } from '../timing/rational.ts';
import type { TimelineRecords } from './document.ts';
import { fadesOf } from './edits/fades.ts';
import { endFrame } from './records/span.ts';
import { isTrackItem, itemsByTrack, sequenceOf, trackById, trackKindOf } from './tracks.ts';

/**
 * Everything about a document that no edit may ever cause: items that share frames of a track or have no length, fades longer
 * than their item, footage beyond the end of its source, things that point at nothing. A sound document has none.
 */
export function timelineProblems(records: TimelineRecords): string[] {
  const problems: string[] = [];
  const { frameRate, inFrame, outFrame } = sequenceOf(records);
  for (const [trackId, items] of itemsByTrack(records)) {
    const track = trackById(records, trackId);
    let end = 0;
    for (const item of items) {
      if (track?.kind !== trackKindOf(item.type)) problems.push(`${item.id} lies on ${trackId}, which is no ${trackKindOf(item.type)} track`);
      if (item.startFrame < end) problems.push(`${item.id} begins at frame ${item.startFrame}, before what lies to its left ends at ${end}`);
      if (!Number.isInteger(item.startFrame) || !Number.isInteger(item.durationFrames) || item.durationFrames < 1) problems.push(`${item.id} has no whole, positive length: ${item.startFrame} + ${item.durationFrames}`);
      const [fadeIn, fadeOut] = fadesOf(item);
      if (fadeIn + fadeOut > item.durationFrames) problems.push(`${item.id} fades longer than it lasts`);
      if (item.type === 'clip' || item.type === 'audio') {
        const out = addRational(item.sourceIn, multiplyRational(framesToTime(item.durationFrames, frameRate), item.speed));
        if (compareRational(item.sourceIn, ZERO) < 0 || (item.sourceDuration !== null && compareRational(out, item.sourceDuration) > 0)) problems.push(`${item.id} shows more than its source has`);
      }
      end = endFrame(item);
    }
  }
  const pinned = new Set<string>();
  for (const record of Object.values(records)) {
    if (record.type !== 'keyframeImage') continue;
    const place = `${record.promptEventId} ${record.position}`;
    if (records[record.promptEventId]?.type !== 'promptEvent') problems.push(`${record.id} belongs to ${record.promptEventId}, which is gone`);
    if (pinned.has(place)) problems.push(`${place} has two images`);
    pinned.add(place);
  }
  if (inFrame !== null && outFrame !== null && outFrame <= inFrame) problems.push('the marked range ends before it begins');
  for (const [id, record] of Object.entries(records)) if (record.id !== id || (isTrackItem(record) && record.startFrame < 0)) problems.push(`${id} is not where it should be`);
  return problems;
}
