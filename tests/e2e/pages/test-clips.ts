import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { findFfmpeg } from '../../../src-main/media/find-ffmpeg.ts';

const run = promisify(execFile);

/** Clips to learn from, made here: three seconds of an orange square that swings from left to right, and what cannot be learned from. */
export interface TestClips {
  readonly moving: string;
  readonly still: string;
  readonly short: string;
  /** The bytes of a clip, for drops. */
  base64(file: string): Promise<string>;
  remove(): Promise<void>;
}

export async function makeTestClips(): Promise<TestClips> {
  const { ffmpeg } = await findFfmpeg({ searchPath: process.env['PATH'] ?? '' });
  const dir = await mkdtemp(path.join(os.tmpdir(), 'motif-clips-'));
  const square = "color=c=0x1b3a5c:s=320x180:d=3:r=8[back];color=c=0xf09a3c:s=56x56:d=3:r=8[square];[back][square]overlay=x='12+t*82':y='60+44*sin(t*3)'";
  const write = async (name: string, graph: string, ...more: string[]) => {
    const file = path.join(dir, name);
    await run(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', graph, ...more, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-y', file]);
    return file;
  };
  return {
    moving: await write('red_fish.mp4', square),
    still: await write('still water.mp4', 'color=c=0x1b3a5c:s=320x180:d=3:r=8'),
    short: await write('blink.mp4', square, '-frames:v', '2'),
    base64: async (file) => (await readFile(file)).toString('base64'),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
