/**
 * Does a learned motion reach other subjects? Twenty motions outside the training set are drawn, each learned once and generated
 * with three other subjects and backgrounds, with and without the motion, same prompts and seeds. Reported: mean correlation of centroid
 * paths with the reference (both axes, frame by frame), and how often the asked subject and colour are there, by the checkers of
 * `npm run eval`. An hour on two idle cores; what is done is kept in MOTIF_TRANSFER_FOLDER, so that it may be ended and started again:
 *
 *   MOTIF_TRANSFER_STRICT=1 npm run bench -- tests/bench/motion-transfer.test.ts
 *
 * MOTIF_TRANSFER_MOTIONS: how many of the twenty, or their names with commas between; MOTIF_TRANSFER_SETTINGS: JSON of learning
 * settings; MOTIF_TRANSFER_STRENGTH, MOTIF_TRANSFER_NOISE (share of the clip's noise); MOTIF_TRANSFER_PARTS=1: also what the noise and
 * the weights do alone; MOTIF_TRANSFER_PACK: folder of the pack; MOTIF_TRANSFER_STRICT=1 holds the numbers to the goal.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LearningSettings } from '../../src-shared/contract/motions.ts';
import { USUAL_NOISE_MIX } from '../../src-shared/recipe/motion-use.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import type { FramesMessage, MotionMessage } from '../../src-main/engine/process/protocol.ts';
import { decodeMotionFile, encodeMotionFile } from '../../src-main/engine/training/motion-file.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { encodePng } from '../../src-main/media/raw-png.ts';
import { checkClip } from '../eval/evaluate-prompts.ts';
import { choicesFor, readWorld } from '../eval/world.ts';
import { clipSheet } from './clip-sheet.ts';
import { describeMachine } from './machine.ts';
import { axisCorrelation, drawClip, OFF_TRAINING_MOTIONS, pathOf, TARGET_COLOURS, trackColour } from './off-training-motions.ts';

const packDir = process.env['MOTIF_TRANSFER_PACK'] ?? fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const settings = LearningSettings.parse(JSON.parse(process.env['MOTIF_TRANSFER_SETTINGS'] ?? '{}'));
const wanted = process.env['MOTIF_TRANSFER_MOTIONS'] ?? '20';
const motions = /^\d+$/.test(wanted) ? OFF_TRAINING_MOTIONS.slice(0, Number(wanted)) : wanted.split(',').map((name) => OFF_TRAINING_MOTIONS.find((motion) => motion.name === name)!);
const strength = Number(process.env['MOTIF_TRANSFER_STRENGTH'] ?? '1');
const noiseMix = Number(process.env['MOTIF_TRANSFER_NOISE'] ?? String(USUAL_NOISE_MIX));
const threads = Number(process.env['MOTIF_THREADS'] ?? '2');
const kinds = process.env['MOTIF_TRANSFER_PARTS'] === '1' ? (['learned', 'base', 'noise', 'weights'] as const) : (['learned', 'base'] as const);
type Kind = (typeof kinds)[number];

const CAPTION = 'a red ball moves';
const TARGETS = [
  { colour: 'yellow', subject: 'fish', background: 'sea', prompt: 'a yellow fish moves in the sea' }, { colour: 'pink', subject: 'star', background: 'sky', prompt: 'a pink star moves in the sky' },
  { colour: 'red', subject: 'car', background: 'meadow', prompt: 'a red car moves on a meadow' },
] as const;

/** One generated clip: correlation along the axes on which the reference moves, and whether the checkers saw what was asked for. */
interface Score {
  readonly x: number | null;
  readonly y: number | null;
  readonly subject: boolean;
  readonly colour: boolean;
}

interface Row {
  readonly motion: string;
  readonly scores: Partial<Record<Kind, Score[]>>;
  readonly learnMs: number;
  readonly bestStep: number;
  readonly peakRssBytes: number;
}

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);
const correlation = (scores: readonly Score[]): number => mean(scores.flatMap(({ x, y }) => [x, y]).filter((value) => value !== null));
const told = (scores: readonly Score[] = []) => ({ correlation: correlation(scores), subject: mean(scores.map(({ subject }) => Number(subject))), colour: mean(scores.map(({ colour }) => Number(colour))) });

test('motions outside the training set reach other subjects', async () => {
  const pack = openPack(packDir);
  const { frames: count } = pack.stageSize('keyframes');
  const draft = pack.index.presets.draft[0]!;
  const world = await readWorld(createMedia());
  const choices = choicesFor(world, TARGETS);
  const run = { pack: pack.index.version, settings, strength, noiseMix };
  // A new way of learning is a new folder: give one.
  const folder = process.env['MOTIF_TRANSFER_FOLDER'] ?? join('test-results', 'motion-transfer', createHash('sha256').update(JSON.stringify(run)).digest('hex').slice(0, 8));
  mkdirSync(folder, { recursive: true });
  const engine = createEngineClient({ fork: createNodeEngineFork(), stepTimeoutFloorMs: 900_000 });
  let runs = 0;
  const generate = async (prompt: string, seed: number, used: readonly MotionMessage[]): Promise<FramesMessage> => (await engine.run({
    runId: `transfer-${(runs += 1)}`, packDir, stage: 'keyframes', prompt, negativePrompt: '', seed, settings: draft, input: null, checkpoint: null, threads, motions: used,
  })).frames;

  const measure = async (motion: (typeof OFF_TRAINING_MOTIONS)[number]): Promise<Row> => {
    const index = OFF_TRAINING_MOTIONS.indexOf(motion);
    const name = motion.name.replaceAll(' ', '-');
    const reference = pathOf(motion, count);
    const clip = drawClip(motion, count);
    const learned = await engine.learn({
      runId: `learn-${index}`, packDir, frames: clip, caption: CAPTION, settings, checkpoint: null, threads,
      facts: { name: motion.name, model: { packId: pack.index.id, packName: pack.index.name, sha256: '0'.repeat(64) }, source: { name: motion.name, fromSeconds: 0, toSeconds: 1, crop: null, reversed: false } },
    });
    writeFileSync(join(folder, `${name}.motion.safetensors`), learned.motion);
    const file = decodeMotionFile(learned.motion, name);
    const whole: MotionMessage = { sha256: `${index}`, bytes: learned.motion, strength, noiseMix };
    const unchanged = new Map([...file.changes].map(([weight, { shape }]) => [weight, { shape, change: { kind: 'full' as const, values: new Float32Array(shape[0] * shape[1]) } }]));
    const uses: Record<Kind, readonly MotionMessage[]> = {
      learned: [whole], base: [], weights: [{ ...whole, noiseMix: 0 }], noise: [{ ...whole, sha256: `noise-${index}`, bytes: encodeMotionFile({ ...file, changes: unchanged }) }],
    };
    const [scores, clips]: [Partial<Record<Kind, Score[]>>, FramesMessage[]] = [{}, [clip]];
    for (const kind of kinds) {
      for (const [target, { colour, subject, background, prompt }] of TARGETS.entries()) {
        const made = await generate(prompt, 1000 * index + target, uses[kind]);
        clips.push(made);
        const path = trackColour(made, TARGET_COLOURS[colour]);
        const { seen } = checkClip({ prompt, subject, colour, background, motions: [] }, made, world, choices);
        (scores[kind] ??= []).push({ x: axisCorrelation(reference, path, 0), y: axisCorrelation(reference, path, 1), subject: seen.subject === subject, colour: seen.colour === colour });
      }
    }
    const sheet = clipSheet(clips);
    writeFileSync(join(folder, `${name}.png`), encodePng(sheet.width, sheet.height, sheet.data));
    const row = { motion: motion.name, scores, learnMs: Math.round(learned.wallMs), bestStep: file.facts.bestStep, peakRssBytes: learned.peakRssBytes };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...run, ...row }));
    return row;
  };

  const rows: Row[] = [];
  try {
    for (const motion of motions) {
      const done = join(folder, `${motion.name.replaceAll(' ', '-')}.json`);
      const row = existsSync(done) ? (JSON.parse(readFileSync(done, 'utf8')) as Row) : await measure(motion);
      rows.push(row);
      process.stdout.write(`${row.motion.padEnd(32)} ${kinds.map((kind) => `${kind} ${correlation(row.scores[kind] ?? []).toFixed(2).padStart(5)}`).join('  ')}  ${(row.learnMs / 1000).toFixed(0)} s, best step ${row.bestStep}\n`);
    }
  } finally {
    await engine.close();
  }
  const summary = Object.fromEntries(kinds.map((kind) => [kind, told(rows.flatMap(({ scores }) => scores[kind] ?? []))])) as Record<Kind, ReturnType<typeof told>>;
  process.stdout.write(`${JSON.stringify(summary, null, 1)}\n`);
  writeFileSync('test-results/bench-motion-transfer.json', JSON.stringify({ machine: describeMachine(), ...run, count: rows.length, ...summary, motions: rows }, null, 2));
  expect(rows).toHaveLength(motions.length);
  if (process.env['MOTIF_TRANSFER_STRICT'] === '1') {
    expect(summary.learned.correlation).toBeGreaterThanOrEqual(0.85);
    expect(summary.base.correlation).toBeLessThanOrEqual(0.5);
    expect(summary.learned.subject).toBeGreaterThanOrEqual(summary.base.subject - 0.1);
    expect(summary.learned.colour).toBeGreaterThanOrEqual(summary.base.colour - 0.1);
  }
}, 36_000_000);
