/**
 * Measures a pack: `npm run eval -- [--prompts FILE]... [--clips FILE_OR_FOLDER]... [--pack FOLDER] [--preset draft|standard|final]...
 * [--limit N] [--frames N] [--seed N] [--seeds N] [--threads N] [--out FOLDER]`.
 *
 * Prompts (a file has one a line) are drawn as key frames and read by checkers that know the rendered world and nothing of the
 * model; without --prompts the files beside this script are used. Clips are real footage: enlargement against Lanczos, the
 * autoencoder, and left-out frames against blending and ffmpeg's minterpolate. Writes report.md, report.json and contact sheets.
 */
import { mkdirSync, readFileSync, statSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { Preset } from '../../src-shared/recipe/recipe.ts';
import { describeMachine } from '../bench/machine.ts';
import { evaluateClip, type ClipScores } from './evaluate-clips.ts';
import { checkClip, diversity, generateClips, scoreClips, type CheckedClip } from './evaluate-prompts.ts';
import { readPrompts } from './read-prompt.ts';
import { tables, writeReport, writeSheets, type EvaluationReport } from './report.ts';
import { choicesFor, readWorld } from './world.ts';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const mediaIn = (path: string): readonly string[] => (statSync(path).isDirectory() ? readdirSync(path).filter((name) => /\.(mp4|mov|webm|mkv)$/iu.test(name)).sort().map((name) => join(path, name)) : [path]);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      prompts: { type: 'string', multiple: true }, clips: { type: 'string', multiple: true, default: [] }, pack: { type: 'string', default: beside('../../models/motif-mini') },
      preset: { type: 'string', multiple: true, default: ['standard'] }, limit: { type: 'string', default: '200' }, frames: { type: 'string', default: '16' },
      seed: { type: 'string', default: '1' }, seeds: { type: 'string', default: '4' }, threads: { type: 'string', default: '2' }, out: { type: 'string', default: 'test-results/eval' },
    },
  });
  const files = values.prompts ?? (values.clips.length > 0 ? [] : ['held-out', 'seen', 'two-events'].map((name) => beside(`prompts/${name}.txt`)));
  const [limit, frames, seed, seeds, threads] = [values.limit, values.frames, values.seed, values.seeds, values.threads].map(Number) as [number, number, number, number, number];
  const folder = resolve(values.out);
  mkdirSync(folder, { recursive: true });
  const media = createMedia();
  const pack = openPack(resolve(values.pack));
  const world = await readWorld(media);
  const [prompts, sheets]: [EvaluationReport['prompts'][number][], string[]] = [[], []];
  for (const file of files) {
    const asked = readPrompts(readFileSync(file, 'utf8'), world).slice(0, limit);
    const choices = choicesFor(world, asked);
    for (const name of values.preset) {
      const preset = Preset.parse(name);
      const clips: CheckedClip[] = [];
      const beganAt = performance.now();
      for await (const clip of generateClips(pack, preset, asked, { seed, threads })) {
        clips.push(checkClip(asked[clips.length]!, clip, world, choices));
        const left = ((performance.now() - beganAt) / clips.length / 1000) * (asked.length - clips.length);
        if (clips.length % 10 === 0) process.stderr.write(`${basename(file)} ${preset}: ${clips.length} of ${asked.length} clips, about ${Math.ceil(left / 60)} min left\n`);
      }
      let apart: number | null = null;
      if (seeds > 1 && asked[0] !== undefined) {
        const same = [];
        for await (const clip of generateClips(pack, preset, Array.from({ length: seeds }, () => asked[0]!), { seed: seed + 10_000, threads })) same.push(clip);
        apart = diversity(same);
      }
      prompts.push({ file: basename(file), preset, choices: choices.name, scores: scoreClips(clips), diversity: apart });
      sheets.push(...writeSheets(folder, `${basename(file, '.txt')}-${preset}`, clips));
    }
  }
  const clips: ClipScores[] = [];
  for (const path of values.clips.flatMap(mediaIn)) {
    process.stderr.write(`${basename(path)}\n`);
    clips.push(await evaluateClip(pack, media, path, { frames, threads }));
  }
  const report: EvaluationReport = { pack: { id: pack.index.id, version: pack.index.version }, machine: describeMachine(), prompts, clips };
  writeReport(folder, report, sheets);
  process.stdout.write(`${tables(report)}\n${join(folder, 'report.md')}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
