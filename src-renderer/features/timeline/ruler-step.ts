import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';

const MIN_LABEL_PIXELS = 64;
const MIN_TICK_PIXELS = 6;

/** Distance of labelled and small ticks in frames: whole frames when zoomed in, round seconds when zoomed out. */
export function rulerStep(pixelsPerFrame: number, rate: FrameRate): { major: number; minor: number } {
  const second = Math.max(1, Math.round(rate.num / rate.den));
  const steps = [1, 2, ...(second % 4 === 0 ? [second / 4] : []), ...(second % 2 === 0 ? [second / 2] : []), ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].map((seconds) => seconds * second)];
  const sorted = [...new Set(steps)].filter((step) => step >= 1).sort((a, b) => a - b);
  const last = sorted.at(-1) ?? 1;
  const major = sorted.find((step) => step * pixelsPerFrame >= MIN_LABEL_PIXELS) ?? last;
  const minor = sorted.find((step) => step * pixelsPerFrame >= MIN_TICK_PIXELS && major % step === 0) ?? major;
  return { major, minor };
}
