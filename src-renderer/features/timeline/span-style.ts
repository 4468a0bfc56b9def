import type { CSSProperties } from 'react';

/** The style of the element that holds the lanes: everything on them takes its place from this one number, so that zooming changes nothing else. */
export const zoomStyle = (pixelsPerFrame: number): CSSProperties => ({ '--pixels-per-frame': pixelsPerFrame }) as CSSProperties;

/** Place and width of a span of frames, with a hairline to its right. */
export const spanStyle = (startFrame: number, durationFrames: number): CSSProperties => ({
  transform: `translateX(calc(var(--pixels-per-frame) * ${startFrame}px))`,
  width: `max(2px, calc(var(--pixels-per-frame) * ${durationFrames}px - 1px))`,
});
