import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { createModelInspector, type ModelInspector } from '../../src-main/jobs/model-inspector.ts';
import { createModelRegistry, type ModelRegistry } from '../../src-main/models/model-registry.ts';
import { createMemoryPlans } from '../../src-main/services/memory-plans.ts';
import { PackPlan } from '../../src-shared/contract/models.ts';
import { judgeStep, worstVerdict, type MemoryStep } from '../../src-shared/pack/memory-plan.ts';
import { writeHubFolders, type HubFolder } from '../models/make-hub-folders.ts';

let root: string;
let inspector: ModelInspector;
let registry: ModelRegistry;
const at = (...parts: string[]): string => join(root, ...parts);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'inspector-'));
  inspector = createModelInspector(createNodeEngineFork());
  registry = createModelRegistry({ embeddedDir: at('none'), cacheDir: at('data', 'cache'), imports: { dir: at('data', 'imports'), inspect: inspector.inspect } });
});
afterEach(async () => {
  await registry.close();
  inspector.close();
  rmSync(root, { recursive: true });
});

async function importAll(...names: HubFolder[]) {
  writeHubFolders(at('hub'), names);
  const { licences } = await registry.inspectFolder(at('hub'));
  await registry.importFolder(at('hub'), licences.map(({ id }) => id));
  return registry.get('show-1');
}

describe('looking into models in another process', () => {
  it('tells facts, and errors with their codes', { timeout: 60_000 }, async () => {
    writeHubFolders(at('hub'), ['show-1-base']);
    const unet = at('hub/show-1-base/unet');
    const [facts, text] = await Promise.all([inspector.inspect(unet), inspector.inspect(at('hub/show-1-base/text_encoder'))]);
    expect(facts).toMatchObject({ format: 'pickle', files: [join(unet, 'diffusion_pytorch_model.bin')] });
    expect(text.files).toHaveLength(3);
    truncateSync(join(unet, 'diffusion_pytorch_model.bin'), 5000);
    await expect(inspector.inspect(unet)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID' });
    expect((await inspector.inspect(at('hub/show-1-base/text_encoder'))).tensors).toBe(text.tensors);
  });

  it('starts again after its process ended, and says so to whoever waited', { timeout: 60_000 }, async () => {
    const flaky = at('flaky.ts');
    writeFileSync(flaky, "process.send!({ type: 'ready', engineVersion: '1' }); process.on('message', () => process.exit(1));");
    const dying = createModelInspector(createNodeEngineFork(flaky));
    await expect(dying.inspect(at())).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await expect(dying.inspect(at())).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    dying.close();
  });

  it('reports every folder before it is looked into', { timeout: 60_000 }, async () => {
    writeHubFolders(at('hub'), ['show-1-base', 'show-1-sr1']);
    const seen: unknown[] = [];
    await registry.inspectFolder(at('hub'), (lookedAt, of, path) => seen.push([lookedAt, of, path]));
    expect(seen).toEqual([[0, 2, at('hub/show-1-base')], [1, 2, at('hub/show-1-sr1')]]);
  });
});

describe('what a pack needs', () => {
  it('is told for every model that is loaded, in its order, T5 once', { timeout: 120_000 }, async () => {
    const opened = await importAll('show-1-base', 'show-1-interpolation', 'show-1-sr1', 'show-1-sr2', 'IF-II-L-v1.0');
    const settings = new Map<string, unknown>();
    const store = { get: (key: string) => settings.get(key), set: (key: string, value: unknown) => void settings.set(key, value) };
    const plan = PackPlan.parse(await createMemoryPlans(inspector, undefined, store).plan(opened, 'final'));
    // The same estimate everywhere, and nobody is asked twice, not even by the next start.
    const later = createMemoryPlans({ planMemory: () => Promise.reject(new Error('asked again')) }, undefined, store);
    expect(await later.peakBytes(opened, opened.pack.presets.final.map(({ stage }) => stage))).toBe(Math.max(...plan.steps.map(({ needBytes }) => needBytes)));
    expect(await later.peakBytes(opened, ['keyframes'])).toBeNull();
    expect(plan.steps.map(({ stage, part }) => `${stage} ${part}`)).toEqual([
      'keyframes text', 'keyframes unet', 'interpolation unet', 'superResolution1 unet', 'superResolution1 firstFrame', 'superResolution2 text', 'superResolution2 unet', 'superResolution2 encoder', 'superResolution2 decoder',
    ]);
    for (const { weightBytes, activationBytes, needBytes } of plan.steps) expect(needBytes).toBeGreaterThan(weightBytes + activationBytes);
    expect(plan.machine.totalBytes).toBeGreaterThan(plan.machine.freeBytes);
  });

  it('is refused before anything starts where the machine can never hold it', { timeout: 120_000 }, async () => {
    const opened = await importAll('show-1-base');
    const plans = createMemoryPlans(inspector, () => ({ totalBytes: 1.6e9, freeBytes: 1e9 }));
    await expect(plans.require(opened, 'draft')).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', message: expect.stringMatching(/keyframes needs about 0\.\d GB of memory, and this machine has 1\.6 GB/) });
    await createMemoryPlans(inspector, () => ({ totalBytes: 16e9, freeBytes: 12e9 })).require(opened, 'draft');
  });

  it('is judged against what is there and what is free', () => {
    const step: MemoryStep = { stage: 'keyframes', part: 'unet', weightBytes: 3.5e9, int8Bytes: null, weightsStayInFile: true, activationBytes: 4e8, needBytes: 2e9 };
    expect(judgeStep(step, { totalBytes: 16e9, freeBytes: 8e9 })).toBe('fits');
    expect(judgeStep(step, { totalBytes: 8e9, freeBytes: 4e9 })).toBe('slow');
    expect(judgeStep({ ...step, weightsStayInFile: false }, { totalBytes: 8e9, freeBytes: 4e9 })).toBe('fits');
    expect(judgeStep(step, { totalBytes: 8e9, freeBytes: 1e9 })).toBe('tight');
    expect(judgeStep(step, { totalBytes: 3e9, freeBytes: 2.5e9 })).toBe('tooLarge');
    // A T5 that does not fit as it is stored does in 8 bits.
    const text: MemoryStep = { ...step, part: 'text', weightBytes: 9.5e9, int8Bytes: 4.8e9, needBytes: 1.4e9 };
    expect([judgeStep(text, { totalBytes: 10e9, freeBytes: 7e9 }), judgeStep({ ...text, int8Bytes: null }, { totalBytes: 10e9, freeBytes: 7e9 })]).toEqual(['fits', 'slow']);
    expect(worstVerdict(['fits', 'tight', 'slow'])).toBe('tight');
    expect(worstVerdict([])).toBe('fits');
  });
});
