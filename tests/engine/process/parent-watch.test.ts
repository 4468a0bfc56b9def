import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** False for a zombie too: it waits to be reaped and does nothing. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

it('a process whose main thread is blocked ends soon after its host was killed', async () => {
  const host = fork(fileURLToPath(new URL('fixtures/short-lived-host.ts', import.meta.url)));
  const [pid] = (await once(host, 'message')) as [number];
  expect(isRunning(pid)).toBe(true);
  host.kill('SIGKILL');
  await expect.poll(() => isRunning(pid), { timeout: 10_000, interval: 50 }).toBe(false);
});
