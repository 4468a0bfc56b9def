/**
 * Does a learned motion reach other subjects? Twenty motions outside the training set are drawn, each learned once and generated
 * with three other subjects and backgrounds, with and without the motion, same prompts and seeds. Reported: mean correlation of centroid
 * paths with the reference (both axes, frame by frame), and how often the asked colour is there. Takes an hour on two cores:
 *
 *   npm run bench -- tests/bench/motion-transfer.test.ts
 *
 * MOTIF_TRANSFER_MOTIONS: how many of the twenty; MOTIF_TRANSFER_SETTINGS: JSON of learning settings; MOTIF_TRANSFER_STRENGTH,
 * MOTIF_TRANSFER_NOISE (share of inverted noise); MOTIF_TRANSFER_PACK: folder of the pack; MOTIF_TRANSFER_STRICT=1 holds the numbers to the goal.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LearningSettings } from '../../src-shared/contract/motions.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import type { FramesMessage, MotionMessage } from '../../src-main/engine/process/protocol.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { describeMachine } from './machine.ts';
import { axisCorrelation, drawClip, OFF_TRAINING_MOTIONS, pathOf, TARGET_COLOURS, trackColour } from './off-training-motions.ts';

const packDir = process.env['MOTIF_TRANSFER_PACK'] ?? fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const settings = LearningSettings.parse(JSON.parse(process.env['MOTIF_TRANSFER_SETTINGS'] ?? '{}'));
const motions = OFF_TRAINING_MOTIONS.slice(0, Number(process.env['MOTIF_TRANSFER_MOTIONS'] ?? OFF_TRAINING_MOTIONS.length));
const strength = Number(process.env['MOTIF_TRANSFER_STRENGTH'] ?? '1');
const noiseMix = Number(process.env['MOTIF_TRANSFER_NOISE'] ?? '0');
const threads = Number(process.env['MOTIF_THREADS'] ?? '2');

const TARGETS = [
  { colour: 'yellow', prompt: 'a yellow fish moves in the sea' }, { colour: 'pink', prompt: 'a pink star moves in the sky' }, { colour: 'red', prompt: 'a red car moves on a meadow' },
] as const;

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);

test('motions outside the training set reach other subjects', async () => {
  const pack = openPack(packDir);
  const { frames: count } = pack.stageSize('keyframes');
  const draft = pack.index.presets.draft[0]!;
  const engine = createEngineClient({ fork: createNodeEngineFork() });
  const rows: object[] = [];
  const all = { learned: [] as number[], base: [] as number[], learnedColour: [] as number[], baseColour: [] as number[] };
  let runs = 0;
  const generate = async (prompt: string, seed: number, used: readonly MotionMessage[]): Promise<FramesMessage> => (await engine.run({
    runId: `transfer-${(runs += 1)}`, packDir, stage: 'keyframes', prompt, negativePrompt: '', seed, settings: draft, input: null, checkpoint: null, threads, motions: used,
  })).frames;
  try {
    for (const [index, motion] of motions.entries()) {
      const reference = pathOf(motion, count);
      const learned = await engine.learn({
        runId: `learn-${index}`, packDir, frames: drawClip(motion, count), caption: 'a red ball moves', settings, checkpoint: null, threads,
        facts: { name: motion.name, model: { packId: pack.index.id, packName: pack.index.name, sha256: '0'.repeat(64) }, source: { name: motion.name, fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
      });
      const use: MotionMessage = { sha256: `${index}`, bytes: learned.motion, strength, noiseMix };
      const scores: Record<'learned' | 'base', number[]> = { learned: [], base: [] };
      for (const [target, { colour, prompt }] of TARGETS.entries()) {
        for (const kind of ['learned', 'base'] as const) {
          const path = trackColour(await generate(prompt, 1000 * index + target, kind === 'learned' ? [use] : []), TARGET_COLOURS[colour]);
          scores[kind].push(...([0, 1] as const).map((axis) => axisCorrelation(reference, path, axis)).filter((value) => value !== null));
          all[`${kind}Colour`].push(path.filter((point) => point !== null).length / count);
        }
      }
      all.learned.push(...scores.learned);
      all.base.push(...scores.base);
      const row = { motion: motion.name, learned: mean(scores.learned), base: mean(scores.base), learnMs: Math.round(learned.wallMs), peakRssBytes: learned.peakRssBytes };
      rows.push(row);
      process.stdout.write(`${motion.name.padEnd(32)} learned ${row.learned.toFixed(2).padStart(5)}  base ${row.base.toFixed(2).padStart(5)}  ${(row.learnMs / 1000).toFixed(0)} s\n`);
    }
  } finally {
    await engine.close();
  }
  const summary = { learned: mean(all.learned), base: mean(all.base), learnedColour: mean(all.learnedColour), baseColour: mean(all.baseColour) };
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-motion-transfer.json', JSON.stringify({ machine: describeMachine(), pack: pack.index.version, settings, strength, noiseMix, ...summary, motions: rows }, null, 2));
  expect(rows).toHaveLength(motions.length);
  if (process.env['MOTIF_TRANSFER_STRICT'] === '1') {
    expect(summary.learned).toBeGreaterThanOrEqual(0.85);
    expect(summary.base).toBeLessThanOrEqual(0.5);
    expect(summary.learnedColour).toBeGreaterThanOrEqual(summary.baseColour - 0.1);
  }
}, 7_200_000);
