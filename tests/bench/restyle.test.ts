import { mkdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { modelSize } from '../../src-main/engine/pipelines/restyle/restyle-size.ts';
import { restyleWindow } from '../../src-main/engine/pipelines/restyle/restyle-window.ts';
import { openRestyler, type Restyler } from '../../src-main/engine/pipelines/restyle/restyler.ts';
import type { RestyleSettings } from '../../src-main/engine/pipelines/restyle/restyle-request.ts';
import { loadVae } from '../../src-main/engine/pipelines/stage-sessions.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { UNTRAINED_RESTYLING } from '../../src-shared/pack/model-index.ts';
import { decodeAll, givenClips, meanPsnr, openMedia } from '../eval/footage.ts';
import { describeMachine } from './machine.ts';
import { edgeCorrelation, explained, flowBetween, lumaOf, warpedError } from './pixel-flow.ts';

/*
 * Restyling of real clips in numbers: outlines kept, flicker against the source's own, borders of windows, strength, speed and memory.
 *   MOTIF_CLIPS=clip.mp4:folder  MOTIF_FRAMES=14  MOTIF_STYLES="watercolor style,noir style"  MOTIF_THREADS=2  npm run bench -- tests/bench/restyle.test.ts
 */
const clips = givenClips();
if (clips.length === 0) process.stdout.write('SKIPPED: name real clips, as in MOTIF_CLIPS=clip.mp4:folder\n');
const packDir = process.env['MOTIF_PACK'] ?? fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const threads = Number(process.env['MOTIF_THREADS'] ?? 2);
const STAGE = 'superResolution2';

async function restyle(restyler: Restyler, settings: RestyleSettings, clip: FramesMessage): Promise<{ made: FramesMessage; wallMs: number }> {
  const stream = await restyler.begin(settings);
  const began = performance.now();
  const run = stream.push(clip, true);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return { made: next.value, wallMs: performance.now() - began };
  }
}

const distance = (a: FramesMessage, b: FramesMessage): number => a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

test.skipIf(clips.length === 0)('restyling real clips', async () => {
  const frames = Number(process.env['MOTIF_FRAMES'] ?? 14);
  const media = openMedia();
  const pack = openPack(packDir);
  const own = { ...UNTRAINED_RESTYLING, ...pack.index.restyling };
  const styles = process.env['MOTIF_STYLES']?.split(',') ?? pack.index.restyling?.styles.map(({ prompt }) => prompt) ?? ['watercolor style'];
  const { stride, window } = restyleWindow(pack.index.sizes);
  const rows: object[] = [];
  for (const path of clips) {
    const info = await media.probe(path);
    // At the model's own size: resizing would hide what the model does.
    const size = modelSize({ width: info.width ?? 16, height: info.height ?? 9 }, pack.stageSize(STAGE), 8);
    const source = await decodeAll(media, path, size, frames);
    const lumas = Array.from({ length: source.count }, (_, frame) => lumaOf(source, frame));
    const flows = lumas.slice(1).map((now, index) => flowBetween(lumas[index]!, now));
    const masks = flows.map((flow, index) => explained(lumas[index]!, lumas[index + 1]!, flow));
    const sourceErrors = flows.map((flow, index) => warpedError(lumas[index]!, lumas[index + 1]!, flow, masks[index]!));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

    const vae = loadVae(pack.vaeFolder(STAGE)!, size.width, size.height, threads);
    const pixels = fromVideoFrames(source);
    const began = performance.now();
    const means = [];
    for (let frame = 0; frame < source.count; frame += 1) means.push((await vae.model.encode({ data: sliceFrames(pixels, frame, 1).data, shape: [1, 3, size.height, size.width] })).mean);
    const rebuilt = [];
    for (const latents of means) rebuilt.push(toVideoFrames({ data: (await vae.model.decode(latents)).data, shape: [1, 3, 1, size.height, size.width] }).data);
    const codecMs = performance.now() - began;
    await vae.release();
    const vaeDb = meanPsnr({ ...source, data: Buffer.concat(rebuilt) }, source);

    const restyler = await openRestyler(pack, { source: size, perFrameText: false, threads, promptCache: new Map() });
    try {
      const base: RestyleSettings = {
        texts: [''], spans: [], blendFrames: 0, negativePrompt: '', strength: Number(process.env['MOTIF_STRENGTH'] ?? own.strength), structure: 0.5, seed: 1,
        numInferenceSteps: own.numInferenceSteps, guidanceScale: own.guidanceScale, noisiestTimestep: own.noisiestTimestep,
      };
      const zero = await restyle(restyler, { ...base, texts: [styles[0]!], strength: 0 }, source);
      expect(meanPsnr(zero.made, source)).toBeGreaterThanOrEqual(vaeDb);
      for (const style of styles) {
        const { made, wallMs } = await restyle(restyler, { ...base, texts: [style] }, source);
        const drawn = Array.from({ length: made.count }, (_, frame) => lumaOf(made, frame));
        const errors = flows.map((flow, index) => warpedError(drawn[index]!, drawn[index + 1]!, flow, masks[index]!));
        // Between frame i and i + 1: a window begins or ends there.
        const isBorder = (index: number) => (index + 1) % stride === 0 || (index + 1 >= window && (index + 1 - window) % stride === 0);
        const relative = errors.map((error, index) => error / Math.max(0.5, sourceErrors[index]!));
        const row = {
          clip: basename(path), style, strength: base.strength, frames: made.count, edgeCorrelation: mean(drawn.map((luma, frame) => edgeCorrelation(luma, lumas[frame]!))), warpedErrorRatio: mean(errors) / mean(sourceErrors),
          borderRatio: mean(relative.filter((_, index) => isBorder(index))) / mean(relative.filter((_, index) => !isBorder(index))), change: distance(made, source),
          framesPerSecond: (1000 * made.count) / wallMs, timesAutoencoder: wallMs / codecMs, autoencoderDb: vaeDb, peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
        };
        rows.push(row);
        process.stdout.write(`${JSON.stringify(row)}\n`);
      }
      if (process.env['MOTIF_SLIDER'] === '1') {
        const few = { ...source, count: window, data: source.data.slice(0, window * size.width * size.height * 3) };
        const changes: number[] = [];
        for (const strength of [0.1, 0.3, 0.5, 0.7, 0.9]) changes.push(distance((await restyle(restyler, { ...base, texts: [styles[0]!], strength }, few)).made, few));
        const row = { clip: basename(path), style: styles[0], slider: changes };
        rows.push(row);
        process.stdout.write(`${JSON.stringify(row)}\n`);
        expect([...changes].sort((a, b) => a - b)).toEqual(changes);
      }
    } finally {
      await restyler.release();
    }
  }
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-restyle.json', JSON.stringify({ machine: describeMachine(), pack: pack.index.version, trained: pack.index.restyling !== undefined, rows }, null, 2));
}, 6 * 60 * 60_000);
