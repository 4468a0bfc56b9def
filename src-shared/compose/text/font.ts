import { StudioError } from '../../errors/studio-error.ts';

/** A point of an outline in font units, y up. Points off the curve steer a quadratic arc. */
export interface OutlinePoint {
  readonly x: number;
  readonly y: number;
  readonly onCurve: boolean;
}

/** A TrueType font, as far as drawing lines of text needs it. */
export interface Font {
  readonly unitsPerEm: number;
  /** Font units above and below the base line; `descent` is positive. */
  readonly ascent: number;
  readonly descent: number;
  /** 0 where the font has no glyph. */
  glyphOf(codePoint: number): number;
  /** Font units. */
  advanceOf(glyph: number): number;
  /** Closed contours of a glyph. */
  outlineOf(glyph: number): readonly (readonly OutlinePoint[])[];
}

const MAX_COMPONENT_DEPTH = 5;

/** Reads a TrueType font (quadratic outlines; no hinting, kerning or shaping). INVALID_INPUT when it is none. */
export function readFont(bytes: Uint8Array): Font {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, number>();
  const count = bytes.length < 12 ? 0 : view.getUint16(4);
  for (let index = 0; index < count; index += 1) {
    const entry = 12 + index * 16;
    tables.set(String.fromCharCode(...bytes.subarray(entry, entry + 4)), view.getUint32(entry + 8));
  }
  const table = (name: string): number => {
    const offset = tables.get(name);
    if (offset === undefined) throw new StudioError('INVALID_INPUT', `The font has no ${name} table: use a TrueType font with quadratic outlines.`, { details: { table: name } });
    return offset;
  };
  const [head, hhea, hmtx, loca, glyf, maxp] = [table('head'), table('hhea'), table('hmtx'), table('loca'), table('glyf'), table('maxp')];
  const longOffsets = view.getInt16(head + 50) === 1;
  const advances = view.getUint16(hhea + 34);
  const glyphs = view.getUint16(maxp + 4);
  const glyphOffset = (glyph: number): number => (longOffsets ? view.getUint32(loca + glyph * 4) : view.getUint16(loca + glyph * 2) * 2);
  const characters = readCharacterMap(view, table('cmap'));

  const outline = (glyph: number, depth: number): OutlinePoint[][] => {
    if (glyph >= glyphs || glyphOffset(glyph + 1) === glyphOffset(glyph)) return [];
    const start = glyf + glyphOffset(glyph);
    const contours = view.getInt16(start);
    if (contours >= 0) return simpleOutline(view, start, contours);
    const parts: OutlinePoint[][] = [];
    let at = start + 10;
    for (let more = depth < MAX_COMPONENT_DEPTH; more; ) {
      const flags = view.getUint16(at);
      const component = view.getUint16(at + 2);
      at += 4;
      const wide = (flags & 1) !== 0;
      const [dx, dy] = (flags & 2) === 0 ? [0, 0] : wide ? [view.getInt16(at), view.getInt16(at + 2)] : [view.getInt8(at), view.getInt8(at + 1)];
      at += wide ? 4 : 2;
      const fixed = (): number => {
        at += 2;
        return view.getInt16(at - 2) / 16_384;
      };
      let [xx, yx, xy, yy] = [1, 0, 0, 1];
      if ((flags & 8) !== 0) xx = yy = fixed();
      else if ((flags & 0x40) !== 0) [xx, yy] = [fixed(), fixed()];
      else if ((flags & 0x80) !== 0) [xx, yx, xy, yy] = [fixed(), fixed(), fixed(), fixed()];
      for (const contour of outline(component, depth + 1)) parts.push(contour.map(({ x, y, onCurve }) => ({ x: x * xx + y * xy + dx, y: x * yx + y * yy + dy, onCurve })));
      more = (flags & 0x20) !== 0;
    }
    return parts;
  };

  const outlines = new Map<number, OutlinePoint[][]>();
  return {
    unitsPerEm: view.getUint16(head + 18),
    ascent: view.getInt16(hhea + 4),
    descent: -view.getInt16(hhea + 6),
    glyphOf: (codePoint) => characters.get(codePoint) ?? 0,
    advanceOf: (glyph) => view.getUint16(hmtx + 4 * Math.min(glyph, advances - 1)),
    outlineOf: (glyph) => {
      let known = outlines.get(glyph);
      if (known === undefined) outlines.set(glyph, (known = outline(glyph, 0)));
      return known;
    },
  };
}

/** Glyphs by code point, from a subtable of format 4 or 12. */
function readCharacterMap(view: DataView, cmap: number): Map<number, number> {
  const glyphs = new Map<number, number>();
  const tables = view.getUint16(cmap + 2);
  for (let index = 0; index < tables; index += 1) {
    const start = cmap + view.getUint32(cmap + 4 + index * 8 + 4);
    const format = view.getUint16(start);
    if (format === 12) {
      const groups = view.getUint32(start + 12);
      for (let group = 0; group < groups; group += 1) {
        const at = start + 16 + group * 12;
        const [first, last, glyph] = [view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8)];
        for (let code = first; code <= Math.min(last, 0x10ffff); code += 1) glyphs.set(code, glyph + code - first);
      }
    } else if (format === 4) {
      const segments = view.getUint16(start + 6) / 2;
      for (let segment = 0; segment < segments; segment += 1) {
        const [end, first] = [view.getUint16(start + 14 + segment * 2), view.getUint16(start + 16 + (segments + segment) * 2)];
        const delta = view.getUint16(start + 16 + (2 * segments + segment) * 2);
        const rangeAt = start + 16 + (3 * segments + segment) * 2;
        const range = view.getUint16(rangeAt);
        for (let code = first; code <= end && code < 0xffff; code += 1) {
          const glyph = range === 0 ? code : view.getUint16(rangeAt + range + (code - first) * 2);
          if (glyph !== 0 && !glyphs.has(code)) glyphs.set(code, (glyph + delta) & 0xffff);
        }
      }
    }
  }
  return glyphs;
}

function simpleOutline(view: DataView, start: number, contours: number): OutlinePoint[][] {
  const ends = Array.from({ length: contours }, (_, index) => view.getUint16(start + 10 + index * 2));
  const points = (ends.at(-1) ?? -1) + 1;
  let at = start + 10 + contours * 2;
  at += 2 + view.getUint16(at);
  const flags: number[] = [];
  while (flags.length < points) {
    const flag = view.getUint8(at++);
    const times = (flag & 8) === 0 ? 1 : 1 + view.getUint8(at++);
    for (let repeat = 0; repeat < times; repeat += 1) flags.push(flag);
  }
  const coordinates = (short: number, same: number): number[] => {
    let value = 0;
    return flags.slice(0, points).map((flag) => {
      if ((flag & short) !== 0) value += (flag & same) === 0 ? -view.getUint8(at++) : view.getUint8(at++);
      else if ((flag & same) === 0) {
        value += view.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = coordinates(2, 16);
  const ys = coordinates(4, 32);
  return ends.map((end, index) => {
    const first = index === 0 ? 0 : (ends[index - 1] ?? -1) + 1;
    return Array.from({ length: end - first + 1 }, (_, offset) => ({ x: xs[first + offset] ?? 0, y: ys[first + offset] ?? 0, onCurve: ((flags[first + offset] ?? 0) & 1) !== 0 }));
  });
}
