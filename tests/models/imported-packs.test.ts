import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectNetwork } from '../../src-main/engine/pipelines/inspect-network.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { createStageRunner } from '../../src-main/engine/pipelines/stage-runner.ts';
import { createModelRegistry, type ModelRegistry } from '../../src-main/models/model-registry.ts';
import { FolderReport, ModelPack } from '../../src-shared/contract/models.ts';
import { HUB_FOLDERS, writeHubFolders, writeT5, type HubFolder } from './make-hub-folders.ts';
import { writeTinyPack } from './make-pack.ts';

let root: string;
let registry: ModelRegistry;
const at = (...parts: string[]): string => join(root, ...parts);
const openRegistry = (): ModelRegistry => createModelRegistry({ embeddedDir: at('none'), packsDir: at('packs'), cacheDir: at('data', 'cache'), imports: { dir: at('data', 'imports'), inspect: inspectNetwork } });
const hub = (...names: HubFolder[]): string => writeHubFolders(at('hub'), names);

async function importAll(folder: string): Promise<string[]> {
  const { licences } = await registry.inspectFolder(folder);
  return registry.importFolder(folder, licences.map(({ id }) => id));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'imports-'));
  registry = openRegistry();
});
afterEach(async () => {
  await registry.close();
  rmSync(root, { recursive: true });
});

describe('a folder of the whole family', () => {
  it('is told apart into its parts, with counts, forms, licences and packs, and nothing is changed by looking', async () => {
    hub(...(Object.keys(HUB_FOLDERS) as HubFolder[]));
    const report = FolderReport.parse(await registry.inspectFolder(at('hub')));
    expect(Object.fromEntries(report.parts.map(({ path, role, format, problem }) => [path.slice(at('hub').length + 1), [role, format, problem]]))).toEqual({
      'show-1-base': ['keyframes', 'pickle', null], 'show-1-interpolation': ['interpolation', 'safetensors', null], 'show-1-sr1': ['superResolution1', 'pickle', null],
      'show-1-sr2': ['superResolution2', 'pickle', null], 'IF-II-L-v1.0': ['firstFrame', 'safetensors', null], 'zeroscope_v2_576w': ['textToVideo', 'pickle', null],
    });
    expect(report.packs).toEqual([{ id: 'show-1', name: 'Show-1', missing: [] }, { id: 'video-zeroscope-v2-576w', name: 'zeroscope_v2_576w', missing: [] }]);
    expect(report.licences.map(({ name, accepted }) => [name.split(':')[0], accepted])).toEqual([['DeepFloyd IF licence (research, non-commercial)', false], ['Show-1 weights', false], ['Text-to-video weights', false]]);
    expect(existsSync(at('data', 'imports'))).toBe(false);
  });

  it('is imported by reference: a few kilobytes of records, no copy, and one T5 for all pixel stages', async () => {
    hub('show-1-base', 'show-1-interpolation', 'show-1-sr1', 'show-1-sr2');
    expect(await importAll(at('hub'))).toEqual(['show-1']);
    const [pack] = await registry.list();
    expect(ModelPack.parse(pack)).toMatchObject({ id: 'show-1', problem: null, presetNames: { standard: 'As the paper', final: 'As the released script' }, output: { frames: 29, width: 576, height: 320 } });
    const opened = await registry.get('show-1');
    expect(opened.pack.sha256).toMatch(/^[0-9a-f]{64}$/);
    const bytes = readdirSync(at('data'), { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);
    expect(bytes).toBeLessThan(50_000);
    const engine = openPack(opened.dir);
    expect(engine.stageFolder('superResolution1')).toBe(at('hub', 'show-1-sr1'));
    expect(['keyframes', 'interpolation', 'superResolution1'].map((stage) => engine.textFolder(stage as 'keyframes'))).toEqual(Array(3).fill(at('hub', 'show-1-base')));
    expect(engine.textFolder('superResolution2')).toBe(at('hub', 'show-1-sr2'));
    expect(opened.pack.presets.final.map(({ stage, numInferenceSteps, guidanceScale }) => [stage, numInferenceSteps, guidanceScale])).toEqual([['keyframes', 75, 9], ['interpolation', 75, 4], ['superResolution1', 125, 7], ['superResolution2', 50, 15]]);
  });

  it('generates key frames from pickles that are read in place', async () => {
    hub('show-1-base');
    await importAll(at('hub'));
    const { dir, pack } = await registry.get('show-1');
    const runner = await createStageRunner(openPack(dir), 'keyframes', { guided: true, threads: 1, promptCache: new Map() });
    const before = readdirSync(at('hub', 'show-1-base', 'unet'));
    const run = await runner.run({ prompt: 'a red fish swims left', negativePrompt: '', seed: 7, settings: { ...pack.presets.draft[0]!, numInferenceSteps: 2 }, input: null, resume: null });
    let step = await run.next();
    while (!step.done) step = await run.next();
    expect(step.value.shape).toEqual([1, 3, 8, 40, 64]);
    expect(step.value.data.every(Number.isFinite)).toBe(true);
    expect(before).toEqual(['config.json', 'diffusion_pytorch_model.bin']);
    await runner.release();
  });
});

describe('parts that come one by one', () => {
  it('join the pack, which says what it still lacks and what that costs', async () => {
    hub('show-1-sr1');
    await importAll(at('hub'));
    await expect(registry.get('show-1')).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('its key frames (show-1-base)') });
    HUB_FOLDERS['show-1-base'](at('later', 'show-1-base'));
    await importAll(at('later'));
    const { pack } = await registry.get('show-1');
    expect(pack.imported?.missing).toEqual(['show-1-interpolation: clips end before interpolation.', 'show-1-sr2: clips end before superResolution2.']);
    expect(pack.output).toMatchObject({ frames: 8, width: 64, height: 40 });
    expect(pack.presets.final.map(({ stage }) => stage)).toEqual(['keyframes']);
  });

  it('take a text encoder from a folder of its own', async () => {
    hub('show-1-base');
    rmSync(at('hub', 'show-1-base', 'text_encoder'), { recursive: true });
    await importAll(at('hub'));
    await expect(registry.get('show-1')).rejects.toMatchObject({ message: expect.stringContaining('a T5 text encoder') });
    writeT5(at('t5'));
    await importAll(at('t5'));
    expect(openPack((await registry.get('show-1')).dir).textFolder('keyframes')).toBe(at('t5'));
  });
});

describe('licences', () => {
  it('are shown and accepted before anything is remembered, and asked for once', async () => {
    hub('show-1-base');
    writeFileSync(at('hub', 'show-1-base', 'LICENSE.txt'), 'Be kind to fish.');
    const { licences } = await registry.inspectFolder(at('hub'));
    expect(licences.map(({ text }) => text)).toEqual(['Be kind to fish.']);
    await expect(registry.importFolder(at('hub'), ['0'.repeat(64)])).rejects.toMatchObject({ code: 'LICENCE_NOT_ACCEPTED' });
    expect(await registry.list()).toEqual([]);
    await importAll(at('hub'));
    expect((await openRegistry().inspectFolder(at('hub'))).licences.map(({ accepted }) => accepted)).toEqual([true]);
    // Other words need another consent.
    writeFileSync(at('hub', 'show-1-base', 'LICENSE.txt'), 'Be kind to birds.');
    expect((await registry.inspectFolder(at('hub'))).licences.map(({ accepted }) => accepted)).toEqual([false]);
  });
});

describe('what is wrong', () => {
  const harms: [string, () => void, RegExp][] = [
    ['cut weights', () => truncateSync(at('hub/show-1-base/unet/diffusion_pytorch_model.bin'), 5000), /diffusion_pytorch_model\.bin.*Download or copy/s],
    ['a missing shard', () => rmSync(at('hub/show-1-base/text_encoder/pytorch_model-00002-of-00002.bin')), /a T5 text encoder/],
    ['a missing schedule', () => rmSync(at('hub/show-1-base/scheduler/scheduler_config.json')), /scheduler_config\.json is missing/],
    ['weights of another configuration', () => writeFileSync(at('hub/show-1-base/unet/config.json'), readFileSync(at('hub/show-1-base/unet/config.json'), 'utf8').replace('"block_out_channels":[32,32]', '"block_out_channels":[32,64]')), /config\.json/],
    ['weights behind a link', () => { renameSync(at('hub/show-1-base/unet/diffusion_pytorch_model.bin'), at('elsewhere.bin')); symlinkSync(at('elsewhere.bin'), at('hub/show-1-base/unet/diffusion_pytorch_model.bin')); }, /is a link/],
  ];
  it.each(harms)('is said on import: %s', async (_name, harm, message) => {
    hub('show-1-base');
    harm();
    const report = await registry.inspectFolder(at('hub'));
    expect(report.parts.map(({ problem }) => problem).join(' ') + report.packs.flatMap(({ missing }) => missing).join(' ')).toMatch(message.source.includes('T5') ? /T5 text encoder/ : message);
  });

  it('is said later, when the files are gone, and mended when they are back', async () => {
    hub('show-1-base');
    await importAll(at('hub'));
    const { pack } = await registry.get('show-1');
    renameSync(at('hub'), at('unplugged'));
    await expect(registry.get('show-1')).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringMatching(/is gone\. Put it back/) });
    renameSync(at('unplugged'), at('hub'));
    expect((await registry.get('show-1')).pack.sha256).toBe(pack.sha256);
  });

  it('is a folder that holds nothing of the family, or that does not exist', async () => {
    await expect(registry.importFolder(root, [])).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await expect(registry.inspectFolder(at('nowhere'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is a pack from elsewhere that pretends to be an import', async () => {
    await writeTinyPack(at('packs', 'tiny'));
    writeFileSync(at('packs', 'tiny', 'references.json'), JSON.stringify({ format: 1, stages: { keyframes: '/etc' }, text: {}, firstFrame: null }));
    await expect(registry.get('tiny')).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE', message: expect.stringContaining('refers to files outside its folder') });
  });
});

it('forgets a pack and leaves its files', async () => {
  hub('show-1-base');
  await importAll(at('hub'));
  await registry.removeImport('show-1');
  expect(await registry.list()).toEqual([]);
  expect(existsSync(at('hub/show-1-base/unet/diffusion_pytorch_model.bin'))).toBe(true);
  await expect(registry.removeImport('../..')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('tells how far the hash is', async () => {
  hub('show-1-base');
  const seen: { hashedBytes: number; totalBytes: number }[] = [];
  registry.watchHashing((progress) => seen.push(progress));
  await importAll(at('hub'));
  const { pack } = await registry.get('show-1');
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.at(-1)).toMatchObject({ hashedBytes: pack.sizeBytes, totalBytes: pack.sizeBytes });
});
