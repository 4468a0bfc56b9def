/**
 * A picture as video stores it: Y'CbCr of BT.709 in limited range with chroma of half the size (4:2:0), straight alpha beside it. Exports are
 * composed in it (`src-main/media/export/working-format.ts`), and so is what the viewer shows: colours that no screen has survive a dissolve in
 * it as they do in the export, and edges get the chroma that the file will have.
 */
export interface PlanarPicture {
  readonly width: number;
  readonly height: number;
  /** `[height, width]` */
  readonly y: Uint8Array;
  /** `[ceil(height / 2), ceil(width / 2)]` each. */
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  /** `[height, width]`; null where all of it is solid. */
  readonly a: Uint8Array | null;
}

/** A side in chroma samples. */
export const chromaSide = (side: number): number => (side + 1) >> 1;

/** Bytes that a picture takes. */
export const bytesOfPicture = ({ y, u, v, a }: PlanarPicture): number => y.length + u.length + v.length + (a?.length ?? 0);

/** A black picture. */
export function emptyPicture(width: number, height: number): PlanarPicture {
  const area = width * height;
  const chroma = chromaSide(width) * chromaSide(height);
  const bytes = new Uint8Array(area + 2 * chroma);
  const picture = { width, height, y: bytes.subarray(0, area), u: bytes.subarray(area, area + chroma), v: bytes.subarray(area + chroma), a: null };
  clearPicture(picture);
  return picture;
}

/** Makes it black. */
export function clearPicture({ y, u, v }: PlanarPicture): void {
  y.fill(16);
  u.fill(128);
  v.fill(128);
}

/** Red's and blue's share of brightness. */
export type Primaries = readonly [red: number, blue: number];

const BT709: Primaries = [0.2126, 0.0722];

/** Pixels `[height, width, 4]` of straight RGBA as a picture; chroma is the mean of four pixels. */
export function pictureFromRgba(rgba: Uint8Array | Uint8ClampedArray, width: number, height: number): PlanarPicture {
  const [kr, kb] = BT709;
  const kg = 1 - kr - kb;
  const [wide, high] = [chromaSide(width), chromaSide(height)];
  const y = new Uint8Array(width * height);
  const u = new Uint8Array(wide * high);
  const v = new Uint8Array(wide * high);
  const a = new Uint8Array(width * height);
  let isSolid = true;
  const [toY, toU, toV] = [219 / 255, 112 / (255 * (1 - kb)), 112 / (255 * (1 - kr))];
  for (let row = 0; row < high; row += 1) for (let column = 0; column < wide; column += 1) {
    let [cb, cr, count] = [0, 0, 0];
    for (let line = row * 2; line < Math.min(height, row * 2 + 2); line += 1) for (let x = column * 2; x < Math.min(width, column * 2 + 2); x += 1) {
      const at = (line * width + x) * 4;
      const [r, g, b, alpha] = [rgba[at]!, rgba[at + 1]!, rgba[at + 2]!, rgba[at + 3]!];
      const light = kr * r + kg * g + kb * b;
      y[line * width + x] = 16.5 + toY * light;
      a[line * width + x] = alpha;
      if (alpha < 255) isSolid = false;
      cb += b - light;
      cr += r - light;
      count += 1;
    }
    u[row * wide + column] = 128.5 + (toU * cb) / count;
    v[row * wide + column] = 128.5 + (toV * cr) / count;
  }
  return { width, height, y, u, v, a: isSolid ? null : a };
}

/** Sums of a brightness and a colour, made bytes: what lies beyond 0 and 255 is cut. */
const CLAMP = Uint8Array.from({ length: 1024 }, (_, index) => Math.max(0, Math.min(255, index - 384)));

/** Brightness and colours in 1/64 of a level. */
const tables = (() => {
  const [kr, kb] = BT709;
  const kg = 1 - kr - kb;
  const table = (of: (value: number) => number): Int32Array => Int32Array.from({ length: 256 }, (_, value) => Math.round(of(value) * 64));
  const chroma = (factor: number): Int32Array => table((value) => (factor * (value - 128) * 255) / 224);
  return {
    light: table((value) => ((value - 16) * 255) / 219 + 384.5), red: chroma(2 * (1 - kr)), blue: chroma(2 * (1 - kb)),
    greenOfBlue: chroma((-2 * kb * (1 - kb)) / kg), greenOfRed: chroma((-2 * kr * (1 - kr)) / kg),
  };
})();

/** A picture as a screen shows it, as little-endian RGBA `[height, width]`; its alpha is left out. Sides must be even. */
export function pictureToRgba(picture: PlanarPicture, rgba: Uint32Array): void {
  const { width, height, y, u, v } = picture;
  const wide = chromaSide(width);
  const { light, red, blue, greenOfBlue, greenOfRed } = tables;
  for (let row = 0; row < height; row += 2) {
    let chroma = (row >> 1) * wide;
    let above = row * width;
    let below = above + width;
    for (const end = above + width; above < end; above += 2, below += 2, chroma += 1) {
      const [cb, cr] = [u[chroma]!, v[chroma]!];
      const r = red[cr]!;
      const g = greenOfBlue[cb]! + greenOfRed[cr]!;
      const b = blue[cb]!;
      let l = light[y[above]!]!;
      rgba[above] = CLAMP[(l + r) >> 6]! | (CLAMP[(l + g) >> 6]! << 8) | (CLAMP[(l + b) >> 6]! << 16) | 0xff000000;
      l = light[y[above + 1]!]!;
      rgba[above + 1] = CLAMP[(l + r) >> 6]! | (CLAMP[(l + g) >> 6]! << 8) | (CLAMP[(l + b) >> 6]! << 16) | 0xff000000;
      l = light[y[below]!]!;
      rgba[below] = CLAMP[(l + r) >> 6]! | (CLAMP[(l + g) >> 6]! << 8) | (CLAMP[(l + b) >> 6]! << 16) | 0xff000000;
      l = light[y[below + 1]!]!;
      rgba[below + 1] = CLAMP[(l + r) >> 6]! | (CLAMP[(l + g) >> 6]! << 8) | (CLAMP[(l + b) >> 6]! << 16) | 0xff000000;
    }
  }
}

/** Brings a picture of another matrix or range to BT.709 in limited range, in place (pixel rule 3). */
export function convertColours(picture: PlanarPicture, from: Primaries, isFullRange: boolean): void {
  const [kr, kb] = from;
  const [toKr, toKb] = BT709;
  const toKg = 1 - toKr - toKb;
  const kg = 1 - kr - kb;
  const [lightStep, chromaStep, floor] = isFullRange ? [1 / 255, 0.5 / 127.5, 0] : [1 / 219, 0.5 / 112, 16];
  // With E' as light: R - E = 2 (1 - kr) cr, B - E = 2 (1 - kb) cb, and the new light differs by what these weigh in it.
  const redOf = 2 * (1 - kr);
  const blueOf = 2 * (1 - kb);
  const greenOfRed = (-kr * redOf) / kg;
  const greenOfBlue = (-kb * blueOf) / kg;
  const lightOfCr = toKr * redOf + toKg * greenOfRed;
  const lightOfCb = toKb * blueOf + toKg * greenOfBlue;
  const { width, height, y, u, v } = picture;
  const wide = chromaSide(width);
  const byte = (value: number): number => Math.max(0, Math.min(255, Math.round(value)));
  for (let row = 0; row < chromaSide(height); row += 1) for (let column = 0; column < wide; column += 1) {
    const at = row * wide + column;
    const cb = (u[at]! - 128) * chromaStep;
    const cr = (v[at]! - 128) * chromaStep;
    const shift = lightOfCr * cr + lightOfCb * cb;
    u[at] = byte(128 + (112 * (blueOf * cb - shift)) / (1 - toKb));
    v[at] = byte(128 + (112 * (redOf * cr - shift)) / (1 - toKr));
    for (let line = row * 2; line < Math.min(height, row * 2 + 2); line += 1) for (let x = column * 2; x < Math.min(width, column * 2 + 2); x += 1) {
      y[line * width + x] = byte(16 + 219 * ((y[line * width + x]! - floor) * lightStep + shift));
    }
  }
}
