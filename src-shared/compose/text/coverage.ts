import type { OutlinePoint } from './font.ts';

/** How much of each pixel outlines cover; `[height, width]`. */
export interface Coverage {
  readonly width: number;
  readonly height: number;
  /** Signed areas whose running sum along a row is the coverage; one row has `width + 2` places. */
  readonly sums: Float64Array;
}

export const emptyCoverage = (width: number, height: number): Coverage => ({ width, height, sums: new Float64Array((width + 2) * height) });

/** Adds the area to the right of one edge. Exact: no sampling, so the same everywhere. */
function addEdge({ width, height, sums }: Coverage, x0: number, y0: number, x1: number, y1: number): void {
  if (y0 === y1) return;
  const sign = y0 < y1 ? 1 : -1;
  const [topX, topY, bottomX, bottomY] = y0 < y1 ? [x0, y0, x1, y1] : [x1, y1, x0, y0];
  const slope = (bottomX - topX) / (bottomY - topY);
  const firstRow = Math.max(0, Math.floor(topY));
  const endRow = Math.min(height, Math.ceil(bottomY));
  for (let row = firstRow; row < endRow; row += 1) {
    const from = Math.max(topY, row);
    const to = Math.min(bottomY, row + 1);
    const area = (to - from) * sign;
    const clampX = (x: number): number => Math.max(0, Math.min(width, x));
    const [xa, xb] = [clampX(topX + (from - topY) * slope), clampX(topX + (to - topY) * slope)];
    const [left, right] = xa < xb ? [xa, xb] : [xb, xa];
    const base = row * (width + 2);
    const first = Math.floor(left);
    const last = Math.ceil(right);
    if (last <= first + 1) {
      const inside = area * (first + 1 - (left + right) / 2);
      sums[base + first] = (sums[base + first] ?? 0) + inside;
      sums[base + first + 1] = (sums[base + first + 1] ?? 0) + area - inside;
      continue;
    }
    // The edge crosses several pixels of the row: a pixel's area is what was passed before it and its own share.
    const perPixel = area / (right - left);
    let before = 0;
    for (let pixel = first; pixel < last; pixel += 1) {
      const a = Math.max(left, pixel);
      const b = Math.min(right, pixel + 1);
      const covered = perPixel * (a - left) + perPixel * (b - a) * (pixel + 1 - (a + b) / 2);
      sums[base + pixel] = (sums[base + pixel] ?? 0) + covered - before;
      before = covered;
    }
    sums[base + last] = (sums[base + last] ?? 0) + area - before;
  }
}

/** Straight pieces of an arc: at the size of letters more make no difference of a hundredth. */
const PIECES = 8;

/** Adds a closed contour: font units times `scale`, `originX` and `originY` (of the base line) in pixels, y turned down. */
export function addContour(coverage: Coverage, contour: readonly OutlinePoint[], scale: number, originX: number, originY: number): void {
  const points = contour.map(({ x, y, onCurve }) => ({ x: originX + x * scale, y: originY - y * scale, onCurve }));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return;
  const middle = (a: { x: number; y: number }, b: { x: number; y: number }) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const start = first.onCurve ? first : last.onCurve ? last : middle(first, last);
  let pen: { readonly x: number; readonly y: number } = start;
  let control: { readonly x: number; readonly y: number } | null = null;
  const lineTo = (x: number, y: number): void => {
    addEdge(coverage, pen.x, pen.y, x, y);
    pen = { x, y };
  };
  const arcTo = (via: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }): void => {
    const from = pen;
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const t = piece / PIECES;
      lineTo((1 - t) * (1 - t) * from.x + 2 * t * (1 - t) * via.x + t * t * to.x, (1 - t) * (1 - t) * from.y + 2 * t * (1 - t) * via.y + t * t * to.y);
    }
  };
  for (const point of [...points, { ...start, onCurve: true }]) {
    if (point.onCurve) {
      if (control === null) lineTo(point.x, point.y);
      else arcTo(control, point);
      control = null;
    } else {
      if (control !== null) arcTo(control, middle(control, point));
      control = point;
    }
  }
}

/** Coverage of each pixel in [0, 1], `[height, width]`. */
export function coverageOf({ width, height, sums }: Coverage): Float64Array {
  const result = new Float64Array(width * height);
  for (let row = 0; row < height; row += 1) {
    let sum = 0;
    for (let x = 0; x < width; x += 1) {
      sum += sums[row * (width + 2) + x] ?? 0;
      result[row * width + x] = Math.min(1, Math.abs(sum));
    }
  }
  return result;
}
