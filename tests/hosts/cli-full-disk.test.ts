import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runMotif } from '../services/studio-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'motif-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
// A real full disk needs a file system of its own, which only root may mount.
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]).status === 0;
if (!mounted) process.stdout.write('SKIPPED: the full-disk test needs the right to mount a small file system.\n');

beforeAll(() => {
  // A PCM sound file of 3 MiB: more than the disk holds.
  const samples = Buffer.alloc(3 * 2 ** 20, 7);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(22_050, 24);
  header.writeUInt32LE(44_100, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  writeFileSync(join(folder, 'long.wav'), Buffer.concat([header, samples]));
});
afterAll(() => {
  if (mounted) spawnSync('umount', [disk]);
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(!mounted)('says which disk is full, exits with 1, loses nothing, and goes on when there is room', async () => {
  const motif = (...args: string[]) => runMotif(args, { folder });
  expect((await motif('new', 'disk/small.motif')).code).toBe(0);
  const failed = await motif('import', 'disk/small.motif', 'long.wav');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('motif: The disk that holds');
  expect(failed.stderr).toContain('small.motif is full. Nothing was lost: free some space and try again.');
  expect((await motif('check', 'disk/small.motif')).code).toBe(0);
  // Room is found by moving the project to a larger disk.
  copyFileSync(join(disk, 'small.motif'), join(folder, 'roomy.motif'));
  const finished = await motif('import', 'roomy.motif', 'long.wav');
  expect([finished.code, finished.stderr.includes('motif:')]).toEqual([0, false]);
  expect((await motif('check', 'roomy.motif')).code).toBe(0);
});
