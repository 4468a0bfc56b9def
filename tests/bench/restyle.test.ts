/**
 * Restyling of real clips in numbers: looks that a checker names, outlines kept, flicker against the source's own, borders of windows,
 * strength, speed and memory; and a picture of each clip in every look. What is measured is not measured again.
 *
 *   MOTIF_CLIPS=clip.mp4:folder npm run bench -- tests/bench/restyle.test.ts
 *
 * MOTIF_FRAMES (14): frames of each clip; 1 draws a still by itself, as previews do. MOTIF_STYLES="watercolor style,noir style": the pack's own when left out. MOTIF_STRENGTH: the
 * pack's own. MOTIF_SLIDER=0 leaves the slider out. MOTIF_THREADS (2). MOTIF_RESTYLE_FOLDER (test-results/restyle): where numbers and pictures go.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openPack, type Pack } from '../../src-main/engine/pipelines/open-pack.ts';
import { resizeFrames } from '../../src-main/engine/pipelines/resize.ts';
import type { RestyleSettings } from '../../src-main/engine/pipelines/restyle/restyle-request.ts';
import { modelSize } from '../../src-main/engine/pipelines/restyle/restyle-size.ts';
import { restyleWindow } from '../../src-main/engine/pipelines/restyle/restyle-window.ts';
import { loadVae, pixelMultiple, readUnetConfig } from '../../src-main/engine/pipelines/stage-sessions.ts';
import { fromVideoFrames, sliceFrames, toVideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { createEngineClient, type EngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { encodePng } from '../../src-main/media/raw-png.ts';
import { UNTRAINED_RESTYLING } from '../../src-shared/pack/model-index.ts';
import { clipFacts, decodeAll, givenClips, meanPsnr, openMedia } from '../eval/footage.ts';
import { loadLookChecker, likelyLooks, pictureOf } from '../eval/look-checker.ts';
import { clipSheet } from './clip-sheet.ts';
import { describeMachine } from './machine.ts';
import { distance, mean, measureRestyled, measureSource, type RestyleMeasure } from './restyle-measure.ts';

const clips = givenClips();
if (clips.length === 0) process.stdout.write('SKIPPED: name real clips, as in MOTIF_CLIPS=clip.mp4:folder\n');
const packDir = process.env['MOTIF_PACK'] ?? fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const folder = process.env['MOTIF_RESTYLE_FOLDER'] ?? join('test-results', 'restyle');
const threads = Number(process.env['MOTIF_THREADS'] ?? 2);
const STAGE = 'superResolution2';
const SLIDER = [0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1];
const SHEET = { frames: 4, width: 216 };

type Row = RestyleMeasure & { clip: string; style: string; look: string; frames: number; framesPerSecond: number; timesAutoencoder: number; peakMiB: number };
interface SliderRow { clip: string; style: string; strengths: readonly number[]; changes: readonly number[]; likelihoods: readonly number[] }
interface CodecRow { psnrDb: number; msPerFrame: number }

/** What a file of results says, or what `make` finds out. */
async function remembered<T>(name: string, make: () => Promise<T>): Promise<T> {
  const path = join(folder, `${name}.json`);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  const made = await make();
  writeFileSync(path, JSON.stringify(made, null, 1));
  return made;
}

/** Encodes and decodes every frame by itself: what the autoencoder loses, and the time that it takes alone. */
async function throughAutoencoder(pack: Pack, source: FramesMessage): Promise<CodecRow> {
  const { width, height } = source;
  // Both halves stay loaded, as in a run.
  const [encoder, decoder] = [loadVae(pack.vaeFolder(STAGE)!, width, height, threads, false), loadVae(pack.vaeFolder(STAGE)!, width, height, threads, false)];
  const pixels = fromVideoFrames(source);
  const shape = [1, 3, height, width];
  // Once ahead: the first call loads the weights.
  await decoder.model.decode((await encoder.model.encode({ data: sliceFrames(pixels, 0, 1).data, shape })).mean);
  const began = performance.now();
  const rebuilt: Uint8Array[] = [];
  for (let frame = 0; frame < source.count; frame += 1) {
    const { mean: latents } = await encoder.model.encode({ data: sliceFrames(pixels, frame, 1).data, shape });
    rebuilt.push(toVideoFrames({ data: (await decoder.model.decode(latents)).data, shape: [1, 3, 1, height, width] }).data);
  }
  const wallMs = performance.now() - began;
  await encoder.release();
  await decoder.release();
  return { psnrDb: meanPsnr({ ...source, data: Buffer.concat(rebuilt) }, source), msPerFrame: wallMs / source.count };
}

/** Restyles a clip in the engine's own process, whose memory is measured, as a job does. */
async function restyle(engine: EngineClient, clipRun: string, settings: RestyleSettings, source: FramesMessage, stride: number): Promise<{ made: FramesMessage; wallMs: number; peakBytes: number }> {
  const bytes = source.width * source.height * 3;
  const parts: Uint8Array[] = [];
  let [peakBytes, size] = [0, { width: source.width, height: source.height }];
  const began = performance.now();
  for (let at = 0; at < source.count; at += stride) {
    const count = Math.min(stride, source.count - at);
    const { frames, peakRssBytes } = await engine.restyle({
      runId: `${clipRun}/${at}`, packDir, clipRun, settings, frames: { ...source, count, data: source.data.slice(at * bytes, (at + count) * bytes) },
      firstFrame: at, begins: at === 0, last: at + count === source.count, anchor: null, shown: null, threads, ...(source.count === 1 ? { still: { share: 1 } } : {}),
    });
    parts.push(frames.data);
    peakBytes = Math.max(peakBytes, peakRssBytes);
    size = { width: frames.width, height: frames.height };
  }
  return { made: { count: source.count, ...size, data: Buffer.concat(parts) }, wallMs: performance.now() - began, peakBytes };
}

/** A few frames of a clip, small, for the sheet. */
function sheetRow(clip: FramesMessage): FramesMessage {
  const [count, bytes] = [Math.min(SHEET.frames, clip.count), clip.width * clip.height * 3];
  const picked = Array.from({ length: count }, (_, k) => Math.round((k * (clip.count - 1)) / Math.max(1, count - 1)));
  const frames = { ...clip, count, data: Buffer.concat(picked.map((frame) => clip.data.subarray(frame * bytes, (frame + 1) * bytes))) };
  return resizeFrames(frames, SHEET.width, Math.round((SHEET.width * clip.height) / clip.width));
}

test.skipIf(clips.length === 0)('restyling real clips', async () => {
  mkdirSync(folder, { recursive: true });
  const most = Number(process.env['MOTIF_FRAMES'] ?? 14);
  const [media, pack, checker] = [openMedia(), openPack(packDir), loadLookChecker()];
  const own = { ...UNTRAINED_RESTYLING, ...pack.index.restyling };
  const trained = pack.index.restyling !== undefined;
  const styles = process.env['MOTIF_STYLES']?.split(',') ?? pack.index.restyling?.styles.map(({ prompt }) => prompt) ?? ['watercolor style'];
  const lookOf = (style: string): string => checker.looks.find((look) => style.toLowerCase().includes(look)) ?? style;
  const windows = restyleWindow(pack.index.sizes);
  const strength = Number(process.env['MOTIF_STRENGTH'] ?? own.strength);
  const base: RestyleSettings = {
    texts: [''], spans: [], blendFrames: 0, negativePrompt: '', strength, structure: 0.5, seed: 1, numInferenceSteps: own.numInferenceSteps, guidanceScale: own.guidanceScale, noisiestTimestep: own.noisiestTimestep,
  };
  const multiple = pixelMultiple(pack.vaeFolder(STAGE)!, readUnetConfig(pack, STAGE));
  const engine = createEngineClient({ fork: createNodeEngineFork(), stepTimeoutFloorMs: 900_000 });
  const [rows, sliders, codecs]: [Row[], SliderRow[], CodecRow[]] = [[], [], []];
  try {
    for (const [index, path] of clips.entries()) {
      const clip = parse(path).name;
      // At the model's own size: resizing would hide what the model does.
      const facts = await clipFacts(media, path);
      const size = modelSize(facts, pack.stageSize(STAGE), multiple);
      const frames = Math.min(most, facts.frames);
      // Weights, settings and frames: other ones are another measurement.
      const key = createHash('sha256').update(JSON.stringify([pack.index.version, pack.index.files, base, frames, size])).digest('hex').slice(0, 8);
      const source = await decodeAll(media, path, size, frames);
      let sourceNumbers: ReturnType<typeof measureSource> | null = null;
      const measured = () => (sourceNumbers ??= measureSource(source));

      const codec = await remembered(`${key} ${clip}, autoencoder`, async () => {
        const result = await throughAutoencoder(pack, source);
        const { made } = await restyle(engine, `${clip} unchanged`, { ...base, texts: [styles[0]!], strength: 0 }, source, windows.stride);
        expect(meanPsnr(made, source), `${clip} at strength 0`).toBeGreaterThanOrEqual(result.psnrDb);
        return result;
      });
      codecs.push(codec);
      const sheet: FramesMessage[] = [sheetRow(source)];
      for (const style of styles) {
        const name = `${key} ${clip}, ${style}`;
        const picture = join(folder, `${name}.rgb`);
        const row = await remembered<Row>(name, async () => {
          const { made, wallMs, peakBytes } = await restyle(engine, `${clip} ${style}`, { ...base, texts: [style] }, source, windows.stride);
          writeFileSync(picture, sheetRow(made).data);
          return {
            clip, style, look: lookOf(style), frames: made.count, ...measureRestyled(source, measured(), made, lookOf(style), checker, windows),
            framesPerSecond: (1000 * made.count) / wallMs, timesAutoencoder: wallMs / made.count / codec.msPerFrame, peakMiB: Math.round(peakBytes / 2 ** 20),
          };
        });
        rows.push(row);
        sheet.push({ ...sheet[0]!, data: readFileSync(picture) });
        process.stdout.write(`${clip.padEnd(18)} ${style.padEnd(22)} named ${(100 * row.named).toFixed(0).padStart(3)} %  edges ${row.edgeCorrelation.toFixed(2)}  flicker ${row.warpedErrorRatio?.toFixed(2) ?? '-'}  borders ${row.borderRatio?.toFixed(3) ?? '-'}  ${row.framesPerSecond.toFixed(2)} fps  ${row.peakMiB} MiB  ${JSON.stringify(row.names)}\n`);
      }
      const { width, height, data } = clipSheet(sheet, 1);
      writeFileSync(join(folder, `${clip}.png`), encodePng(width, height, data));

      if (process.env['MOTIF_SLIDER'] === '0') continue;
      // Another style for each clip; a window of frames says enough.
      const style = styles[(index + 1) % styles.length]!;
      const row = await remembered<SliderRow>(`${key} ${clip}, slider`, async () => {
        const few = { ...source, count: Math.min(windows.window, frames), data: source.data.slice(0, Math.min(windows.window, frames) * size.width * size.height * 3) };
        const [changes, likelihoods]: [number[], number[]] = [[], []];
        for (const each of SLIDER) {
          const { made } = await restyle(engine, `${clip} at ${each}`, { ...base, texts: [style], strength: each }, few, windows.stride);
          changes.push(distance(made, few));
          likelihoods.push(likelyLooks(checker, pictureOf(made, Math.floor(made.count / 2)))[lookOf(style)] ?? 0);
        }
        return { clip, style, strengths: SLIDER, changes, likelihoods };
      });
      sliders.push(row);
      process.stdout.write(`${clip.padEnd(18)} ${row.style.padEnd(22)} slider ${row.changes.map((change) => change.toFixed(1)).join(' ')}  look ${row.likelihoods.map((share) => share.toFixed(2)).join(' ')}\n`);
    }
  } finally {
    await engine.close();
  }

  const byLook = Object.fromEntries(styles.map((style) => [lookOf(style), mean(rows.filter((row) => row.style === style).map(({ named }) => named))]));
  const borders = rows.flatMap(({ borderRatio }) => borderRatio ?? []);
  const flicker = rows.flatMap(({ warpedErrorRatio }) => warpedErrorRatio ?? []);
  const summary = {
    named: mean(rows.map(({ named }) => named)), byLook, edgeCorrelation: mean(rows.map((row) => row.edgeCorrelation)), leastEdgeCorrelation: Math.min(...rows.map((row) => row.edgeCorrelation)),
    warpedErrorRatio: flicker.length === 0 ? null : mean(flicker), mostWarpedErrorRatio: flicker.length === 0 ? null : Math.max(...flicker), borderRatio: borders.length === 0 ? null : mean(borders),
    autoencoderDb: mean(codecs.map(({ psnrDb }) => psnrDb)), framesPerSecond: mean(rows.map((row) => row.framesPerSecond)), timesAutoencoder: mean(rows.map((row) => row.timesAutoencoder)),
    peakMiB: Math.max(...rows.map(({ peakMiB }) => peakMiB)), risesWithStrength: sliders.map(({ changes }) => changes.every((change, k) => k === 0 || change >= changes[k - 1]!)),
  };
  process.stdout.write(`${JSON.stringify(summary, null, 1)}\n`);
  writeFileSync('test-results/bench-restyle.json', JSON.stringify({ machine: describeMachine(), pack: pack.index.version, trained, settings: base, windows, ...summary, rows, sliders }, null, 2));
  expect(summary.risesWithStrength.every(Boolean)).toBe(true);
}, 6 * 60 * 60_000);
