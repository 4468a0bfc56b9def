import type { Rational } from '../timing/rational.ts';

/**
 * The pixel arithmetic of the composed picture. Whoever draws it (the exporter's filter graph, the viewer's canvas) follows these
 * rules and arrives within 40 dB PSNR of the others:
 *
 * 1. **Time.** Output frame `f` shows of a source with rate `r` the frame `floor(r * (sourceIn + speed * (f - startFrame) / R))`, in exact
 *    fractions, held at the source's first and last frame. Frames of a source are counted at its own rate: frame `n` is the last one
 *    whose time stamp, times `r`, rounds to `n` or less.
 * 2. **Place.** A picture is scaled to fit the canvas times `scale`; width and height are rounded to the nearest even number (at least 2),
 *    and so is the left top corner (`placeLayer`). Even, because then 4:2:0 chroma needs no resampling. Scaling is bicubic
 *    (Mitchell-Netravali form with B = 0, C = 0.6; the kernel is widened when a picture gets smaller), edges repeated, pixel centres aligned.
 * 3. **Colour.** BT.709 primaries, transfer and matrix, limited range. Sources that say otherwise are converted by their matrix and range;
 *    those that say nothing count as BT.709 limited. Blending is done on the gamma-coded values, as a 2D canvas does, with 8 bits:
 *    `out = over * a + under * (1 - a)`, in Y'CbCr with chroma at the output's resolution. (Blending in linear light would need a
 *    float pipeline in ffmpeg and in the canvas; no editor's preview does it by default.)
 * 4. **Alpha** is straight. A picture's alpha is its own, times `opacity`, times its fade.
 * 5. **Fades.** Frame `k` of a fade of `n` frames has weight `(k + 1) / (n + 1)`: neither nothing nor all, so that no frame is wasted. A dissolve
 *    of two pictures is `under1 * (1 - w) + under2 * w`, where `under1` and `under2` are what lies below with the first and with the second
 *    picture drawn over it. It lasts the crossfades on both sides of the cut; both pictures go on beyond the cut for it.
 * 6. **Order**, from below: black (nothing where the output has alpha), the takes of prompt events, video tracks with the topmost lane
 *    drawn last, titles and captions.
 * 7. **Words** are drawn by `text/draw-text.ts`, the same bytes everywhere.
 */

/** The nearest even number; halves go up. */
export const toEven = (value: number): number => 2 * Math.round(value / 2);

/** Pixels. */
export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which part of a source is drawn where on the canvas: whole source pixels, even canvas pixels. It may reach beyond the canvas. */
export interface LayerPlace {
  readonly source: PixelRect;
  readonly target: PixelRect;
}

/** Beyond this many canvas sides only the part that is seen is scaled. */
const WHOLE_UP_TO = 2;
/** Source pixels kept around the part that is seen, for the scaling kernel. */
const MARGIN = 4;

/** The part of one dimension that lies on the canvas. */
function seenPart(sourceSide: number, targetSide: number, offset: number, canvasSide: number): { from: number; length: number; offset: number; targetLength: number } | null {
  const first = Math.max(0, -offset);
  const end = Math.min(targetSide, canvasSide - offset);
  if (end <= first) return null;
  if (targetSide <= canvasSide * WHOLE_UP_TO) return { from: 0, length: sourceSide, offset, targetLength: targetSide };
  const factor = targetSide / sourceSide;
  const from = Math.max(0, 2 * Math.floor((first / factor - MARGIN) / 2));
  const to = Math.min(sourceSide, 2 * Math.ceil((end / factor + MARGIN) / 2));
  const targetFrom = toEven(from * factor);
  return { from, length: to - from, offset: offset + targetFrom, targetLength: Math.max(2, toEven(to * factor) - targetFrom) };
}

/** Rule 2: where a picture of the given size lies on the canvas; null when none of it is seen. */
export function placeLayer(
  source: { readonly width: number; readonly height: number },
  look: { readonly scale: number; readonly position: { readonly x: number; readonly y: number } },
  canvas: { readonly width: number; readonly height: number },
): LayerPlace | null {
  const factor = Math.min(canvas.width / source.width, canvas.height / source.height) * look.scale;
  const width = Math.max(2, toEven(source.width * factor));
  const height = Math.max(2, toEven(source.height * factor));
  const x = toEven(canvas.width / 2 + look.position.x * canvas.width - width / 2);
  const y = toEven(canvas.height / 2 + look.position.y * canvas.height - height / 2);
  const across = seenPart(source.width, width, x, canvas.width);
  const down = seenPart(source.height, height, y, canvas.height);
  if (across === null || down === null) return null;
  return {
    source: { x: across.from, y: down.from, width: across.length, height: down.length },
    target: { x: across.offset, y: down.offset, width: across.targetLength, height: down.targetLength },
  };
}

/** Whether nothing of the canvas is left free. */
export const coversCanvas = ({ target }: LayerPlace, canvas: { readonly width: number; readonly height: number }): boolean =>
  target.x <= 0 && target.y <= 0 && target.x + target.width >= canvas.width && target.y + target.height >= canvas.height;

/**
 * Rule 1 as whole numbers: frame `k` behind the start shows source frame `floor((offset + step * k) / unit)`, held within
 * `[0, frames)`. `frames` is null for a still, which has one frame.
 */
export interface FrameMap {
  readonly offset: number;
  readonly step: number;
  readonly unit: number;
  readonly frames: number | null;
}

/** The map of a span: positions are in source frames. */
export function frameMap(first: Rational, perFrame: Rational, frames: number | null): FrameMap {
  const shared = leastCommonMultiple(first.den, perFrame.den);
  return { offset: first.num * (shared / first.den), step: perFrame.num * (shared / perFrame.den), unit: shared, frames };
}

/** The source frame that frame `k` of a span shows; `k` may be negative in a dissolve. */
export function sourceFrameAt(map: FrameMap, k: number): number {
  if (map.frames === null) return 0;
  const position = map.offset + map.step * k;
  const whole = (position - (((position % map.unit) + map.unit) % map.unit)) / map.unit;
  return Math.max(0, Math.min(map.frames - 1, whole));
}

/** Rule 5. `index` counts from 0 within a fade of `length` frames. */
export const fadeWeight = (index: number, length: number): number => (index + 1) / (length + 1);

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
