import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runFolder, sweepScratchFolders } from '../../src-main/jobs/scratch-folder.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'motif-scratch-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const daysAgo = (days: number): Date => new Date(Date.now() - days * 24 * 3600 * 1000);

it('sweeps what killed processes left and runs that nobody went on with, and keeps the others', () => {
  const [fresh, old] = [runFolder(root, 'job:1', 'key'), runFolder(root, 'job:2', 'key')];
  // No process has the highest number there is.
  const dead = join(root, `motif-scratch-${2 ** 22}-left`);
  for (const folder of [fresh, old, dead]) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'step-1.f32'), '');
  }
  utimesSync(fresh, daysAgo(29), daysAgo(29));
  utimesSync(old, daysAgo(31), daysAgo(31));
  sweepScratchFolders(root);
  expect([fresh, old, dead].map((folder) => existsSync(folder))).toEqual([true, false, false]);
});

it('gives every part of every job a folder of its own, the same after a restart', () => {
  const folders = [['job:1', 'a'], ['job:1', 'b'], ['job:2', 'a']].map(([job, key]) => runFolder(root, job!, key!));
  expect(new Set(folders).size).toBe(3);
  expect(runFolder(root, 'job:1', 'a')).toBe(folders[0]);
});
