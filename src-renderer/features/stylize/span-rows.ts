import type { StyledSpan } from '../../../src-shared/contract/stylization.ts';
import { secondsToFrame, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';

/** One other style as it is typed, in seconds of the clip. */
export interface SpanRow {
  readonly id: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly style: string;
}

/** The next row: what is left of the clip behind the last one. */
export function nextRow(rows: readonly SpanRow[], seconds: number, id: string): SpanRow {
  const from = Math.max(0, ...rows.map(({ toSeconds }) => toSeconds));
  const fromSeconds = rows.length === 0 ? seconds / 2 : Math.min(from, seconds);
  return { id, fromSeconds, toSeconds: seconds, style: '' };
}

/** The rows that say something, as spans of frames inside the clip. */
export function framedSpans(rows: readonly SpanRow[], rate: FrameRate, frames: number): StyledSpan[] {
  return rows.flatMap(({ fromSeconds, toSeconds, style }) => {
    const [startFrame, endFrame] = [secondsToFrame(fromSeconds, rate), Math.min(frames, secondsToFrame(toSeconds, rate))];
    return style.trim() === '' || startFrame >= endFrame ? [] : [{ startFrame, endFrame, style: style.trim() }];
  });
}
