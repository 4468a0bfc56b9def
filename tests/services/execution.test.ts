import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtBackends } from '../../src-main/engine/session/probe-providers.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { probeInProcess } from '../../src-main/jobs/probe-engine.ts';
import { openExecution, readProviderFacts } from '../../src-main/services/execution.ts';
import { openAppStore, type AppStore } from '../../src-main/store/app-store.ts';
import { ExecutionReport } from '../../src-shared/execution/provider.ts';

let folder: string;
let store: AppStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'execution-'));
  store = openAppStore(join(folder, 'studio.db'));
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const fork = createNodeEngineFork();
/** Providers of the real runtime on a machine that has none of their hardware. */
const facts = () => readProviderFacts(builtBackends().filter((name) => name === 'cpu'));
const open = (override?: 'cuda' | 'directml' | 'cpu') => openExecution({ settings: store.settings, override, facts, probe: (order) => probeInProcess(fork, order) });

describe('what the models run on', () => {
  it('is the processor, without asking anything, where nothing else is built in', async () => {
    const execution = await openExecution({ settings: store.settings, facts, probe: () => Promise.reject(new Error('asked')) });
    expect(ExecutionReport.parse(execution.report())).toMatchObject({ wish: 'auto', wishFrom: 'setting', provider: 'cpu', reason: 'nothing faster was found', fallbacks: [] });
    expect(execution.order()).toEqual(['cpu']);
  });

  // DirectML exists on Windows alone, so elsewhere it never starts, whatever the machine has.
  it.runIf(process.platform !== 'win32')('falls back from a provider that does not start, with the runtime\'s own words, and remembers the wish', { timeout: 60_000 }, async () => {
    const execution = await open();
    const report = await execution.choose('directml');
    expect(report).toMatchObject({ wish: 'directml', provider: 'cpu', reason: 'directml did not start' });
    expect(report.passed.find(({ provider }) => provider === 'directml')!.why).toMatch(/backend not found/);
    expect(execution.order()).toEqual(['cpu']);
    expect((await open()).report()).toMatchObject({ wish: 'directml', wishFrom: 'setting', provider: 'cpu' });
    expect((await open('cpu')).report()).toMatchObject({ wish: 'cpu', wishFrom: 'start', reason: 'you chose it' });
  });

  it('survives a driver that ends its process, and one that hangs', { timeout: 60_000 }, async () => {
    const crashing = join(folder, 'crash.ts');
    writeFileSync(crashing, "process.send!({ type: 'ready', engineVersion: '1' }); process.on('message', () => process.kill(process.pid, 'SIGSEGV'));");
    expect(await probeInProcess(createNodeEngineFork(crashing), ['cuda', 'webgpu'])).toEqual([
      { provider: 'cuda', why: 'its driver ended the process (SIGSEGV)' }, { provider: 'webgpu', why: 'its driver ended the process (SIGSEGV)' },
    ]);
    const hanging = join(folder, 'hang.ts');
    writeFileSync(hanging, "process.send!({ type: 'ready', engineVersion: '1' }); process.on('message', () => {});");
    expect(await probeInProcess(createNodeEngineFork(hanging), ['cuda'], 300)).toEqual([{ provider: 'cuda', why: 'it did not answer within 0.3 s' }]);
  });

  it('keeps what a model ran into, once for each', async () => {
    const execution = await open();
    for (const cause of ['first', 'second']) execution.noteFallback({ provider: 'cuda', model: 'unet3d', cause });
    expect(execution.report().fallbacks).toEqual([{ provider: 'cuda', model: 'unet3d', cause: 'second' }]);
  });
});
