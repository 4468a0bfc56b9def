import { valueAt, type Flow, type Luma } from '../../src-main/engine/flow/optical-flow.ts';

/**
 * Mean difference between a frame and the frame before it, moved along a flow: what flickers. Pixels whose flow leaves the picture, and
 * those that the flow does not explain in `source` itself (occlusions), are left out by `mask`.
 */
export function warpedError(before: Luma, now: Luma, flow: Flow, mask: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let row = 0; row < now.height; row += 1) for (let column = 0; column < now.width; column += 1) {
    const i = row * now.width + column;
    if (mask[i] === 0) continue;
    sum += Math.abs(now.data[i]! - valueAt(before, column + flow.x[i]!, row + flow.y[i]!));
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** Pixels of `now` that a flow explains: inside the picture and as bright as where they came from, within `limit`. */
export function explained(before: Luma, now: Luma, flow: Flow, limit = 24): Uint8Array {
  return now.data.reduce((mask, value, i) => {
    const [x, y] = [(i % now.width) + flow.x[i]!, Math.floor(i / now.width) + flow.y[i]!];
    mask[i] = Number(x >= 0 && y >= 0 && x <= now.width - 1 && y <= now.height - 1 && Math.abs(value - valueAt(before, x, y)) <= limit);
    return mask;
  }, new Uint8Array(now.data.length));
}

/** Strength of edges by Sobel's operator. */
function edges({ width, height, data }: Luma): Float32Array {
  const out = new Float32Array(data.length);
  for (let y = 1; y < height - 1; y += 1) for (let x = 1; x < width - 1; x += 1) {
    const at = (dx: number, dy: number) => data[(y + dy) * width + x + dx]!;
    const gx = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1);
    const gy = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1);
    out[y * width + x] = Math.hypot(gx, gy);
  }
  return out;
}

/** Correlation (Pearson's) between the edges of two pictures: 1 when the same outlines are equally strong. */
export function edgeCorrelation(a: Luma, b: Luma): number {
  const [p, q] = [edges(a), edges(b)];
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mp, mq] = [mean(p), mean(q)];
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < p.length; i += 1) {
    pq += (p[i]! - mp) * (q[i]! - mq);
    pp += (p[i]! - mp) ** 2;
    qq += (q[i]! - mq) ** 2;
  }
  return pp === 0 || qq === 0 ? 0 : pq / Math.sqrt(pp * qq);
}
