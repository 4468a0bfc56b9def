import { chromaSide, type PlanarPicture } from './planar-picture.ts';

/** Lays rows of `layer` over rows of `under`; `alphaAt` is null where one alpha (0 to 255) holds for all. */
function layPlane(
  under: Uint8Array, underStride: number, layer: Uint8Array, layerStride: number,
  at: { readonly x: number; readonly y: number; readonly fromX: number; readonly fromY: number; readonly toX: number; readonly toY: number },
  alpha: number, alphas: Uint8Array | null,
): void {
  for (let row = at.fromY; row < at.toY; row += 1) {
    let source = row * layerStride + at.fromX;
    let target = (at.y + row) * underStride + at.x + at.fromX;
    const end = source + at.toX - at.fromX;
    if (alphas === null && alpha === 255) {
      under.set(layer.subarray(source, end), target);
      continue;
    }
    for (; source < end; source += 1, target += 1) {
      const weight = alphas === null ? alpha : alphas[source]!;
      // 257 / 65536 is 1 / 255, rounded as ffmpeg's overlay does it.
      if (weight > 0) under[target] = ((under[target]! * (255 - weight) + layer[source]! * weight + 128) * 257) >>> 16;
    }
  }
}

/** Alpha of each chroma sample: the mean of its four pixels. */
function chromaAlpha(alpha: Uint8Array, width: number, height: number): Uint8Array {
  const [wide, high] = [chromaSide(width), chromaSide(height)];
  const out = new Uint8Array(wide * high);
  for (let row = 0; row < high; row += 1) for (let column = 0; column < wide; column += 1) {
    const right = Math.min(width - 1, column * 2 + 1);
    const [above, below] = [row * 2 * width, Math.min(height - 1, row * 2 + 1) * width];
    out[row * wide + column] = (alpha[above + column * 2]! + alpha[above + right]! + alpha[below + column * 2]! + alpha[below + right]!) >> 2;
  }
  return out;
}

/** Lays a picture over another at an even place, in place: `over * a + under * (1 - a)` on each plane (pixel rules 3 and 4). `opacity` is 0 to 1. */
export function layOver(under: PlanarPicture, layer: PlanarPicture, x: number, y: number, opacity: number): void {
  const alpha = Math.round(255 * opacity);
  const at = { x, y, fromX: Math.max(0, -x), fromY: Math.max(0, -y), toX: Math.min(layer.width, under.width - x), toY: Math.min(layer.height, under.height - y) };
  if (alpha <= 0 || at.toX <= at.fromX || at.toY <= at.fromY) return;
  const half = { x: x >> 1, y: y >> 1, fromX: at.fromX >> 1, fromY: at.fromY >> 1, toX: chromaSide(at.toX), toY: chromaSide(at.toY) };
  const alphas = layer.a === null ? null : alpha === 255 ? layer.a : layer.a.map((value) => Math.round(value * opacity));
  const chromaAlphas = alphas && chromaAlpha(alphas, layer.width, layer.height);
  layPlane(under.y, under.width, layer.y, layer.width, at, alpha, alphas);
  const [underWide, layerWide] = [chromaSide(under.width), chromaSide(layer.width)];
  layPlane(under.u, underWide, layer.u, layerWide, half, alpha, chromaAlphas);
  layPlane(under.v, underWide, layer.v, layerWide, half, alpha, chromaAlphas);
}
