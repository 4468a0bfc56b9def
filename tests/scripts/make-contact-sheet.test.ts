import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { drawLabel, LINE_HEIGHT } from '../../scripts/label-font.ts';
import { collect, levelFrames } from '../media/binaries.ts';

const script = path.resolve(import.meta.dirname, '../../scripts/make-contact-sheet.ts');
const sheet = (...args: string[]) => promisify(execFile)(process.execPath, [script, ...args]);
const media = createMedia();
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'motif-sheet-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

it('shows the first, middle and last frame of each clip under its name', async () => {
  const clips = [path.join(dir, 'a.mp4'), path.join(dir, 'b.mp4')];
  for (const [row, clip] of clips.entries()) await media.encodeVideo({ path: clip, width: 64, height: 40, frameRate: { num: 8, den: 1 }, frames: levelFrames(64, 40, 9, 10 + row * 10), recipeJson: '{"prompt":"grey"}' });
  const output = path.join(dir, 'sheet.png');
  await sheet('--columns', '3', '--width', '64', output, ...clips);
  const [width, height] = [3 * 64 + 2 * 2, 2 * (40 + LINE_HEIGHT) + 2];
  expect(await media.probe(output)).toMatchObject({ kind: 'image', width, height });
  const [pixels] = await collect(media.decodeFrames(output, { width, height }));
  const level = (column: number, row: number) => pixels![((row * (40 + LINE_HEIGHT + 2) + LINE_HEIGHT + 20) * width + column * 66 + 32) * 3]!;
  [[16, 56, 96], [16, 96, 176]].forEach((levels, row) => levels.forEach((expected, column) => expect(Math.abs(level(column, row) - expected)).toBeLessThan(6)));
  const label = drawLabel('b.mp4: grey', 64);
  expect(Math.abs(pixels![((40 + LINE_HEIGHT + 2 + 4) * width + 3) * 3]! - label[(4 * 64 + 3) * 3]!)).toBeLessThan(40);
});

it('says how it is used', async () => {
  await expect(sheet(path.join(dir, 'sheet.png'))).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('usage: ') });
  await expect(sheet(path.join(dir, 'sheet.png'), path.join(dir, 'none.mp4'))).rejects.toMatchObject({ code: 1, stderr: 'none.mp4 does not exist. Check the path, or choose the file again.\n' });
});
