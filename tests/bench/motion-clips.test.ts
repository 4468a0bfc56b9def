/**
 * Do motions of real clips carry over? Each clip is learned to the end and generated with other subjects, with and without the motion, same
 * prompts and seeds; reported is how alike the flow of source and result is (`flow-similarity.ts`). Contact sheets and motions land in
 * MOTIF_CLIPS_FOLDER (test-results/motion-clips when left out); what is done is not done again.
 *
 *   MOTIF_CLIPS=sharks_swimming:car.mp4 npm run bench -- tests/bench/motion-clips.test.ts
 *
 * MOTIF_CLIPS: video files, or folders with as many numbered pictures as the model makes key frames, `:` between them; without it only the measure
 * itself is tested. MOTIF_TRANSFER_SETTINGS, MOTIF_THREADS as in `motion-transfer.test.ts`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LearningSettings } from '../../src-shared/contract/motions.ts';
import { USUAL_NOISE_MIX } from '../../src-shared/recipe/motion-use.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import type { FramesMessage, MotionMessage } from '../../src-main/engine/process/protocol.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { createMedia, type Media } from '../../src-main/media/media.ts';
import { encodePng } from '../../src-main/media/raw-png.ts';
import { proposeCaption } from '../../src-main/services/motion-caption.ts';
import { clipSheet } from './clip-sheet.ts';
import { describeMachine } from './machine.ts';
import { blockFlows, flowSimilarity, type FlowSimilarity } from './flow-similarity.ts';

const clips = (process.env['MOTIF_CLIPS'] ?? '').split(':').filter((path) => path !== '');
const folder = process.env['MOTIF_CLIPS_FOLDER'] ?? join('test-results', 'motion-clips');
const settings = LearningSettings.parse(JSON.parse(process.env['MOTIF_TRANSFER_SETTINGS'] ?? '{}'));
const threads = Number(process.env['MOTIF_THREADS'] ?? '2');
const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
/** The paper's example in its own words, which the pack does not know, and in words that it knows. */
const PROMPTS = ['planes fly in the sky', 'a white bird flies in the sky', 'a red car drives on a meadow', 'a yellow fish swims in the sea'];
const CAPTIONS: Readonly<Record<string, string>> = { 'sharks_swimming': 'sharks are swimming', 'car_forest': 'a car is driving', 'car-turn': 'a car is turning', 'man-skiing': 'a man is skiing' };

/** Seconds of a clip that its middle part holds at most, as the window proposes. */
const PART_SECONDS = 3.6;

async function readFrames(media: Media, path: string, { count, width, height }: { count: number; width: number; height: number }): Promise<FramesMessage> {
  const decoded: Uint8Array[] = [];
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).slice(0, count)) {
      for await (const frame of media.decodeFrames(join(path, name), { width, height, fit: 'cover', frames: 1 })) decoded.push(frame);
    }
  } else {
    const { frames = null, frameRate, durationMs } = await media.probe(path);
    const rate = frameRate === null ? 8 : frameRate.num / frameRate.den;
    const all = frames ?? Math.floor(((durationMs ?? 0) / 1000) * rate);
    const part = all > PART_SECONDS * 2 * rate ? Math.round(PART_SECONDS * rate) : all;
    for await (const frame of media.decodeFrames(path, { width, height, fit: 'cover', startFrame: Math.floor((all - part) / 2), frames: part })) decoded.push(frame);
  }
  const data = new Uint8Array(count * width * height * 3);
  for (let index = 0; index < count; index += 1) data.set(decoded[Math.round((index * (decoded.length - 1)) / (count - 1))]!, index * width * height * 3);
  return { count, width, height, data };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

describe('the measure', () => {
  /** A textured patch on even ground that moves by (dx, dy) a frame. */
  const moving = (dx: number, dy: number): FramesMessage => {
    const [count, width, height] = [4, 64, 40];
    const data = new Uint8Array(count * width * height * 3).fill(90);
    for (let frame = 0; frame < count; frame += 1) for (let y = 0; y < 14; y += 1) for (let x = 0; x < 14; x += 1) {
      const value = 120 + ((x * 37 + y * 61) % 97);
      data.set([value, value, value], ((frame * height + 13 + frame * dy + y) * width + 20 + frame * dx + x) * 3);
    }
    return { count, width, height, data };
  };
  test('finds how a patch moves', () => {
    const [flow] = blockFlows(moving(3, -2));
    const block = 4 * flow!.columns + 6;
    expect([flow!.x[block], flow!.y[block]]).toEqual([3, -2]);
  });
  test('is 1 for the same motion, -1 for its opposite, and little for another', () => {
    const [there, back, across] = [moving(4, 0), moving(-4, 0), moving(0, 3)].map(blockFlows);
    expect(flowSimilarity(there!, there!)).toEqual({ whole: expect.closeTo(1, 5), magnitude: expect.closeTo(1, 5), direction: expect.closeTo(1, 5) });
    expect(flowSimilarity(there!, back!).direction).toBeLessThan(-0.7);
    expect(Math.abs(flowSimilarity(there!, across!).direction ?? 1)).toBeLessThan(0.3);
  });
});

describe.runIf(clips.length > 0)('motions of real clips', () => {
  test('move other subjects more like the clip than the model does by itself', async () => {
    const pack = openPack(packDir);
    const { frames: count, width, height } = pack.stageSize('keyframes');
    const draft = pack.index.presets.draft[0]!;
    const media = createMedia();
    const engine = createEngineClient({ fork: createNodeEngineFork(), stepTimeoutFloorMs: 900_000 });
    mkdirSync(folder, { recursive: true });
    let runs = 0;
    const generate = async (prompt: string, seed: number, motions: readonly MotionMessage[]): Promise<FramesMessage> => (await engine.run({
      runId: `clip-${(runs += 1)}`, packDir, stage: 'keyframes', prompt, negativePrompt: '', seed, settings: draft, input: null, checkpoint: null, threads, motions,
    })).frames;
    type Row = { clip: string; caption: string; learnMs: number; peakRssBytes: number; results: { prompt: string; base: FlowSimilarity; learned: FlowSimilarity }[] };
    const rows: Row[] = [];
    try {
      for (const path of clips) {
        const name = parse(basename(path)).name;
        const done = join(folder, `${name}.json`);
        if (existsSync(done)) {
          rows.push(JSON.parse(readFileSync(done, 'utf8')) as Row);
          continue;
        }
        const frames = await readFrames(media, path, { count, width, height });
        const caption = CAPTIONS[name] ?? proposeCaption(basename(path), null);
        const learned = await engine.learn({
          runId: `learn-${name}`, packDir, frames, caption, settings, checkpoint: null, threads,
          facts: { name, model: { packId: pack.index.id, packName: pack.index.name, sha256: '0'.repeat(64) }, source: { name, fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
        });
        writeFileSync(join(folder, `${name}.motion.safetensors`), learned.motion);
        const use: MotionMessage = { sha256: name, bytes: learned.motion, strength: 1, noiseMix: USUAL_NOISE_MIX };
        const source = blockFlows(frames);
        const row: Row = { clip: name, caption, learnMs: Math.round(learned.wallMs), peakRssBytes: learned.peakRssBytes, results: [] };
        const sheet: FramesMessage[] = [frames];
        for (const [index, prompt] of PROMPTS.entries()) {
          const [base, made] = [await generate(prompt, 500 + index, []), await generate(prompt, 500 + index, [use])];
          row.results.push({ prompt, base: flowSimilarity(source, blockFlows(base)), learned: flowSimilarity(source, blockFlows(made)) });
          sheet.push(base, made);
        }
        const picture = clipSheet(sheet, 1);
        writeFileSync(join(folder, `${name}.png`), encodePng(picture.width, picture.height, picture.data));
        writeFileSync(done, JSON.stringify(row));
        rows.push(row);
      }
    } finally {
      await engine.close();
    }
    const whole = (pick: (row: Row['results'][number]) => FlowSimilarity) => mean(rows.flatMap(({ results }) => results.map((result) => pick(result).whole)));
    for (const { clip, learnMs, results } of rows) {
      process.stdout.write(`${clip.padEnd(18)} base ${mean(results.map(({ base }) => base.whole)).toFixed(2)}  learned ${mean(results.map(({ learned }) => learned.whole)).toFixed(2)}  ${(learnMs / 1000).toFixed(0)} s\n`);
    }
    const summary = { base: whole(({ base }) => base), learned: whole(({ learned }) => learned) };
    process.stdout.write(`${JSON.stringify(summary)}\n`);
    writeFileSync('test-results/bench-motion-clips.json', JSON.stringify({ machine: describeMachine(), pack: pack.index.version, settings, ...summary, clips: rows }, null, 2));
    expect(summary.learned).toBeGreaterThan(summary.base);
  }, 36_000_000);
});
