import type { CSSProperties } from 'react';

/**
 * Frames in the width of an `.axis`. Everything on the time axis takes its place as a share of that width (more than 100 % is fine), so that
 * zooming changes the width of a few axes and no style of what lies on them.
 */
const AXIS_FRAMES = 1000;

const percent = (frames: number): string => `${(100 * frames) / AXIS_FRAMES}%`;

/** The style of an element of class `axis`: what lies on it is placed in frames. */
export const axisStyle = (pixelsPerFrame: number): CSSProperties => ({ width: AXIS_FRAMES * pixelsPerFrame });

/** A place on the axis, `pixels` beside a frame. */
export const placeStyle = (frame: number, pixels = 0): CSSProperties => ({ left: pixels === 0 ? percent(frame) : `calc(${percent(frame)} + ${pixels}px)` });

/** Place and width of a span of frames, with a hairline to its right. */
export const spanStyle = (startFrame: number, durationFrames: number): CSSProperties => ({
  left: percent(startFrame),
  width: `max(2px, calc(${percent(durationFrames)} - 1px))`,
});
