import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createMedia, type Media } from '../../src-main/media/media.ts';
import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';

const isVideo = (name: string): boolean => /\.(mp4|mov|webm|mkv)$/i.test(name);
const isPicture = (name: string): boolean => /\.(jpe?g|png)$/i.test(name);
const picturesIn = (folder: string): string[] => readdirSync(folder).filter(isPicture).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).map((name) => join(folder, name));

/**
 * Clips to be measured, in the environment variable `MOTIF_CLIPS` with `:` between them: video files, folders of numbered pictures, or
 * folders of either.
 */
export function givenClips(): readonly string[] {
  const paths = (process.env['MOTIF_CLIPS'] ?? '').split(':').filter((path) => path !== '');
  const isFolder = (path: string) => statSync(path).isDirectory();
  const isClip = (path: string) => (isFolder(path) ? picturesIn(path).length > 0 : isVideo(path));
  return paths.flatMap((path) => (!isFolder(path) || isClip(path) ? [path] : readdirSync(path).sort().map((name) => join(path, name)).filter(isClip)));
}

/** Size and number of frames of a clip that is a file or a folder of pictures. */
export async function clipFacts(media: Media, path: string): Promise<{ readonly width: number; readonly height: number; readonly frames: number }> {
  const pictures = statSync(path).isDirectory() ? picturesIn(path) : null;
  const { width, height, frames } = await media.probe(pictures?.[0] ?? path);
  return { width: width ?? 16, height: height ?? 9, frames: pictures?.length ?? frames ?? 1 };
}

/** Decodes `frames` frames of a clip at a size. */
export async function decodeAll(media: Media, path: string, size: { readonly width: number; readonly height: number }, frames: number): Promise<FramesMessage> {
  const decoded: Uint8Array[] = [];
  const files = statSync(path).isDirectory() ? picturesIn(path).slice(0, frames) : [path];
  for (const file of files) for await (const frame of media.decodeFrames(file, { ...size, fit: 'cover', frames: files.length > 1 ? 1 : frames })) decoded.push(frame);
  return { count: decoded.length, ...size, data: Buffer.concat(decoded) };
}

/** Peak signal to noise ratio in dB of 8-bit values; Infinity when equal. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / sum);
}

/** Mean over frames of the PSNR of each, as papers give it. */
export function meanPsnr(a: FramesMessage, b: FramesMessage): number {
  const bytes = a.width * a.height * 3;
  let sum = 0;
  for (let frame = 0; frame < a.count; frame += 1) sum += psnr(a.data.subarray(frame * bytes, (frame + 1) * bytes), b.data.subarray(frame * bytes, (frame + 1) * bytes));
  return sum / a.count;
}

/** Lanczos with three lobes, edges repeated: what ffmpeg and image libraries do, in floating point. */
export function lanczos(frames: FramesMessage, factor: number): FramesMessage {
  const { count, width, height, data } = frames;
  const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
  const taps = (length: number) => Array.from({ length: length * factor }, (_, to) => {
    const center = (to + 0.5) / factor - 0.5;
    const first = Math.floor(center) - 2;
    const weights = Array.from({ length: 6 }, (__, k) => (Math.abs(center - first - k) < 3 ? sinc(center - first - k) * sinc((center - first - k) / 3) : 0));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((weight, k) => ({ at: Math.min(Math.max(first + k, 0), length - 1), weight: weight / sum }));
  });
  const [columns, rows] = [taps(width), taps(height)];
  const [wide, high] = [width * factor, height * factor];
  const out = new Uint8Array(count * wide * high * 3);
  const middle = new Float32Array(height * wide * 3);
  for (let frame = 0; frame < count; frame += 1) {
    for (let y = 0; y < height; y += 1) for (let x = 0; x < wide; x += 1) for (let c = 0; c < 3; c += 1) {
      let sum = 0;
      for (const { at, weight } of columns[x]!) sum += weight * data[((frame * height + y) * width + at) * 3 + c]!;
      middle[(y * wide + x) * 3 + c] = sum;
    }
    for (let y = 0; y < high; y += 1) for (let i = 0; i < wide * 3; i += 1) {
      let sum = 0;
      for (const { at, weight } of rows[y]!) sum += weight * middle[at * wide * 3 + i]!;
      out[(frame * high + y) * wide * 3 + i] = Math.min(Math.max(Math.round(sum), 0), 255);
    }
  }
  return { count, width: wide, height: high, data: out };
}

/** Each pixel the mean of `factor` x `factor`. */
export function areaReduce(frames: FramesMessage, factor: number): FramesMessage {
  const [width, height] = [frames.width / factor, frames.height / factor];
  const data = new Uint8Array(frames.count * width * height * 3);
  for (let row = 0; row < frames.count * height; row += 1) for (let x = 0; x < width; x += 1) for (let c = 0; c < 3; c += 1) {
    let sum = 0;
    for (let dy = 0; dy < factor; dy += 1) for (let dx = 0; dx < factor; dx += 1) sum += frames.data[((row * factor + dy) * frames.width + x * factor + dx) * 3 + c]!;
    data[(row * width + x) * 3 + c] = Math.round(sum / factor ** 2);
  }
  return { count: frames.count, width, height, data };
}

/**
 * How much more the error changes across some frame borders than across the others, as a ratio of means: 1 is no flicker there.
 * `isBorder(frame)` says whether the step from the frame before to this one crosses a window's border.
 */
export function flickerRatio(made: FramesMessage, truth: FramesMessage, isBorder: (frame: number) => boolean): number {
  const bytes = made.width * made.height * 3;
  const [at, elsewhere] = [{ sum: 0, n: 0 }, { sum: 0, n: 0 }];
  for (let frame = 1; frame < made.count; frame += 1) {
    const group = isBorder(frame) ? at : elsewhere;
    for (let i = frame * bytes; i < (frame + 1) * bytes; i += 1) group.sum += Math.abs(made.data[i]! - truth.data[i]! - (made.data[i - bytes]! - truth.data[i - bytes]!));
    group.n += bytes;
  }
  return at.sum / at.n / (elsewhere.sum / elsewhere.n);
}

/** The same across columns of the picture: the change of the error from one column to the next, at borders of tiles against elsewhere. */
export function seamRatio(made: FramesMessage, truth: FramesMessage, borders: ReadonlySet<number>): number {
  const [at, elsewhere] = [{ sum: 0, n: 0 }, { sum: 0, n: 0 }];
  for (let row = 0; row < made.count * made.height; row += 1) for (let x = 1; x < made.width; x += 1) {
    const group = borders.has(x) ? at : elsewhere;
    for (let c = 0; c < 3; c += 1) {
      const i = (row * made.width + x) * 3 + c;
      group.sum += Math.abs(made.data[i]! - truth.data[i]! - (made.data[i - 3]! - truth.data[i - 3]!));
    }
    group.n += 3;
  }
  return at.sum / at.n / (elsewhere.sum / elsewhere.n);
}

export const openMedia = createMedia;
