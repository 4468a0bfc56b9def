import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findFiles, type WantedFile } from '../../src-main/jobs/find-files.ts';

function disk(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'motif-find-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const wanted = (id: string, name: string, text: string): WantedFile => ({ id, name, sha256: createHash('sha256').update(text).digest('hex'), sizeBytes: Buffer.byteLength(text) });

it('finds files by what they hold, at any depth and under any name, and prefers the name that they had', async () => {
  const folder = disk({ 'a/renamed.mp4': 'first clip', 'a/b/c/sound.wav': 'a sound', 'x.mp4': 'other clip', 'same/copy.png': 'picture', 'same/picture.png': 'picture', 'same/z.png': 'picture' });
  symlinkSync(folder, join(folder, 'a', 'loop'));
  const files = [wanted('1', 'first.mp4', 'first clip'), wanted('2', 'sound.wav', 'a sound'), wanted('3', 'picture.png', 'picture'), wanted('4', 'gone.mp4', 'first cliq')];
  const found = await findFiles(folder, files);
  expect([...found].toSorted()).toEqual([['1', join(folder, 'a/renamed.mp4')], ['2', join(folder, 'a/b/c/sound.wav')], ['3', join(folder, 'same/picture.png')]]);
  // One file was shown: what lies beside it and below is found as well.
  expect([...(await findFiles(join(folder, 'a', 'renamed.mp4'), files)).keys()].toSorted()).toEqual(['1', '2']);
  await expect(findFiles(join(folder, 'nowhere'), files)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
