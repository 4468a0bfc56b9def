import { divideRational, floorRational, timeToFrames, ZERO, type Rational } from '../../timing/rational.ts';
import type { TimelineDiff } from '../diff.ts';
import type { TimelineRecords } from '../document.ts';
import { edit } from './edit-batch.ts';
import { fitFades, hasSource } from './source-range.ts';

/**
 * Shows another source in the place of an item's, from its beginning and at the same speed. The item gets shorter where that source
 * ends sooner. `sourceDuration` is in seconds; null for stills.
 */
export function replaceSource(records: TimelineRecords, { id, assetId, sourceDuration }: { readonly id: string; readonly assetId: string; readonly sourceDuration: Rational | null }): TimelineDiff {
  return edit(records, (batch) => {
    const item = batch.editable(id);
    if (item === null || !hasSource(item)) return;
    const most = sourceDuration === null ? 0 : floorRational(timeToFrames(divideRational(sourceDuration, item.speed), batch.frameRate));
    // What does not last a frame is a still, as when it comes from the library.
    const lasting = most < 1 ? { sourceDuration: null } : { sourceDuration, durationFrames: Math.min(item.durationFrames, most) };
    const shown = { ...item, assetId, sourceIn: ZERO, ...lasting };
    batch.put(fitFades(shown.type === 'clip' ? { ...shown, takes: [] } : shown));
  });
}
