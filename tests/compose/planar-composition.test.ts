import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FFMPEG_GLOBAL } from '../../src-main/media/command-line.ts';
import { composeArguments, pictureGraph } from '../../src-main/media/export/picture-graph.ts';
import { drawTexts } from '../../src-main/media/export/text-pictures.ts';
import { workingFormat } from '../../src-main/media/export/working-format.ts';
import { encodePng } from '../../src-main/media/raw-png.ts';
import { run } from '../../src-main/media/run.ts';
import { layersAt } from '../../src-shared/compose/layers-at.ts';
import { drawPlanarLayers } from '../../src-shared/compose/planar/draw-layers.ts';
import { convertColours, emptyPicture, pictureFromRgba, pictureToRgba, type PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { scalePicture } from '../../src-shared/compose/planar/scale-picture.ts';
import { drawText } from '../../src-shared/compose/text/draw-text.ts';
import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { availableBinaries } from '../media/binaries.ts';
import { captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';
import { openExportBench, type ExportBench } from './export-bench.ts';
import { makeClip } from './make-sources.ts';

const machine = await availableBinaries();
const [WIDTH, HEIGHT] = [320, 180];
const track = (id: string, order: number): TimelineRecord => ({ id, type: 'track', kind: 'video', name: '', order, locked: false, muted: false, hidden: false });

/** Cuts raw 4:2:0 frames apart. */
function picturesIn(raw: Uint8Array, width: number, height: number): PlanarPicture[] {
  const [area, chroma] = [width * height, ((width + 1) >> 1) * ((height + 1) >> 1)];
  return Array.from({ length: raw.length / (area + 2 * chroma) }, (_, index) => {
    const at = index * (area + 2 * chroma);
    return { width, height, y: raw.subarray(at, at + area), u: raw.subarray(at + area, at + area + chroma), v: raw.subarray(at + area + chroma, at + area + 2 * chroma), a: null };
  });
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index]! - b[index]!) ** 2;
  return 10 * Math.log10(65_025 / Math.max(1e-9, sum / a.length));
}

const asRgba = (picture: PlanarPicture): Uint8Array => {
  const words = new Uint32Array(picture.width * picture.height);
  pictureToRgba(picture, words);
  return new Uint8Array(words.buffer);
};

describe.each(machine)('$label', ({ binaries, media }) => {
  let bench: ExportBench;
  const sources = new Map<string, PlanarPicture[]>();
  beforeAll(async () => {
    bench = await openExportBench(media, binaries);
    for (const [id, options] of [['asset:a', { width: WIDTH, height: HEIGHT, hue: 0 }], ['asset:b', { width: WIDTH, height: HEIGHT, hue: 2 }], ['asset:c', { width: 160, height: 90, hue: 4 }]] as const) {
      const path = await makeClip(binaries, join(bench.folder, `${id.slice(6)}.mp4`), { rate: '24', seconds: 4, ...options });
      await bench.add(id, path);
      sources.set(id, picturesIn(await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-i', path, '-f', 'rawvideo', '-pix_fmt', 'yuv420p', 'pipe:1'], { purpose: 'decode', maxBytes: 2 ** 28 }), options.width, options.height));
    }
    const still = new Uint8Array(64 * 36 * 4);
    for (let pixel = 0; pixel < 64 * 36; pixel += 1) still.set([60 + (pixel % 64) * 2, 200 - Math.floor(pixel / 64) * 3, 110, 255 - (pixel % 64) * 3], pixel * 4);
    await writeFile(join(bench.folder, 'still.png'), encodePng(64, 36, still, 4));
    await bench.add('asset:still', join(bench.folder, 'still.png'));
    sources.set('asset:still', [pictureFromRgba(still, 64, 36)]);
  }, 240_000);
  afterAll(() => bench.close());

  it('draws what an export is composed of, in its own colours, before its codec', async () => {
    const records = documentOf(
      { ...DEFAULT_SEQUENCE, frameRate: { num: 24, den: 1 }, width: WIDTH, height: HEIGHT }, track('track:over', 35), track('track:top', 30),
      clipRecord(1, 0, 20, { assetId: 'asset:a', sourceDuration: null, crossfadeOutFrames: 4 }), clipRecord(2, 20, 16, { assetId: 'asset:b', sourceDuration: null, speed: { num: 2, den: 1 }, crossfadeInFrames: 3 }),
      clipRecord(3, 36, 12, { assetId: 'asset:c', sourceDuration: null }),
      clipRecord(4, 6, 18, { trackId: 'track:over', assetId: 'asset:c', sourceIn: { num: 1, den: 2 }, speed: { num: 1, den: 2 }, opacity: 0.6, scale: 0.4, position: { x: 0.22, y: -0.1 }, crossfadeInFrames: 5 }),
      clipRecord(5, 24, 16, { trackId: 'track:over', assetId: 'asset:a', scale: 0.4, position: { x: -0.2, y: 0.15 }, crossfadeInFrames: 6, crossfadeOutFrames: 4 }),
      clipRecord(6, 40, 6, { trackId: 'track:top', assetId: 'asset:a', scale: 1.5, opacity: 0.8, position: { x: 0.1, y: 0.05 } }),
      clipRecord(8, 26, 8, { trackId: 'track:top', assetId: 'asset:still', scale: 0.3, sourceDuration: null }),
      captionRecord(7, 4, 12, 'what is said'), { ...captionRecord(8, 10, 30, 'Ångström'), kind: 'title', size: 0.2, color: '#ffcc33', position: { x: 0, y: -0.2 } },
    );
    const plan = bench.plan(records);
    const words = await drawTexts(plan, 0, 48, bench.fonts, bench.folder);
    const capabilities = await media.capabilities();
    const working = workingFormat('mp4-h264', false, capabilities);
    const paths = new Map([...sources.keys()].map((id) => [id, join(bench.folder, `${id.slice(6)}.${id === 'asset:still' ? 'png' : 'mp4'}`)]));
    const infos = new Map(await Promise.all([...paths].map(async ([id, path]) => [id, await media.probe(path)] as const)));
    const graph = pictureGraph({ plan, from: 0, to: 48, source: (id) => infos.get(id)!, text: words, working, capabilities });
    const composed = picturesIn(await run(binaries.ffmpeg, composeArguments(graph, plan.frameRate, working), { purpose: 'compose', maxBytes: 2 ** 28 }), WIDTH, HEIGHT);
    expect(composed).toHaveLength(48);

    const canvas = emptyPicture(WIDTH, HEIGHT);
    const found = composed.map((expected, frame) => {
      drawPlanarLayers(canvas, layersAt(plan, frame), {
        picture: ({ shot: { assetId, place: { source, target } }, sourceFrame }) => scalePicture(sources.get(assetId)![sourceFrame]!, source, target.width, target.height, 'bicubic'),
        text: (shot) => {
          const drawn = drawText(bench.fonts, shot, plan);
          return drawn && { x: drawn.x, y: drawn.y, picture: pictureFromRgba(drawn.rgba, drawn.width, drawn.height) };
        },
      });
      return { frame, y: psnr(canvas.y, expected.y), u: psnr(canvas.u, expected.u), v: psnr(canvas.v, expected.v), rgb: psnr(asRgba(canvas), asRgba(expected)) };
    });
    found.sort((a, b) => a.rgb - b.rgb);
    expect(found[0]?.rgb, JSON.stringify(found.slice(0, 8))).toBeGreaterThan(45);
  }, 240_000);
});

describe('colours', () => {
  it('come back from a picture as they went in, where no chroma is lost', () => {
    const colours = [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [12, 200, 90], [250, 128, 3]];
    for (const colour of colours) {
      const rgba = Uint8Array.from({ length: 4 * 4 * 4 }, (_, index) => (index % 4 === 3 ? 255 : colour[index % 4]!));
      const back = asRgba(pictureFromRgba(rgba, 4, 4));
      for (let index = 0; index < rgba.length; index += 1) expect(Math.abs(back[index]! - rgba[index]!), colour.join()).toBeLessThanOrEqual(2);
    }
  });

  it('of BT.601 and of the full range become those of BT.709', () => {
    const [kr, kb] = [0.299, 0.114];
    for (const isFull of [false, true]) for (const [r, g, b] of [[200, 30, 60], [20, 140, 220], [128, 128, 128]] as const) {
      const light = kr * r + (1 - kr - kb) * g + kb * b;
      const [floor, high, reach] = isFull ? [0, 255, 127.5] : [16, 219, 112];
      const picture = emptyPicture(4, 4);
      picture.y.fill(Math.round(floor + (high * light) / 255));
      picture.u.fill(Math.round(128 + (reach * (b - light)) / (255 * (1 - kb))));
      picture.v.fill(Math.round(128 + (reach * (r - light)) / (255 * (1 - kr))));
      convertColours(picture, [kr, kb], isFull);
      const [red, green, blue] = asRgba(picture);
      for (const [have, want] of [[red, r], [green, g], [blue, b]] as const) expect(Math.abs(have! - want), `${r},${g},${b}`).toBeLessThanOrEqual(3);
    }
  });
});
