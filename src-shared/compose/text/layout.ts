import type { Font } from './font.ts';

/** Fonts in order: a character is drawn with the first that has it. */
export type FontChain = readonly Font[];

/** A glyph on a line, `x` in pixels from the line's start. */
export interface PlacedGlyph {
  readonly font: Font;
  readonly glyph: number;
  readonly x: number;
}

/** One line of text. */
export interface TextLine {
  readonly width: number;
  readonly glyphs: readonly PlacedGlyph[];
}

const BLANK = /^[\s\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]$/;

function glyphFor(fonts: FontChain, character: string): { readonly font: Font; readonly glyph: number } | null {
  const code = character.codePointAt(0) ?? 0;
  for (const font of fonts) {
    const glyph = font.glyphOf(code);
    if (glyph !== 0) return { font, glyph };
  }
  // Glyph 0 is the box that stands for what a font lacks.
  return fonts[0] === undefined ? null : { font: fonts[0], glyph: 0 };
}

/** Characters that no font of the chain has, each once; they would be drawn as boxes. */
export function missingCharacters(fonts: FontChain, text: string): string[] {
  return [...new Set(text)].filter((character) => !BLANK.test(character) && !fonts.some((font) => font.glyphOf(character.codePointAt(0) ?? 0) !== 0));
}

function lineOf(fonts: FontChain, text: string, size: number): TextLine {
  const glyphs: PlacedGlyph[] = [];
  let x = 0;
  for (const character of text) {
    const isBlank = BLANK.test(character);
    const found = glyphFor(fonts, isBlank ? ' ' : character);
    if (found === null) continue;
    // Marks of direction and the like take no room.
    if (isBlank && !/\s/.test(character)) continue;
    if (!isBlank) glyphs.push({ ...found, x });
    x += (found.font.advanceOf(found.glyph) * size) / found.font.unitsPerEm;
  }
  return { width: x, glyphs };
}

/** Breaks text into lines of at most `maxWidth` pixels, at blanks where it can and within words where it must. `size` is that of an em. */
export function layoutLines(fonts: FontChain, text: string, size: number, maxWidth: number): TextLine[] {
  const lines: TextLine[] = [];
  for (const paragraph of text.replace(/\r\n?/g, '\n').split('\n')) {
    let current = '';
    for (const word of paragraph.split(/[ \t]+/).filter((part) => part !== '')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (lineOf(fonts, longer, size).width <= maxWidth) {
        current = longer;
        continue;
      }
      if (current !== '') lines.push(lineOf(fonts, current, size));
      current = '';
      for (const character of word) {
        if (current !== '' && lineOf(fonts, current + character, size).width > maxWidth) {
          lines.push(lineOf(fonts, current, size));
          current = '';
        }
        current += character;
      }
    }
    lines.push(lineOf(fonts, current, size));
  }
  return lines;
}
