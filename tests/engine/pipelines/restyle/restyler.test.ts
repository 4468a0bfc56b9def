import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPack } from '../../../../src-main/engine/pipelines/open-pack.ts';
import { textShares, type RestyleSettings } from '../../../../src-main/engine/pipelines/restyle/restyle-request.ts';
import { finishedSize, modelSize } from '../../../../src-main/engine/pipelines/restyle/restyle-size.ts';
import { openRestyler, type RestyledFrames, type RestyleStream, type Restyler } from '../../../../src-main/engine/pipelines/restyle/restyler.ts';
import type { VideoFrames } from '../../../../src-main/engine/pipelines/video-tensor.ts';
import { writeRunnablePack } from '../../process/make-runnable-pack.ts';

const SOURCE = { width: 50, height: 37 };
const FRAMES = 22;
let folder: string;
let plain: Restyler;
let spans: Restyler;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-restyler-'));
  writeRunnablePack(folder);
  const pack = openPack(folder);
  plain = await openRestyler(pack, { source: SOURCE, perFrameText: false, threads: 1, promptCache: new Map() });
  spans = await openRestyler(pack, { source: SOURCE, perFrameText: true, threads: 1, promptCache: new Map() });
});
afterAll(async () => {
  await plain.release();
  await spans.release();
  rmSync(folder, { recursive: true, force: true });
});

const SETTINGS: RestyleSettings = { texts: ['a red fish'], spans: [], blendFrames: 4, negativePrompt: '', strength: 0.6, structure: 0.5, seed: 3, numInferenceSteps: 2, guidanceScale: 1, noisiestTimestep: 900 };

/** A bright square that moves over a ramp. */
function clip(count: number): VideoFrames {
  const { width, height } = SOURCE;
  const data = new Uint8Array(count * width * height * 3);
  for (let frame = 0; frame < count; frame += 1) for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) for (let channel = 0; channel < 3; channel += 1) {
    const inside = Math.abs(x - 8 - frame) < 6 && Math.abs(y - 18) < 8;
    data[((frame * height + y) * width + x) * 3 + channel] = inside ? 230 - 40 * channel : 40 + x + channel * 20;
  }
  return { count, width, height, data };
}
const part = (frames: VideoFrames, from: number, to: number): VideoFrames => ({ ...frames, count: to - from, data: frames.data.slice(from * frames.width * frames.height * 3, to * frames.width * frames.height * 3) });

async function push(stream: RestyleStream, frames: VideoFrames, last: boolean): Promise<RestyledFrames> {
  const run = stream.push(frames, last);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
  }
}
async function restyle(restyler: Restyler, settings: RestyleSettings, step = 4): Promise<Uint8Array> {
  const stream = await restyler.begin(settings);
  const source = clip(FRAMES);
  const parts: Uint8Array[] = [];
  for (let from = 0; from < FRAMES; from += step) parts.push((await push(stream, part(source, from, Math.min(FRAMES, from + step)), from + step >= FRAMES)).frames.data);
  return Buffer.concat(parts);
}

describe('restyling footage', { timeout: 300_000 }, () => {
  it('gives the source back at strength 0, cut to even sides', async () => {
    const even = { width: 50, height: 36 };
    expect(finishedSize(SOURCE)).toEqual(even);
    const stream = await plain.begin({ ...SETTINGS, strength: 0 });
    const source = clip(5);
    const { frames: out } = await push(stream, source, true);
    expect([out.count, out.width, out.height]).toEqual([5, 50, 36]);
    let most = 0;
    for (let x = 0; x < 50; x += 1) most = Math.max(most, Math.abs(out.data[(18 * 50 + x) * 3]! - source.data[(18 * 50 + x) * 3]!));
    expect(most).toBeLessThanOrEqual(12);
  });

  it('is a function of the clip and the settings, however the frames arrive', async () => {
    const once = await restyle(plain, SETTINGS, 4);
    expect(once.length).toBe(FRAMES * 50 * 36 * 3);
    expect(Buffer.compare(once, await restyle(plain, SETTINGS, 11))).toBe(0);
    expect(Buffer.compare(once, await restyle(plain, { ...SETTINGS, seed: 4 }, 4))).not.toBe(0);
  });

  it('goes on in the middle with the very same frames', async () => {
    const source = clip(FRAMES);
    const stream = await plain.begin(SETTINGS);
    const whole = await push(stream, source, true);
    const anchor = stream.anchor();
    expect(anchor).not.toBeNull();
    // Eight frames ahead: two steps, one window of reach each.
    const later = await plain.begin(SETTINGS, { firstFrame: 8, anchor, shown: { number: 15, frame: part(whole.shown, 15, 16) } });
    const out = await push(later, part(source, 8, FRAMES), true);
    const bytes = 50 * 36 * 3;
    expect(Buffer.compare(Buffer.from(out.frames.data.subarray(8 * bytes)), Buffer.from(whole.frames.data.subarray(16 * bytes)))).toBe(0);
  });

  it('gives every span its own words', async () => {
    const base = await restyle(spans, SETTINGS);
    const mixed = await restyle(spans, { ...SETTINGS, texts: ['a red fish', 'blue bird'], spans: [{ startFrame: 16, endFrame: 22, text: 1 }] });
    const bytes = 50 * 36 * 3;
    const change = (frame: number) => {
      let sum = 0;
      for (let i = frame * bytes; i < (frame + 1) * bytes; i += 1) sum += Math.abs(base[i]! - mixed[i]!);
      return sum;
    };
    // Two steps carry the words at most two windows back.
    expect(change(0)).toBe(0);
    expect(change(20)).toBeGreaterThan(change(12));
    expect(change(20)).toBeGreaterThan(0);
  });

  it('refuses frames of another size', async () => {
    const stream = await plain.begin(SETTINGS);
    await expect(push(stream, { count: 1, width: 4, height: 4, data: new Uint8Array(48) }, true)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('shapes and words', () => {
  it('footage keeps its shape on its way through the model', () => {
    expect(modelSize({ width: 1920, height: 1080 }, { width: 576, height: 320 }, 8)).toEqual({ width: 576, height: 320 });
    expect(modelSize({ width: 1080, height: 1920 }, { width: 576, height: 320 }, 8)).toEqual({ width: 320, height: 576 });
    const square = modelSize({ width: 700, height: 700 }, { width: 576, height: 320 }, 8);
    expect([square.width === square.height, square.width % 8]).toEqual([true, 0]);
  });

  it('styles fade into each other around a border and always add up to one', () => {
    const request = { texts: ['a', 'b', 'c'], spans: [{ startFrame: 10, endFrame: 20, text: 1 }, { startFrame: 20, endFrame: 30, text: 2 }], blendFrames: 4 };
    for (let frame = 0; frame < 40; frame += 1) {
      const shares = textShares(request, frame);
      expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    }
    expect(textShares(request, 0)).toEqual([1, 0, 0]);
    expect(textShares(request, 15)).toEqual([0, 1, 0]);
    const [, b, c] = textShares(request, 19);
    expect([b, c]).toEqual([0.625, 0.375]);
    expect(textShares({ ...request, blendFrames: 0 }, 20)).toEqual([0, 0, 1]);
  });
});
