import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { drawText } from '../../../src-shared/compose/text/draw-text.ts';
import { readFont } from '../../../src-shared/compose/text/font.ts';
import type { FontChain } from '../../../src-shared/compose/text/layout.ts';
import { FONT_FILES } from '../../../src-shared/compose/text/font-files.ts';
import { encodePng } from '../raw-png.ts';
import type { PictureGraphInput } from './picture-graph.ts';

/** Reads the fonts that words are drawn with. */
export async function loadFonts(folder: string): Promise<FontChain> {
  return Promise.all(FONT_FILES.map(async (name) => readFont(await readFile(path.join(folder, name)))));
}

/** Draws all words of `[from, to)` into picture files, equal ones once. What is returned finds them by the id of their shot. */
export async function drawTexts(plan: CompositionPlan, from: number, to: number, fonts: FontChain, folder: string): Promise<PictureGraphInput['text']> {
  const drawn = new Map<string, ReturnType<PictureGraphInput['text']>>();
  const byLook = new Map<string, ReturnType<PictureGraphInput['text']>>();
  for (const shot of plan.texts) {
    if (shot.to <= from || shot.from >= to) continue;
    const look = JSON.stringify([shot.kind, shot.text, shot.position, shot.size, shot.color]);
    if (!byLook.has(look)) {
      const picture = drawText(fonts, shot, plan);
      if (picture === null) {
        byLook.set(look, null);
      } else {
        const { x, y, width, height, rgba } = picture;
        const file = path.join(folder, `text-${byLook.size}.png`);
        await writeFile(file, encodePng(width, height, rgba, 4));
        byLook.set(look, { x, y, source: { path: file, container: 'png_pipe', width, height, codec: 'png', pixelFormat: 'rgba', hasAlpha: true, frameRate: null, colour: { matrix: null, range: null } } });
      }
    }
    drawn.set(shot.id, byLook.get(look) ?? null);
  }
  return (textId) => drawn.get(textId) ?? null;
}
