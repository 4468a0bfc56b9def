import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawLabel, LINE_HEIGHT } from '../../scripts/label-font.ts';
import type { VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { encodePng } from '../../src-main/media/raw-png.ts';
import type { CheckedClip, PromptScores } from './evaluate-prompts.ts';
import type { ClipScores } from './evaluate-clips.ts';

const ENLARGE = 2;
const ROWS = 20;

/** All that one evaluation found. */
export interface EvaluationReport {
  readonly pack: { readonly id: string; readonly version: string };
  readonly machine: string;
  /** By prompt file and preset. */
  readonly prompts: readonly { readonly file: string; readonly preset: string; readonly choices: string; readonly scores: PromptScores; readonly diversity: number | null }[];
  readonly clips: readonly ClipScores[];
}

function row(clip: VideoFrames, label: string): Uint8Array {
  const [width, height] = [clip.width * clip.count * ENLARGE, clip.height * ENLARGE + LINE_HEIGHT];
  const out = new Uint8Array(width * height * 3);
  out.set(drawLabel(label, width));
  for (let y = LINE_HEIGHT; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [frame, column, line] = [Math.floor(x / ENLARGE / clip.width), Math.floor(x / ENLARGE) % clip.width, Math.floor((y - LINE_HEIGHT) / ENLARGE)];
      const at = ((frame * clip.height + line) * clip.width + column) * 3;
      out.set(clip.data.subarray(at, at + 3), (y * width + x) * 3);
    }
  }
  return out;
}

/** Contact sheets: a row of frames for each clip, over it what was asked for and what was seen. Returns the files' names. */
export function writeSheets(folder: string, name: string, clips: readonly CheckedClip[]): readonly string[] {
  const names: string[] = [];
  for (let first = 0; first < clips.length; first += ROWS) {
    const part = clips.slice(first, first + ROWS);
    const rows = part.map(({ asked, frames, seen }) => row(frames, `${asked.prompt}  =  ${seen.colour} ${seen.subject} ${seen.motions.join(' then ')}, ${seen.background}`));
    const { width, count } = part[0]!.frames;
    const file = `${name}-${names.length + 1}.png`;
    writeFileSync(join(folder, file), encodePng(width * count * ENLARGE, rows.reduce((sum, bytes) => sum + bytes.length, 0) / (width * count * ENLARGE * 3), Buffer.concat(rows)));
    names.push(file);
  }
  return names;
}

const percent = (value: number | null): string => (value === null ? '-' : `${(value * 100).toFixed(0)} %`);

/** The tables as Markdown: for a terminal, a model card and a report alike. */
export function tables({ pack, machine, prompts, clips }: EvaluationReport): string {
  const lines = [`${pack.id} ${pack.version}, measured on ${machine}`, ''];
  if (prompts.length > 0) {
    lines.push('| prompts | preset | clips | subject | colour | background | motion | order of two events | all | area change | difference between seeds |', '|---|---|---|---|---|---|---|---|---|---|---|');
    for (const { file, preset, choices, scores, diversity } of prompts) {
      lines.push(`| ${file} (told apart among the ${choices} world) | ${preset} | ${scores.clips} | ${[scores.subject, scores.colour, scores.background, scores.motion, scores.order, scores.all, scores.areaChange].map(percent).join(' | ')} | ${diversity === null ? '-' : diversity.toFixed(1)} |`);
    }
    lines.push('');
  }
  if (clips.length > 0) {
    lines.push('| clip | x4 | Lanczos | gain | seams (Lanczos) | flicker (Lanczos) | autoencoder | colour shift | in-between frames | blend | minterpolate |', '|---|---|---|---|---|---|---|---|---|---|---|');
    for (const { clip, upscaling: u, autoencoder: a, interpolation: i } of clips) {
      const between = i === null ? ['-', '-', '-'] : [i.modelDb, i.blendDb, i.minterpolateDb].map((db) => `${db.toFixed(2)} dB`);
      lines.push(`| ${clip} | ${u.modelDb.toFixed(2)} dB | ${u.lanczosDb.toFixed(2)} dB | ${u.gainDb.toFixed(2)} dB | ${u.seamRatio.toFixed(2)} (${u.lanczosSeamRatio.toFixed(2)}) | ${u.flickerRatio.toFixed(2)} (${u.lanczosFlickerRatio.toFixed(2)}) | ${a.db.toFixed(2)} dB | ${a.colourShift.toFixed(1)} | ${between.join(' | ')} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

/** Writes report.json and report.md, the tables with the sheets below them. */
export function writeReport(folder: string, report: EvaluationReport, sheets: readonly string[]): void {
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(folder, 'report.md'), `# Evaluation\n\n${tables(report)}\n${sheets.map((file) => `![${file}](${file})`).join('\n\n')}\n`);
}
