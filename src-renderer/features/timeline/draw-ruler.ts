import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { RULER_HEIGHT } from './lanes.ts';
import { rulerStep } from './ruler-step.ts';

/** Heights of ticks and places of words, in CSS pixels. */
const MINOR_HEIGHT = 4;
const MAJOR_HEIGHT = 9;
const WORDS_LEFT = 7;
const WORDS_ABOVE_FOOT = 9;

export interface RulerColors {
  readonly minor: string;
  readonly major: string;
  readonly words: string;
}

export interface RulerView {
  readonly frameRate: FrameRate;
  readonly pixelsPerFrame: number;
  /** Frames that are drawn; the drawing begins at `from`. */
  readonly from: number;
  readonly to: number;
}

/** Ticks and times in a canvas of CSS pixels times `ratio`. Every tick is as wide as whole pixels of the screen and begins on one. */
export function drawRuler(context: CanvasRenderingContext2D, ratio: number, { frameRate, pixelsPerFrame, from, to }: RulerView, colors: RulerColors): void {
  const { major, minor } = rulerStep(pixelsPerFrame, frameRate);
  const snapped = (pixels: number): number => Math.round(pixels * ratio) / ratio;
  const width = Math.max(1, Math.floor(ratio)) / ratio;
  const xOf = (frame: number): number => snapped((frame - from) * pixelsPerFrame);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, (to - from) * pixelsPerFrame + 1, RULER_HEIGHT);
  const first = Math.ceil(from / minor) * minor;
  context.fillStyle = colors.minor;
  for (let frame = first; frame <= to; frame += minor) if (frame % major !== 0) context.fillRect(xOf(frame), RULER_HEIGHT - MINOR_HEIGHT, width, MINOR_HEIGHT);
  context.font = '10px "Inter Variable", system-ui, sans-serif';
  // A time whose tick lies left of what is drawn may still reach into it.
  for (let frame = Math.floor(from / major) * major; frame <= to; frame += major) {
    context.fillStyle = colors.major;
    context.fillRect(xOf(frame), RULER_HEIGHT - MAJOR_HEIGHT, width, MAJOR_HEIGHT);
    context.fillStyle = colors.words;
    context.fillText(formatTimecode(frame, frameRate), xOf(frame) + WORDS_LEFT, RULER_HEIGHT - WORDS_ABOVE_FOOT);
  }
}
