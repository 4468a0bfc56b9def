import { Worker } from 'node:worker_threads';

/** How often the host is looked for. */
const INTERVAL_MS = 250;

/**
 * Runs in a thread of its own, because the main thread may be inside a native call for seconds and would not see its channel
 * close. As text, so that it needs no file of its own in a packaged app. On Windows a process keeps the number of a dead
 * parent, hence the second test.
 */
const WATCH = `
  const { workerData: { parent, intervalMs } } = require('node:worker_threads');
  const isAlive = () => { try { process.kill(parent, 0); return true; } catch (error) { return error.code === 'EPERM'; } };
  setInterval(() => { if (process.ppid !== parent || !isAlive()) process.kill(process.pid, 'SIGKILL'); }, intervalMs);
`;

/** Ends this process soon after its parent is gone, however busy it is: an orphan would hold memory and two cores. */
export function endWithParent(): void {
  const worker = new Worker(WATCH, { eval: true, workerData: { parent: process.ppid, intervalMs: INTERVAL_MS } });
  worker.unref();
}
