/**
 * Upscaling of real clips from 144x80 to 576x320 against Lanczos, with the embedded pack:
 * `MOTIF_CLIPS=CLIP_OR_FOLDER[:...] npm run bench -- upscale`. `MOTIF_FRAMES` frames of each (16 when left out).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { openUpscaler } from '../../src-main/engine/pipelines/upscaler.ts';
import { tileStarts } from '../../src-main/engine/pipelines/upscale-window.ts';
import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { upscaleShape } from '../../src-main/jobs/upscale-plan.ts';
import { clipWindows, finishWindow } from '../../src-main/jobs/upscale-windows.ts';
import { areaReduce, decodeAll, flickerRatio, givenClips, lanczos, meanPsnr, openMedia, seamRatio } from './footage.ts';
import { describeMachine } from './machine.ts';

const SMALL = { width: 144, height: 80 };
const FACTOR = 4;
const clips = givenClips();
if (clips.length === 0) process.stdout.write('SKIPPED: name real clips, as in MOTIF_CLIPS=clip.mp4:folder\n');
const packDir = process.env['MOTIF_PACK'] ?? fileURLToPath(new URL('../../models/motif-mini', import.meta.url));

test.skipIf(clips.length === 0)('upscaling against Lanczos', async () => {
  const frames = Number(process.env['MOTIF_FRAMES'] ?? 16);
  const media = openMedia();
  const pack = openPack(packDir);
  const upscaler = await openUpscaler(pack, { threads: Number(process.env['MOTIF_THREADS'] ?? 2), promptCache: new Map() });
  const rows: object[] = [];
  try {
    for (const clip of clips) {
      const truth = await decodeAll(media, clip, { width: SMALL.width * FACTOR, height: SMALL.height * FACTOR }, frames);
      const small = areaReduce(truth, FACTOR);
      const shape = upscaleShape({ ...SMALL, frames: truth.count }, pack.index.sizes);
      const decoded = async function* () {
        const bytes = SMALL.width * SMALL.height * 3;
        for (let frame = 0; frame < small.count; frame += 1) yield small.data.subarray(frame * bytes, (frame + 1) * bytes);
      };
      const parts: Uint8Array[] = [];
      let left: readonly Uint8Array[] = [];
      const beganAt = performance.now();
      for await (const window of clipWindows(decoded(), SMALL, shape, 0)) {
        const run = upscaler.run({ frames: window.frames, firstFrame: window.index * shape.stride, factor: FACTOR, numInferenceSteps: 1, seed: 1 });
        let next = await run.next();
        while (next.done !== true) next = await run.next();
        const finished = finishWindow(window, next.value, left, shape.stride);
        parts.push(...finished.frames);
        left = finished.left;
      }
      const wallMs = performance.now() - beganAt;
      const made: FramesMessage = { ...truth, data: Buffer.concat(parts) };
      const plain = lanczos(small, FACTOR);
      const { width } = pack.stageSize('interpolation');
      const borders = new Set(tileStarts(SMALL.width, width, 8).slice(1).map((start) => start * FACTOR));
      const row = {
        clip: basename(clip), frames: truth.count, modelDb: meanPsnr(made, truth), lanczosDb: meanPsnr(plain, truth),
        gainDb: meanPsnr(made, truth) - meanPsnr(plain, truth),
        seamRatio: seamRatio(made, truth, borders), lanczosSeamRatio: seamRatio(plain, truth, borders),
        flickerRatio: flickerRatio(made, truth, (frame) => frame % shape.stride <= 1), lanczosFlickerRatio: flickerRatio(plain, truth, (frame) => frame % shape.stride <= 1),
        secondsPerFrame: wallMs / 1000 / truth.count,
      };
      rows.push(row);
      process.stdout.write(`${JSON.stringify(row)}\n`);
      expect(parts).toHaveLength(truth.count);
    }
  } finally {
    await upscaler.release();
  }
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-upscale.json', JSON.stringify({ machine: describeMachine(), pack: pack.index.version, rows }, null, 2));
});
