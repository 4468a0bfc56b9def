import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { probeInProcess } from '../../src-main/jobs/probe-engine.ts';
import { createExecution } from '../../src-main/services/execution.ts';
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
/** A machine without a graphics card. */
const facts = () => ({ platform: 'linux', architecture: 'x64', hasNvidia: false, hasGraphics: false } as const);
const open = (override?: 'cuda' | 'directml' | 'cpu') => createExecution({ settings: store.settings, override, facts, probe: (order) => probeInProcess(fork, order) });

describe('what the models run on', () => {
  it('is the processor, without asking anything, where nothing else is built in', async () => {
    const execution = createExecution({ settings: store.settings, facts, probe: () => Promise.reject(new Error('asked')) });
    expect(ExecutionReport.parse(await execution.report())).toMatchObject({ wish: 'auto', wishFrom: 'setting', provider: 'cpu', reason: 'nothing faster was found', arithmetic: 'float32', fallbacks: [] });
    expect(await execution.plan()).toEqual({ order: ['cpu'], arithmetic: 'float32' });
  });

  it('is tried when somebody asks, not before, once until another choice, and says what it multiplies in', async () => {
    const asked: string[][] = [];
    const machine = { platform: 'linux', architecture: 'x64', hasNvidia: true, hasGraphics: true } as const;
    let halfFailure: string | null = null;
    const execution = createExecution({
      settings: store.settings, facts: () => machine,
      probe: async (order) => {
        asked.push([...order]);
        return { failures: [{ provider: 'cuda', why: 'its libraries are missing' }], halfFailure };
      },
    });
    expect(asked).toEqual([]);
    const [plan, report] = await Promise.all([execution.plan(), execution.report()]);
    expect(asked).toEqual([['cuda', 'webgpu']]);
    expect(plan).toEqual({ order: ['webgpu', 'cpu'], arithmetic: 'float16' });
    expect(report).toMatchObject({ provider: 'webgpu', reason: 'cuda did not start', arithmetic: 'float16', arithmeticReason: 'it computed a small network right in 16 bits' });
    halfFailure = 'no shader-f16';
    expect(await execution.choose('webgpu')).toMatchObject({ arithmetic: 'float32', arithmeticReason: '16 bits failed: no shader-f16' });
    expect(asked).toHaveLength(2);
    expect(await execution.choose('cpu')).toMatchObject({ provider: 'cpu', arithmetic: 'float32' });
    expect(asked).toHaveLength(2);
  });

  // DirectML exists on Windows alone, so elsewhere it never starts, whatever the machine has.
  it.runIf(process.platform !== 'win32')('falls back from a provider that does not start, with the runtime\'s own words, and remembers the wish', { timeout: 60_000 }, async () => {
    const execution = open();
    const report = await execution.choose('directml');
    expect(report).toMatchObject({ wish: 'directml', provider: 'cpu', reason: 'directml did not start' });
    expect(report.passed.find(({ provider }) => provider === 'directml')!.why).toMatch(/^the runtime for .* was built without it$/);
    expect((await execution.plan()).order).toEqual(['cpu']);
    expect(await open().report()).toMatchObject({ wish: 'directml', wishFrom: 'setting', provider: 'cpu' });
    expect(await open('cpu').report()).toMatchObject({ wish: 'cpu', wishFrom: 'start', reason: 'you chose it' });
  });

  it('survives a driver that ends its process, and one that hangs', { timeout: 60_000 }, async () => {
    const crashing = join(folder, 'crash.ts');
    writeFileSync(crashing, "process.send!({ type: 'ready', engineVersion: '1' }); process.on('message', () => process.kill(process.pid, 'SIGSEGV'));");
    expect(await probeInProcess(createNodeEngineFork(crashing), ['cuda', 'webgpu'])).toEqual({
      failures: [{ provider: 'cuda', why: 'its driver ended the process (SIGSEGV)' }, { provider: 'webgpu', why: 'its driver ended the process (SIGSEGV)' }], halfFailure: null,
    });
    const hanging = join(folder, 'hang.ts');
    writeFileSync(hanging, "process.send!({ type: 'ready', engineVersion: '1' }); process.on('message', () => {});");
    expect(await probeInProcess(createNodeEngineFork(hanging), ['cuda'], 300)).toEqual({ failures: [{ provider: 'cuda', why: 'it did not answer within 0.3 s' }], halfFailure: null });
  });

  it('keeps what a model ran into, once for each', async () => {
    const execution = open();
    for (const cause of ['first', 'second']) execution.noteFallback({ provider: 'cuda', model: 'unet3d', cause });
    expect((await execution.report()).fallbacks).toEqual([{ provider: 'cuda', model: 'unet3d', cause: 'second' }]);
  });
});
