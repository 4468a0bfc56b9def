import type { FrameRate } from '../timing/frame-rate.ts';
import { framesToTime } from '../timing/rational.ts';
import { PROMPT_EVENT_DEFAULTS, TimelineRecord } from './document.ts';
import { CLIP_DEFAULTS } from './records/clip.ts';

/** A record that was read from a file and is not checked yet. */
type Unchecked = Readonly<Record<string, unknown>>;

/**
 * Brings a record of format 1 to format 2. Clips counted source frames at the sequence's rate and had no track; events and the
 * sequence only gained fields with defaults.
 */
export function upgradeRecordToV2(record: Unchecked, sequenceRate: FrameRate): TimelineRecord {
  if (record['type'] === 'promptEvent') return TimelineRecord.parse({ ...PROMPT_EVENT_DEFAULTS, ...record });
  if (record['type'] === 'sequence') return TimelineRecord.parse({ inFrame: null, outFrame: null, ...record });
  if (record['type'] !== 'clip') return TimelineRecord.parse(record);
  const { inPoint, outPoint, ...rest } = record;
  const [first, end] = [Number(inPoint), Number(outPoint)];
  return TimelineRecord.parse({
    ...rest, ...CLIP_DEFAULTS, trackId: 'track:video', durationFrames: Math.max(1, end - first), sourceIn: framesToTime(first, sequenceRate), sourceDuration: null,
  });
}
