import type { Ghost } from '../../compositor/viewer-messages.ts';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';

/** Show-1 draws a key frame and three between it and the next. */
const KEYFRAME_STRIDE = 4;

const BEFORE = '#ff9d7a';
const AFTER = '#7ac0ff';

/** The model's key frames before and behind a frame of an event, warm and cool; outside of events, frames as far away. */
export function onionGhosts(event: PromptEvent | null, frame: number, durationFrames: number): Ghost[] {
  const [from, to] = event === null ? [0, durationFrames] : [event.startFrame, Math.min(durationFrames, event.startFrame + event.durationFrames)];
  const origin = event === null ? frame : event.startFrame;
  const before = origin + (Math.ceil((frame - origin) / KEYFRAME_STRIDE) - 1) * KEYFRAME_STRIDE;
  const after = origin + (Math.floor((frame - origin) / KEYFRAME_STRIDE) + 1) * KEYFRAME_STRIDE;
  return [{ frame: before, tint: BEFORE }, { frame: after, tint: AFTER }].filter((ghost) => ghost.frame >= from && ghost.frame < to);
}
