import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/media/raw-png.ts';
import { writeFile } from 'node:fs/promises';
import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import type { Track } from '../../src-shared/timeline/records/track.ts';
import { availableBinaries } from '../media/binaries.ts';
import { captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';
import { openExportBench, type ExportBench } from './export-bench.ts';
import { makeClip } from './make-sources.ts';
import { lumaPsnr, psnr, referenceFrame, toRgb, type DecodedSource } from './reference-composition.ts';

const machine = await availableBinaries();
const track = (id: string, order: number, kind: Track['kind'] = 'video'): TimelineRecord => ({ id, type: 'track', kind, name: '', order, locked: false, muted: false, hidden: false });
const second = { num: 1, den: 1 };

describe.each(machine)('$label', ({ binaries, media }) => {
  let bench: ExportBench;
  let sources: Map<string, DecodedSource>;

  beforeAll(async () => {
    bench = await openExportBench(media, binaries);
    await bench.add('asset:wide', await makeClip(binaries, join(bench.folder, 'wide.mp4'), { width: 160, height: 90, rate: '24', seconds: 3 }));
    await bench.add('asset:square', await makeClip(binaries, join(bench.folder, 'square.mp4'), { width: 96, height: 96, rate: '30000/1001', seconds: 3, hue: 2 }));
    await bench.add('asset:large', await makeClip(binaries, join(bench.folder, 'large.mp4'), { width: 320, height: 180, rate: '25', seconds: 2, hue: 4, gop: 12 }));
    const still = new Uint8Array(64 * 36 * 3);
    for (let pixel = 0; pixel < 64 * 36; pixel += 1) still.set([60 + (pixel % 64) * 2, 200 - Math.floor(pixel / 64) * 3, 110], pixel * 3);
    await writeFile(join(bench.folder, 'still.png'), encodePng(64, 36, still));
    await bench.add('asset:still', join(bench.folder, 'still.png'));
    sources = new Map(await Promise.all(['asset:wide', 'asset:square', 'asset:large', 'asset:still'].map(async (id) => [id, await bench.decoded(id)] as const)));
  }, 240_000);
  afterAll(() => bench.close());

  const document = (...more: TimelineRecord[]) => documentOf(
    { ...DEFAULT_SEQUENCE, frameRate: { num: 24, den: 1 }, width: 160, height: 90 }, track('track:over', 35), track('track:top', 30),
    // Below: a cut with a dissolve in the middle of which the second clip, twice as fast, comes in; then a still.
    clipRecord(1, 0, 20, { assetId: 'asset:wide', sourceDuration: null, crossfadeOutFrames: 4 }),
    clipRecord(2, 20, 16, { assetId: 'asset:large', sourceDuration: null, speed: { num: 2, den: 1 }, crossfadeInFrames: 3 }),
    clipRecord(3, 36, 12, { assetId: 'asset:still', sourceDuration: null }),
    // In the middle: slow, small, half transparent, faded in from nothing and out to nothing, and dissolving where nothing is covered.
    clipRecord(4, 6, 18, { trackId: 'track:over', assetId: 'asset:square', sourceIn: { num: 1, den: 2 }, speed: { num: 1, den: 2 }, opacity: 0.6, scale: 0.5, position: { x: 0.22, y: -0.1 }, crossfadeInFrames: 5 }),
    clipRecord(5, 24, 16, { trackId: 'track:over', assetId: 'asset:wide', sourceIn: second, scale: 0.4, position: { x: -0.2, y: 0.15 }, crossfadeInFrames: 6, crossfadeOutFrames: 4 }),
    // On top: larger than the frame.
    clipRecord(6, 40, 6, { trackId: 'track:top', assetId: 'asset:wide', scale: 1.5, opacity: 0.8, position: { x: 0.1, y: 0.05 } }),
    ...more,
  );
  const words: TimelineRecord[] = [captionRecord(7, 4, 12, "It's 50% [of] it; really: \\o/"), { ...captionRecord(8, 10, 30, 'Ångström'), kind: 'title', size: 0.2, color: '#ffcc33', position: { x: 0, y: -0.2 } }];

  it('composes at every frame what a plain composition shows, far within 40 dB', async () => {
    const records = document(...words);
    const folder = await bench.render(records, 'all', { format: 'png-sequence' });
    const worst: { frame: number; dB: number }[] = [];
    for (let frame = 0; frame < 48; frame += 1) {
      const { frames } = await bench.pixels(join(folder, `frame-${String(frame + 1).padStart(6, '0')}.png`), 'rgb24');
      worst.push({ frame, dB: psnr(frames[0] ?? new Uint8Array(), referenceFrame(records, sources, bench.fonts, frame)) });
    }
    worst.sort((a, b) => a.dB - b.dB);
    expect(worst[0]?.dB, JSON.stringify(worst.slice(0, 12))).toBeGreaterThan(48);
  }, 240_000);

  it('composes the same in the 4:2:0 of video, as far as that and its encoder can tell', async () => {
    const records = document(...words);
    const { frames } = await bench.pixels(await bench.render(records, 'all.mp4', { format: 'mp4-h264' }), 'rgb24');
    expect(frames).toHaveLength(48);
    const stored = new Map(await Promise.all([...sources.keys()].map(async (id) => [id, await bench.decoded(id, 'ycbcr')] as const)));
    const worst = frames.map((pixels, frame) => ({ frame, dB: lumaPsnr(pixels, toRgb(referenceFrame(records, stored, bench.fonts, frame, 1, 'ycbcr'))) })).sort((a, b) => a.dB - b.dB);
    expect(worst[0]?.dB, JSON.stringify(worst.slice(0, 12))).toBeGreaterThan(40);
  }, 240_000);

  it('shows the same frames when it begins in the middle', async () => {
    const records = document(...words);
    const folder = await bench.render(records, 'part', { format: 'png-sequence' }, { from: 17, to: 31 });
    for (let index = 0; index < 14; index += 1) {
      const { frames } = await bench.pixels(join(folder, `frame-${String(index + 1).padStart(6, '0')}.png`), 'rgb24');
      expect(psnr(frames[0] ?? new Uint8Array(), referenceFrame(records, sources, bench.fonts, 17 + index)), `frame ${17 + index}`).toBeGreaterThan(48);
    }
  }, 240_000);

  it('keeps what is transparent, through fades and dissolves', async () => {
    const records = documentOf(
      { ...DEFAULT_SEQUENCE, frameRate: { num: 24, den: 1 }, width: 160, height: 90 },
      clipRecord(1, 2, 10, { assetId: 'asset:square', scale: 0.7, position: { x: -0.2, y: 0 }, crossfadeInFrames: 3, crossfadeOutFrames: 3 }),
      clipRecord(2, 12, 8, { assetId: 'asset:wide', scale: 0.6, position: { x: 0.1, y: 0.1 }, opacity: 0.5 }),
    );
    const png = await bench.render(records, 'pictures', { format: 'png-sequence', alpha: true });
    // Older ones only come near in the dissolve itself (frames 9 to 11).
    const canDissolve = (await media.capabilities()).filters.has('xfade');
    for (const frame of [0, 3, 7, ...(canDissolve ? [9, 10, 11] : []), 15]) {
      const { frames } = await bench.pixels(join(png, `frame-${String(frame + 1).padStart(6, '0')}.png`), 'rgba');
      expect(psnr(frames[0] ?? new Uint8Array(), referenceFrame(records, sources, bench.fonts, frame, 0), 4), `frame ${frame}`).toBeGreaterThan(40);
    }
  }, 240_000);
});
