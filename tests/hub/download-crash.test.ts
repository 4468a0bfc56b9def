import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAppStore } from '../../src-main/store/app-store.ts';
import { corruptFiles, randomFrom, repositoryFiles, REPOSITORY, watchLedger } from './seeded-runs.ts';
import { startStandInHub } from './stand-in-hub.ts';

const KILLS = Number(process.env['MOTIF_CRASH_KILLS'] ?? 6);
const LARGEST_BYTES = 30_000 * KILLS;

interface HostMessage {
  readonly id: string;
  readonly state?: string;
  readonly error?: string | null;
}

it(`loses nothing that is on record when the downloading process is killed ${KILLS} times`, { timeout: 1_800_000 }, async () => {
  const random = randomFrom(KILLS);
  const folder = mkdtempSync(join(tmpdir(), 'hub-crash-'));
  const files = repositoryFiles(random, LARGEST_BYTES);
  const hub = await startStandInHub([{ name: REPOSITORY, files }]);
  // The test's own view of the records; it never locks or writes.
  const store = openAppStore(join(folder, 'studio.db'));
  const ledger: string[] = [];
  let child: ChildProcess | null = null;
  try {
    const told: HostMessage[] = [];
    let kills = 0;
    while (told.at(-1)?.state === undefined) {
      const host = fork(join(import.meta.dirname, 'download-host.ts'), [folder, hub.address], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      child = host;
      const gone = once(host, 'exit');
      host.on('message', (message: HostMessage) => told.push(message));
      // Somewhere in the bytes of one of the next answers, whose line stays open until the process is dead.
      const victim = kills < KILLS ? hub.requests.length + 1 + Math.floor(random() * 8) : Infinity;
      const share = random();
      const id = store.downloads.list()[0]?.id;
      const broken = id === undefined ? [] : watchLedger(hub, () => store, id);
      hub.fault = ({ index, start, end: last }) => {
        if (index < victim) return null;
        if (index === victim) setTimeout(() => host.kill('SIGKILL'), random() * 30);
        return { kind: 'drip', chunkBytes: 1 + Math.floor((last - start) * share), delayMs: 10 };
      };
      await gone;
      hub.fault = () => null;
      if (host.signalCode === 'SIGKILL') kills += 1;
      ledger.push(...broken);
      expect(corruptFiles(join(folder, 'models', REPOSITORY), files)).toEqual([]);
    }
    expect(told.at(-1)).toMatchObject({ state: 'completed', error: null });
    expect(kills).toBeGreaterThan(KILLS / 2);
    expect(ledger).toEqual([]);
    const [download] = store.downloads.list();
    const rows = store.downloads.files(download!.id);
    expect(rows.every(({ path, finishedMtimeMs }) => finishedMtimeMs !== null && existsSync(join(folder, 'models', REPOSITORY, path)))).toBe(true);
    expect(corruptFiles(join(folder, 'models', REPOSITORY), files)).toEqual([]);
    process.stdout.write(`${kills} kills, ${hub.requests.length} requests, ${rows.length} files complete\n`);
  } finally {
    child?.kill('SIGKILL');
    store.close();
    await hub.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
