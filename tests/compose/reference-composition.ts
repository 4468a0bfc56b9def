/**
 * The composed picture, made the plainest way there is: straight from the timeline records (not from the plan), in 64-bit floats, a
 * pixel at a time. It shares no code with the exporter but the drawing of letters.
 *
 * It is composed in the colours of its sources. Video is blended in Y'CbCr (pixel rule 3), where colours that no screen has count in full; made RGB
 * first they would be cut before they are blended, which is another picture.
 */
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import type { Caption } from '../../src-shared/timeline/records/caption.ts';
import type { Clip } from '../../src-shared/timeline/records/clip.ts';
import { drawText } from '../../src-shared/compose/text/draw-text.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';

/** In which colours is composed: those of pictures, or Y'CbCr of BT.709 in limited range at full size. */
export type Colours = 'rgb' | 'ycbcr';

const [KR, KB] = [0.2126, 0.0722];

/** A colour of 0..255 in what is composed in. */
export function fromRgb([r, g, b]: readonly [number, number, number], colours: Colours): readonly [number, number, number] {
  if (colours === 'rgb') return [r, g, b];
  const light = KR * r + (1 - KR - KB) * g + KB * b;
  return [16 + (219 * light) / 255, 128 + (112 * (b - light)) / (255 * (1 - KB)), 128 + (112 * (r - light)) / (255 * (1 - KR))];
}

/** What a screen shows of a picture in Y'CbCr: RGB, cut to 0..255. */
export function toRgb(picture: Picture): Picture {
  const out = picture.slice();
  const cut = (value: number): number => Math.max(0, Math.min(255, value));
  for (let at = 0; at < out.length; at += 4) {
    const [light, cb, cr] = [((picture[at]! - 16) * 255) / 219, ((picture[at + 1]! - 128) * 255) / 224, ((picture[at + 2]! - 128) * 255) / 224];
    const [r, b] = [light + 2 * (1 - KR) * cr, light + 2 * (1 - KB) * cb];
    out[at] = cut(r);
    out[at + 1] = cut((light - KR * r - KB * b) / (1 - KR - KB));
    out[at + 2] = cut(b);
  }
  return out;
}

/** Planes of 4:4:4 as samples beside each other, `[height, width, 3]`. */
export function packed(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  const out = new Uint8Array(planes.length);
  for (let pixel = 0; pixel < area; pixel += 1) for (let plane = 0; plane < 3; plane += 1) out[pixel * 3 + plane] = planes[plane * area + pixel]!;
  return out;
}

/** Decoded frames of a source: RGB24 `[frame][height, width, 3]`, or Y'CbCr in the same order. */
export interface DecodedSource {
  readonly width: number;
  readonly height: number;
  readonly rate: number;
  readonly frames: readonly Uint8Array[];
}

/** Straight RGBA floats, colours in 0..255, alpha in 0..1. */
type Picture = Float64Array;

const even = (value: number): number => 2 * Math.round(value / 2);

/** Bicubic with B = 0, C = 0.6. */
function kernel(distance: number): number {
  const x = Math.abs(distance);
  const c = 0.6;
  if (x < 1) return (2 - c) * x ** 3 + (c - 3) * x ** 2 + 1;
  return x < 2 ? -c * x ** 3 + 5 * c * x ** 2 - 8 * c * x + 4 * c : 0;
}

function weights(from: number, to: number): { first: number; taps: number[] }[] {
  const ratio = from / to;
  const widen = Math.max(1, ratio);
  return Array.from({ length: to }, (_, index) => {
    const centre = (index + 0.5) * ratio - 0.5;
    const first = Math.floor(centre - 2 * widen);
    const taps = Array.from({ length: Math.ceil(4 * widen) + 2 }, (_unused, tap) => kernel((first + tap - centre) / widen));
    const sum = taps.reduce((a, b) => a + b, 0);
    return { first, taps: taps.map((tap) => tap / sum) };
  });
}

function scaled(rgb: Uint8Array, width: number, height: number, toWidth: number, toHeight: number): Float64Array {
  const across = weights(width, toWidth);
  const down = weights(height, toHeight);
  const rows = new Float64Array(toWidth * height * 3);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < toWidth; x += 1) for (let channel = 0; channel < 3; channel += 1) {
    const { first, taps } = across[x]!;
    let sum = 0;
    for (const [tap, weight] of taps.entries()) sum += weight * rgb[(y * width + Math.max(0, Math.min(width - 1, first + tap))) * 3 + channel]!;
    rows[(y * toWidth + x) * 3 + channel] = sum;
  }
  const out = new Float64Array(toWidth * toHeight * 3);
  for (let y = 0; y < toHeight; y += 1) for (let x = 0; x < toWidth; x += 1) for (let channel = 0; channel < 3; channel += 1) {
    const { first, taps } = down[y]!;
    let sum = 0;
    for (const [tap, weight] of taps.entries()) sum += weight * rows[(Math.max(0, Math.min(height - 1, first + tap)) * toWidth + x) * 3 + channel]!;
    out[(y * toWidth + x) * 3 + channel] = Math.max(0, Math.min(255, sum));
  }
  return out;
}

function over(under: Picture, width: number, height: number, layer: { x: number; y: number; width: number; height: number; rgb: (pixel: number, channel: number) => number; alpha: (pixel: number) => number }): Picture {
  const out = under.slice();
  for (let y = Math.max(0, -layer.y); y < layer.height && y + layer.y < height; y += 1) for (let x = Math.max(0, -layer.x); x < layer.width && x + layer.x < width; x += 1) {
    const pixel = y * layer.width + x;
    const at = ((y + layer.y) * width + x + layer.x) * 4;
    const alpha = layer.alpha(pixel);
    const below = under[at + 3]!;
    const total = alpha + below * (1 - alpha);
    for (let channel = 0; channel < 3; channel += 1) out[at + channel] = total === 0 ? 0 : (layer.rgb(pixel, channel) * alpha + under[at + channel]! * below * (1 - alpha)) / total;
    out[at + 3] = total;
  }
  return out;
}

/** The picture at a frame of the timeline, in the `colours` that its sources are in. `background` is the alpha of nothing. */
export function referenceFrame(records: TimelineRecords, sources: ReadonlyMap<string, DecodedSource>, fonts: FontChain, frame: number, background: 0 | 1 = 1, colours: Colours = 'rgb'): Picture {
  const sequence = records['sequence:main'];
  if (sequence?.type !== 'sequence') throw new Error('no sequence');
  const { width, height } = sequence;
  const rate = sequence.frameRate.num / sequence.frameRate.den;
  let picture: Picture = new Float64Array(width * height * 4);
  const black = [...fromRgb([0, 0, 0], colours), background];
  for (let at = 0; at < picture.length; at += 1) picture[at] = black[at % 4]!;
  const orders = new Map(Object.values(records).flatMap((record) => (record.type === 'track' ? [[record.id, record.order] as const] : [])));
  const orderOf = (trackId: string): number => orders.get(trackId) ?? { 'track:video': 40, 'track:caption': 60 }[trackId] ?? 0;
  const clips = Object.values(records).filter((record): record is Clip => record.type === 'clip');

  const drawn = (under: Picture, clip: Clip, fade: number): Picture => {
    const source = sources.get(clip.assetId)!;
    const seconds = clip.sourceIn.num / clip.sourceIn.den + ((clip.speed.num / clip.speed.den) * (frame - clip.startFrame)) / rate;
    const index = Math.max(0, Math.min(source.frames.length - 1, Math.floor(seconds * source.rate + 1e-9)));
    const fit = Math.min(width / source.width, height / source.height) * clip.scale;
    const [wide, high] = [Math.max(2, even(source.width * fit)), Math.max(2, even(source.height * fit))];
    const rgb = scaled(source.frames[index]!, source.width, source.height, wide, high);
    return over(under, width, height, {
      x: even(width / 2 + clip.position.x * width - wide / 2), y: even(height / 2 + clip.position.y * height - high / 2), width: wide, height: high,
      rgb: (pixel, channel) => rgb[pixel * 3 + channel]!, alpha: () => clip.opacity * fade,
    });
  };

  const tracks = [...new Set(clips.map(({ trackId }) => trackId))].sort((a, b) => orderOf(b) - orderOf(a));
  for (const trackId of tracks) {
    const lane = clips.filter((clip) => clip.trackId === trackId).sort((a, b) => a.startFrame - b.startFrame);
    for (const [index, clip] of lane.entries()) {
      const end = clip.startFrame + clip.durationFrames;
      const next = lane[index + 1]?.startFrame === end ? lane[index + 1]! : null;
      const before = lane[index - 1];
      const previous = before !== undefined && before.startFrame + before.durationFrames === clip.startFrame ? before : null;
      if (next !== null) {
        const [from, to] = [end - clip.crossfadeOutFrames, end + next.crossfadeInFrames];
        if (frame >= from && frame < to) {
          const weight = (frame - from + 1) / (to - from + 1);
          const [a, b] = [drawn(picture, clip, 1), drawn(picture, next, 1)];
          picture = a.map((_, at) => {
            const [pixel, channel] = [at - (at % 4), at % 4];
            const alpha = a[pixel + 3]! * (1 - weight) + b[pixel + 3]! * weight;
            if (channel === 3) return alpha;
            return alpha === 0 ? 0 : (a[at]! * a[pixel + 3]! * (1 - weight) + b[at]! * b[pixel + 3]! * weight) / alpha;
          });
          continue;
        }
      }
      if (frame < clip.startFrame || frame >= end) continue;
      if (next !== null && frame >= end - clip.crossfadeOutFrames) continue;
      if (previous !== null && frame < clip.startFrame + clip.crossfadeInFrames) continue;
      const rising = previous === null && frame < clip.startFrame + clip.crossfadeInFrames ? (frame - clip.startFrame + 1) / (clip.crossfadeInFrames + 1) : 1;
      const falling = next === null && frame >= end - clip.crossfadeOutFrames ? (end - frame) / (clip.crossfadeOutFrames + 1) : 1;
      picture = drawn(picture, clip, rising * falling);
    }
  }
  for (const words of Object.values(records).filter((record): record is Caption => record.type === 'caption' && frame >= record.startFrame && frame < record.startFrame + record.durationFrames).sort((a, b) => orderOf(b.trackId) - orderOf(a.trackId))) {
    const text = drawText(fonts, words, { width, height });
    if (text !== null) picture = over(picture, width, height, { ...text, rgb: (pixel, channel) => fromRgb([text.rgba[pixel * 4]!, text.rgba[pixel * 4 + 1]!, text.rgba[pixel * 4 + 2]!], colours)[channel]!, alpha: (pixel) => text.rgba[pixel * 4 + 3]! / 255 });
  }
  return picture;
}

/** PSNR in dB of 8-bit pixels `[height, width, channels]` against a reference picture, over the first `channels` of RGBA. With alpha, colours count by it. */
export function psnr(pixels: Uint8Array, reference: Picture, channels: 3 | 4 = 3): number {
  let sum = 0;
  const count = reference.length / 4;
  for (let pixel = 0; pixel < count; pixel += 1) {
    const [have, want] = channels === 4 ? [pixels[pixel * 4 + 3]! / 255, reference[pixel * 4 + 3]!] : [1, 1];
    for (let channel = 0; channel < 3; channel += 1) sum += (pixels[pixel * channels + channel]! * have - reference[pixel * 4 + channel]! * want) ** 2;
    if (channels === 4) sum += (255 * (have - want)) ** 2;
  }
  return 10 * Math.log10((255 * 255) / Math.max(1e-9, sum / (count * channels)));
}

/** PSNR in dB of the brightness alone (BT.709, full range) of RGB24 pixels: what 4:2:0 keeps at full size. */
export function lumaPsnr(pixels: Uint8Array, reference: Picture): number {
  let sum = 0;
  const count = reference.length / 4;
  const luma = (r: number, g: number, b: number): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  for (let pixel = 0; pixel < count; pixel += 1) sum += (luma(pixels[pixel * 3]!, pixels[pixel * 3 + 1]!, pixels[pixel * 3 + 2]!) - luma(reference[pixel * 4]!, reference[pixel * 4 + 1]!, reference[pixel * 4 + 2]!)) ** 2;
  return 10 * Math.log10((255 * 255) / Math.max(1e-9, sum / count));
}
