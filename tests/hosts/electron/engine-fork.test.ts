import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createElectronEngineFork } from '../../../src-main/hosts/electron/engine-fork.ts';

/** Electron's utility process over a real Node child: the same methods and events, messages by structured clone. */
vi.mock('electron', () => ({
  utilityProcess: {
    fork: (entry: string) => {
      const child: ChildProcess = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
      return {
        get pid() {
          return child.pid;
        },
        postMessage: (message: object) => child.send(message),
        on: (event: string, listener: (message: unknown) => void) => child.on(event, listener),
        once: (event: string, listener: (code: number) => void) => child.once(event, (code: number | null) => listener(code ?? 0)),
        kill: () => child.kill(),
      };
    },
  },
}));

let folder: string;
let entry: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'motif-fork-'));
  entry = path.join(folder, 'engine.mjs');
  // Deaf to SIGTERM, as a process in a long native call is.
  writeFileSync(entry, "process.on('SIGTERM', () => {}); process.on('message', (command) => process.send({ type: 'echo', command }));");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('carries typed arrays both ways and kills what ignores a polite request', async () => {
  const child = createElectronEngineFork(entry)();
  const data = Float32Array.of(1, 2.5, -3);
  const echoed = await new Promise<unknown>((resolve) => {
    child.onEvent(resolve);
    child.send({ type: 'unload', data } as never);
  });
  expect(echoed).toEqual({ type: 'echo', command: { type: 'unload', data } });
  const exit = new Promise<unknown>((resolve) => child.onExit(resolve));
  const { pid } = child;
  child.kill();
  expect(await exit).toMatchObject({ signal: 'SIGKILL' });
  expect(() => process.kill(pid!, 0)).toThrow(/ESRCH/);
  child.kill();
});
