import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg, parseVersion } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';

describe('parseVersion', () => {
  it('reads releases and builds from git alike', () => {
    expect(parseVersion('ffmpeg version 5.1.9-0+deb12u1 Copyright (c)\nlibavformat    59. 27.100 / 59. 27.100\n')).toEqual({ version: '5.1.9-0+deb12u1', libavformat: 59 });
    expect(parseVersion('ffprobe version N-92722-gf22fcd4483 Copyright\nlibavformat    58. 23.100 / 58. 23.100\n')).toEqual({ version: 'N-92722-gf22fcd4483', libavformat: 58 });
  });
  it('does not take another program for ffmpeg', () => {
    expect(parseVersion('GNU bash, version 5.2')).toBeNull();
    expect(parseVersion('ffmpeg version 5.1')).toBeNull();
  });
});

describe.skipIf(process.platform === 'win32')('findFfmpeg', () => {
  let dir: string;
  const program = async (folder: string, name: string, libavformat: number) => {
    await mkdir(path.join(dir, folder), { recursive: true });
    const file = path.join(dir, folder, name);
    await writeFile(file, `#!/bin/sh\necho "${name} version ${folder}"\necho "libavformat ${libavformat}. 1.100"\n`);
    await chmod(file, 0o755);
    return file;
  };
  beforeAll(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'motif-find-'));
    for (const name of ['ffmpeg', 'ffprobe']) {
      await program('old', name, 58);
      await program('new', name, 59);
      await program('chosen', name, 58);
      await program('packaged', name, 58);
    }
    await mkdir(path.join(dir, 'mute'));
    await writeFile(path.join(dir, 'mute', 'ffmpeg'), 'not a program');
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  const folders = (...names: string[]) => names.map((name) => path.join(dir, name)).join(path.delimiter);
  const resolvePackage = (specifier: string) => path.join(dir, 'packaged', path.basename(specifier));
  const none = () => null;

  it('passes over too old and broken ones on PATH', async () => {
    expect(await findFfmpeg({ searchPath: folders('absent', 'mute', 'old', 'new'), resolvePackage })).toEqual({ ffmpeg: path.join(dir, 'new/ffmpeg'), ffprobe: path.join(dir, 'new/ffprobe'), version: 'new', source: 'path' });
  });
  it('falls back on the built-in one', async () => {
    expect(await findFfmpeg({ searchPath: folders('old'), resolvePackage })).toMatchObject({ ffmpeg: path.join(dir, 'packaged/ffmpeg'), ffprobe: path.join(dir, 'packaged/ffprobe'), source: 'package' });
  });
  it('takes the setting before all, of any version', async () => {
    expect(await findFfmpeg({ ffmpegPath: path.join(dir, 'chosen/ffmpeg'), searchPath: folders('new'), resolvePackage })).toMatchObject({ ffmpeg: path.join(dir, 'chosen/ffmpeg'), source: 'setting' });
  });
  it('never passes over a setting in silence', async () => {
    await expect(findFfmpeg({ ffmpegPath: path.join(dir, 'mute/ffmpeg'), searchPath: folders('new'), resolvePackage })).rejects.toMatchObject({ code: 'FFMPEG_MISSING', message: expect.stringMatching(/chosen in the settings does not run: .*mute\/ffmpeg\. Choose another one, or clear the setting/) });
  });
  it('says how to get one when there is none, and looks again later', async () => {
    await expect(findFfmpeg({ searchPath: folders('old'), resolvePackage: none })).rejects.toMatchObject({ code: 'FFMPEG_MISSING', message: expect.stringContaining('install ffmpeg 5.0 or later') });
    const media = createMedia({ searchPath: folders('later'), resolvePackage: none });
    await expect(media.version()).rejects.toMatchObject({ code: 'FFMPEG_MISSING' });
    for (const name of ['ffmpeg', 'ffprobe']) await program('later', name, 60);
    expect(await media.version()).toMatchObject({ version: 'later', source: 'path' });
  });
});

it('finds the built-in pair of this machine', async () => {
  const found = await findFfmpeg({ searchPath: '' });
  expect(found.source).toBe('package');
  expect(found.ffmpeg).toContain(`@ffmpeg-installer${path.sep}${process.platform}-${process.arch}`);
});
