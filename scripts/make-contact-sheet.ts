/**
 * Puts frames of several clips on one picture, a row for each clip, labelled with its name and the prompt of its recipe:
 *
 *   node scripts/make-contact-sheet.ts [--columns 8] [--width 160] OUT.png CLIP...
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { FFMPEG_GLOBAL, fileArgument, inputGuards } from '../src-main/media/command-line.ts';
import { createMedia, type Media } from '../src-main/media/media.ts';
import { run } from '../src-main/media/run.ts';
import { drawLabel, LINE_HEIGHT } from './label-font.ts';

const USAGE = 'usage: node scripts/make-contact-sheet.ts [--columns 8] [--width 160] OUT.png CLIP...';

async function labelOf(media: Media, clip: string): Promise<string> {
  const recipe = z.object({ prompt: z.string() }).safeParse(JSON.parse((await media.readRecipe(clip)) ?? 'null'));
  return recipe.success ? `${path.basename(clip)}: ${recipe.data.prompt}` : path.basename(clip);
}

/** The cells of one row, each `[height + LINE_HEIGHT, width, 3]`, with the label running over all of them. */
async function* rowOf(media: Media, clip: string, columns: number, width: number, height: number): AsyncGenerator<Uint8Array> {
  const { frames: total } = await media.probe(clip);
  const label = drawLabel(await labelOf(media, clip), width * columns);
  const numbers = Array.from({ length: columns }, (_, column) => (columns === 1 ? 0 : Math.round((column * ((total ?? 1) - 1)) / (columns - 1))));
  const shown: Uint8Array[] = [];
  let last: Uint8Array = new Uint8Array(width * height * 3);
  let number = 0;
  for await (const frame of media.decodeFrames(clip, { width, height, fit: 'contain' })) {
    last = frame;
    for (const wanted of numbers) if (wanted === number) shown.push(frame);
    if (shown.length >= columns) break;
    number += 1;
  }
  for (const column of numbers.keys()) {
    const cell = new Uint8Array((height + LINE_HEIGHT) * width * 3);
    for (let y = 0; y < LINE_HEIGHT; y += 1) cell.set(label.subarray((y * columns + column) * width * 3, (y * columns + column + 1) * width * 3), y * width * 3);
    // A file may claim more frames than it has: its last one then fills the row.
    cell.set(shown[column] ?? last, LINE_HEIGHT * width * 3);
    yield cell;
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { columns: { type: 'string', default: '8' }, width: { type: 'string', default: '160' } } });
  const [output, ...clips] = positionals;
  const [columns, width] = [Number(values.columns), Number(values.width)];
  const [first] = clips;
  if (output === undefined || first === undefined || !Number.isInteger(columns) || !Number.isInteger(width) || columns < 1 || width < 16) throw new Error(USAGE);
  const media = createMedia();
  const info = await media.probe(first);
  const height = Math.round((width * (info.height ?? 9)) / (info.width ?? 16));
  const cells = async function* () {
    for (const clip of clips) yield* rowOf(media, clip, columns, width, height);
  };
  const { ffmpeg } = await media.version();
  await run(
    ffmpeg,
    [...FFMPEG_GLOBAL, ...inputGuards('rawvideo'), '-pix_fmt', 'rgb24', '-video_size', `${width}x${height + LINE_HEIGHT}`, '-i', 'pipe:0', '-vf', `tile=${columns}x${clips.length}:padding=2:color=black`, '-frames:v', '1', '-c:v', 'png', '-f', 'image2', '-update', '1', '-y', fileArgument(output)],
    { stdin: cells(), purpose: `write ${path.basename(output)}` },
  );
  process.stdout.write(`${output}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
