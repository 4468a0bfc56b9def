import { chromaSide, type PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';

/** How a clip's frames stand in its file: turned clockwise by `degrees`, then mirrored left to right, they are as they are to be seen. */
export interface Turn {
  readonly degrees: 0 | 90 | 180 | 270;
  readonly isMirrored: boolean;
}

/** One plane, sample by sample: `source` is `[height, width]`, the result `[width, height]` where it is turned by a quarter. */
function turnPlane(source: Uint8Array, width: number, height: number, { degrees, isMirrored }: Turn): Uint8Array {
  const isQuarter = degrees === 90 || degrees === 270;
  const [wide, high] = isQuarter ? [height, width] : [width, height];
  const out = new Uint8Array(source.length);
  const step = { 0: 1, 90: -width, 180: -1, 270: width }[degrees];
  for (let row = 0, at = 0; row < high; row += 1) {
    const first = { 0: row * width, 90: (height - 1) * width + row, 180: (height - row) * width - 1, 270: width - 1 - row }[degrees];
    let from = isMirrored ? first + step * (wide - 1) : first;
    for (const end = at + wide; at < end; at += 1, from += isMirrored ? -step : step) out[at] = source[from]!;
  }
  return out;
}

/** A picture turned the way its clip says; the very samples, as exports have them. What is not turned is returned itself. */
export function turnPicture(picture: PlanarPicture, turn: Turn): PlanarPicture {
  if (turn.degrees === 0 && !turn.isMirrored) return picture;
  const { width, height, y, u, v, a } = picture;
  const isQuarter = turn.degrees === 90 || turn.degrees === 270;
  const large = (plane: Uint8Array): Uint8Array => turnPlane(plane, width, height, turn);
  const small = (plane: Uint8Array): Uint8Array => turnPlane(plane, chromaSide(width), chromaSide(height), turn);
  return { width: isQuarter ? height : width, height: isQuarter ? width : height, y: large(y), u: small(u), v: small(v), a: a && large(a) };
}
