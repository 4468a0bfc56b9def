import type { TextShot } from '../composition-plan.ts';
import type { PixelRect } from '../pixel-rules.ts';
import { addContour, coverageOf, emptyCoverage } from './coverage.ts';
import { layoutLines, type FontChain } from './layout.ts';

/** Words as pixels: straight RGBA `[height, width, 4]`, to be drawn at an even place; sides are even too. */
export interface TextPicture extends PixelRect {
  readonly rgba: Uint8Array;
}

/** Share of the frame's width that lines may fill. */
const LINE_SHARE = 0.88;
/** Free share of the frame's height below captions. */
const CAPTION_FLOOR = 0.06;
/** Darkness of the box behind captions and of the shadow behind titles. */
const BOX_ALPHA = 0.6;
const SHADOW_ALPHA = 0.5;

/**
 * Draws a title or a caption for a canvas. Captions stand at the bottom on a dark box, titles around their position with a
 * shadow. `size` is the height of a line; lines are centred. Pure arithmetic without sampling or rounding that differs between
 * engines: exporter and viewer get the same bytes. Null when nothing of it lies on the canvas.
 */
export function drawText(fonts: FontChain, shot: Pick<TextShot, 'kind' | 'text' | 'position' | 'size' | 'color'>, canvas: { readonly width: number; readonly height: number }): TextPicture | null {
  const font = fonts[0];
  if (font === undefined) return null;
  const lineHeight = shot.size * canvas.height;
  const em = (lineHeight * font.unitsPerEm) / (font.ascent + font.descent);
  const lines = layoutLines(fonts, shot.text.trim(), em, canvas.width * LINE_SHARE);
  const textWidth = Math.max(...lines.map(({ width }) => width));
  const textHeight = lines.length * lineHeight;
  const pad = shot.kind === 'caption' ? 0.35 * em : 0.15 * em;
  const centreX = canvas.width * (0.5 + (shot.kind === 'title' ? shot.position.x : 0));
  const top = shot.kind === 'title' ? canvas.height * (0.5 + shot.position.y) - textHeight / 2 : canvas.height * (1 - CAPTION_FLOOR) - textHeight;

  const evenDown = (value: number): number => 2 * Math.floor(value / 2);
  const left = Math.max(0, evenDown(centreX - textWidth / 2 - pad));
  const right = Math.min(canvas.width, 2 + evenDown(centreX + textWidth / 2 + pad));
  const upper = Math.max(0, evenDown(top - pad / 2));
  const lower = Math.min(canvas.height, 2 + evenDown(top + textHeight + pad / 2));
  const [width, height] = [right - left, lower - upper];
  if (width <= 0 || height <= 0) return null;

  const drawLines = (shift: number): Float64Array => {
    const coverage = emptyCoverage(width, height);
    for (const [index, line] of lines.entries()) {
      const originX = centreX - line.width / 2 - left + shift;
      const baseline = top + index * lineHeight + (font.ascent * em) / font.unitsPerEm - upper + shift;
      for (const { font: own, glyph, x } of line.glyphs) for (const contour of own.outlineOf(glyph)) addContour(coverage, contour, em / own.unitsPerEm, originX + x, baseline);
    }
    return coverageOf(coverage);
  };
  const fill = drawLines(0);
  const shadow = shot.kind === 'title' ? drawLines(0.045 * em) : null;
  const color = [1, 3, 5].map((at) => Number.parseInt(shot.color.slice(at, at + 2), 16));
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const over = fill[pixel] ?? 0;
    const under = shadow === null ? BOX_ALPHA : SHADOW_ALPHA * (shadow[pixel] ?? 0);
    const alpha = over + under * (1 - over);
    if (alpha <= 0) continue;
    for (let channel = 0; channel < 3; channel += 1) rgba[pixel * 4 + channel] = Math.round(((color[channel] ?? 255) * over) / alpha);
    rgba[pixel * 4 + 3] = Math.round(255 * alpha);
  }
  return { x: left, y: upper, width, height, rgba };
}
