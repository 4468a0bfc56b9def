import type { LossPoint } from '../../src-shared/contract/motions.ts';

/** A plane for a loss curve: data in, picture coordinates out. */
export interface LossScale {
  /** Lowest and highest loss that is drawn. */
  readonly low: number;
  readonly high: number;
  /** Decimals that tell losses on this plane apart. */
  readonly digits: number;
  x(step: number): number;
  y(loss: number): number;
}

/** Share of the spread of losses left free above and below. */
const MARGIN = 0.08;
/** Share of the points, sorted, that may lie above the picture: one wild step must not flatten all others. */
const OUTLIERS = 0.02;

/** Fits steps 0 to `steps` and the points' losses into a box. `box` in picture units, its top left at (left, top). */
export function lossScale(points: readonly LossPoint[], steps: number, box: { left: number; top: number; width: number; height: number }): LossScale {
  const heldOut = points.flatMap((point) => point.heldOut ?? []);
  const sorted = points.map(({ loss }) => loss).filter(Number.isFinite).sort((a, b) => a - b);
  const highest = sorted[Math.max(0, Math.ceil(sorted.length * (1 - OUTLIERS)) - 1)] ?? 1;
  const values = [sorted[0] ?? 0, highest, ...heldOut];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const margin = (most - least) * MARGIN || Math.max(1e-6, Math.abs(most) * MARGIN);
  const [low, high] = [least - margin, most + margin];
  const last = Math.max(1, steps, points.at(-1)?.step ?? 0);
  return {
    low, high,
    digits: Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(high - low)))),
    x: (step) => box.left + (step / last) * box.width,
    y: (loss) => box.top + (1 - (Math.min(high, Math.max(low, loss)) - low) / (high - low)) * box.height,
  };
}

/** The `d` of a line through points of the picture, at tenths of a unit. */
export const linePath = (points: readonly (readonly [number, number])[]): string => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ');
