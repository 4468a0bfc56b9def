import { chromaSide, convertColours, emptyPicture, pictureFromRgba, type PlanarPicture, type Primaries } from '../../src-shared/compose/planar/planar-picture.ts';

/** Red's and blue's share of brightness by WebCodecs' names of matrices. */
const MATRICES: Readonly<Record<string, Primaries>> = { bt470bg: [0.299, 0.114], smpte170m: [0.299, 0.114], 'bt2020-ncl': [0.2627, 0.0593] };

/** `I422AP10` and its like: chroma, whether with alpha, bits. */
const PLANAR = /^I(420|422|444)(A?)(?:P(10|12))?$/u;

/** Draws anything that a canvas can draw as a picture. */
export function pictureOfCanvasSource(width: number, height: number, draw: (context: OffscreenCanvasRenderingContext2D) => void): PlanarPicture {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  draw(context);
  return pictureFromRgba(context.getImageData(0, 0, width, height).data, width, height);
}

/** Samples of 10 or 12 bits as bytes. */
const narrow = (bytes: Uint8Array, shift: number): Uint8Array => Uint8Array.from(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2), (value) => Math.min(255, (value + (1 << (shift - 1))) >> shift));

/** Chroma planes of 4:2:2 and 4:4:4 with half the samples in each direction. */
function halve(plane: Uint8Array, stride: number, lines: number, width: number, height: number): Uint8Array {
  const [wide, high] = [chromaSide(width), chromaSide(height)];
  if (stride === wide && lines === high) return plane;
  const across = stride === wide ? 1 : 2;
  const out = new Uint8Array(wide * high);
  for (let row = 0; row < high; row += 1) for (let column = 0; column < wide; column += 1) {
    const [top, bottom] = [row * 2 * stride, Math.min(lines - 1, row * 2 + 1) * stride];
    const [left, right] = [column * across, Math.min(stride - 1, column * across + across - 1)];
    out[row * wide + column] = (plane[top + left]! + plane[top + right]! + plane[bottom + left]! + plane[bottom + right]! + 2) >> 2;
  }
  return out;
}

/** The planes of a decoded frame as they are, brought to BT.709 where they say that they are something else. The frame stays open. */
export async function pictureOfFrame(frame: VideoFrame): Promise<PlanarPicture> {
  const { format, visibleRect, colorSpace } = frame;
  const width = visibleRect?.width ?? frame.displayWidth;
  const height = visibleRect?.height ?? frame.displayHeight;
  const planar = format === null ? null : PLANAR.exec(format);
  const wide = chromaSide(width);
  const high = chromaSide(height);
  let picture: PlanarPicture;
  if (format === 'I420') {
    picture = emptyPicture(width, height);
    const [area, chroma] = [width * height, wide * high];
    await frame.copyTo(new Uint8Array(picture.y.buffer), { layout: [{ offset: 0, stride: width }, { offset: area, stride: wide }, { offset: area + chroma, stride: wide }] });
  } else if (format === 'NV12') {
    picture = emptyPicture(width, height);
    const both = new Uint8Array(width * height + 2 * wide * high);
    await frame.copyTo(both, { layout: [{ offset: 0, stride: width }, { offset: width * height, stride: 2 * wide }] });
    picture.y.set(both.subarray(0, width * height));
    for (let index = 0, at = width * height; index < wide * high; index += 1, at += 2) {
      picture.u[index] = both[at]!;
      picture.v[index] = both[at + 1]!;
    }
  } else if (planar) {
    const [, chroma, alpha, bits] = planar;
    const size = bits === undefined ? 1 : 2;
    const [stride, lines] = [chroma === '444' ? width : wide, chroma === '420' ? high : height];
    const sides = [[width, height], [stride, lines], [stride, lines], ...(alpha === '' ? [] : [[width, height]])] as [number, number][];
    let bytes = 0;
    const layout = sides.map(([across, down]) => {
      const offset = bytes;
      bytes += across * down * size;
      return { offset, stride: across * size };
    });
    const all = new Uint8Array(bytes);
    await frame.copyTo(all, { layout });
    const [y, u, v, a = null] = layout.map(({ offset }, index) => {
      const plane = all.subarray(offset, layout[index + 1]?.offset ?? bytes);
      return bits === undefined ? plane : narrow(plane, Number(bits) - 8);
    });
    picture = { width, height, y: y!, u: halve(u!, stride, lines, width, height), v: halve(v!, stride, lines, width, height), a };
  } else {
    return pictureOfCanvasSource(width, height, (context) => context.drawImage(frame, 0, 0, width, height));
  }
  const matrix = MATRICES[colorSpace.matrix ?? ''];
  // What says nothing counts as BT.709 in limited range, as it does in exports.
  if (matrix !== undefined || colorSpace.fullRange === true) convertColours(picture, matrix ?? [0.2126, 0.0722], colorSpace.fullRange === true);
  return picture;
}
