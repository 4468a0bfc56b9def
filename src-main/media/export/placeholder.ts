import { writeFile } from 'node:fs/promises';
import { drawText } from '../../../src-shared/compose/text/draw-text.ts';
import type { FontChain } from '../../../src-shared/compose/text/layout.ts';
import { encodePng } from '../raw-png.ts';

/** Two greys in broad diagonal stripes: nobody takes it for a picture that was meant. */
const STRIPES = [46, 58] as const;

/** Writes a still picture that stands where a clip is missing, with its name on it. `width` and `height` in pixels. */
export async function writePlaceholder(path: string, { width, height, words }: { readonly width: number; readonly height: number; readonly words: string }, fonts: FontChain): Promise<void> {
  const rgb = new Uint8Array(width * height * 3);
  const broad = Math.max(8, Math.round(height / 8));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rgb.fill(STRIPES[Math.floor((x + y) / broad) % 2 === 0 ? 0 : 1], (y * width + x) * 3, (y * width + x) * 3 + 3);
  }
  const text = drawText(fonts, { kind: 'title', text: words, position: { x: 0, y: 0 }, size: 0.07, color: '#e8e8e8' }, { width, height });
  for (let row = 0; text !== null && row < text.height; row += 1) {
    for (let column = 0; column < text.width; column += 1) {
      const from = (row * text.width + column) * 4;
      const to = ((text.y + row) * width + text.x + column) * 3;
      const alpha = (text.rgba[from + 3] ?? 0) / 255;
      for (let channel = 0; channel < 3; channel += 1) rgb[to + channel] = Math.round((text.rgba[from + channel] ?? 0) * alpha + (rgb[to + channel] ?? 0) * (1 - alpha));
    }
  }
  await writeFile(path, encodePng(width, height, rgb));
}
