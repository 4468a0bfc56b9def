import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'motif-scratch-';

/** Runs `work` with a folder of its own below `root` and removes the folder afterwards. */
export async function withScratchFolder<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, `${PREFIX}${process.pid}-`));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const RUN_PREFIX = 'motif-run-';
/** A job that was not resumed for so long begins its running part anew. */
const RUN_KEPT_MS = 30 * 24 * 3600 * 1000;

/**
 * The folder in which the engine keeps what a job's running part works on. Unlike scratch it outlives the process: a job that was killed
 * finds its files there again.
 */
export const runFolder = (root: string, jobId: string, key: string): string => join(root, `${RUN_PREFIX}${createHash('sha256').update(`${jobId}/${key}`).digest('hex').slice(0, 32)}`);

/** Removes what killed processes left below `root`, and what jobs left there that nobody went on with. */
export function sweepScratchFolders(root: string): void {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    return;
  }
  for (const name of names) {
    if (name.startsWith(RUN_PREFIX) && Date.now() - (statSync(join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > RUN_KEPT_MS) rmSync(join(root, name), { recursive: true, force: true });
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || pid === process.pid || isAlive(pid)) continue;
    rmSync(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
