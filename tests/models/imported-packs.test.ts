import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectNetwork } from '../../src-main/engine/pipelines/inspect-network.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { createStageRunner } from '../../src-main/engine/pipelines/stage-runner.ts';
import { createModelRegistry, type ModelRegistry } from '../../src-main/models/model-registry.ts';
import { FolderReport, ModelPack } from '../../src-shared/contract/models.ts';
import { HUB_FOLDERS, writeBareAutoencoder, writeBareClip, writeBareT5, writeHubFolders, writeT5, type HubFolder } from './make-hub-folders.ts';
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
    expect(['keyframes', 'interpolation', 'superResolution1'].map((stage) => engine.text(stage as 'keyframes').encoder)).toEqual(Array(3).fill(at('hub', 'show-1-base', 'text_encoder')));
    expect(engine.text('superResolution2')).toEqual({ encoder: at('hub', 'show-1-sr2', 'text_encoder'), tokenizer: at('hub', 'show-1-sr2', 'tokenizer') });
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
    expect(openPack((await registry.get('show-1')).dir).text('keyframes').encoder).toBe(at('t5', 'text_encoder'));
  });
});

describe('a network alone', () => {
  const roles = async (folder: string) => (await registry.inspectFolder(folder)).parts.map(({ role, problem }) => [role, problem]);

  it('is known by its configuration, wherever its tokenizer is', async () => {
    writeBareT5(at('alone', 't5-v1_1'));
    writeBareClip(at('alone', 'clip'));
    writeBareAutoencoder(at('alone', 'sd-vae'));
    expect(await roles(at('alone'))).toEqual([['clipText', null], ['autoencoder', null], ['text', null]]);
    // A folder called as in a pipeline hides nothing beside it.
    writeBareAutoencoder(at('named', 'vae'));
    writeBareT5(at('named', 't5'));
    writeT5(at('named', 'deep', 'deeper'));
    writeFileSync(at('named', 'deep', 'deeper', 'LICENSE'), 'Be kind to words.');
    expect(await roles(at('named'))).toEqual([['text', null], ['text', null], ['autoencoder', null]]);
    expect((await registry.inspectFolder(at('named', 'deep'))).licences.map(({ text }) => text)).toEqual(['Be kind to words.']);
    hub('show-1-sr2');
    // A folder of a pipeline chosen by itself finds the tokenizer beside it.
    expect(await roles(at('hub', 'show-1-sr2', 'text_encoder'))).toEqual([['clipText', null]]);
    expect(await roles(at('hub', 'show-1-sr2', 'vae'))).toEqual([['autoencoder', null]]);
    expect(await roles(at('hub', 'show-1-sr2', 'unet'))).toEqual([['textToVideo', expect.stringMatching(/UNet alone, without its schedule\. Choose the folder above it/)]]);
  });

  it('completes a cascade that lacks its text encoders and its autoencoder', async () => {
    hub('show-1-base', 'show-1-interpolation', 'show-1-sr1', 'show-1-sr2');
    for (const name of ['show-1-base/text_encoder', 'show-1-sr1/text_encoder', 'show-1-sr2/text_encoder', 'show-1-sr2/vae']) rmSync(at('hub', ...name.split('/')), { recursive: true });
    await importAll(at('hub'));
    await expect(registry.get('show-1')).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining('a T5 text encoder') });
    writeBareT5(at('t5'));
    await importAll(at('t5'));
    const partial = (await registry.get('show-1')).pack;
    expect(partial.imported!.missing.slice(0, 2)).toEqual([expect.stringMatching(/^The CLIP text encoder of show-1-sr2/), expect.stringMatching(/^The autoencoder of show-1-sr2/)]);
    expect(partial.presets.final.map(({ stage }) => stage)).toEqual(['keyframes', 'interpolation', 'superResolution1']);
    writeBareClip(at('clip'));
    writeBareAutoencoder(at('vae'));
    await importAll(at('clip'));
    await importAll(at('vae'));
    const opened = await registry.get('show-1');
    expect(opened.pack.imported!.missing).toEqual([expect.stringMatching(/^IF-II-L/)]);
    const engine = openPack(opened.dir);
    expect(engine.text('interpolation')).toEqual({ encoder: at('t5'), tokenizer: at('t5') });
    // The stage's own tokenizer belongs to the encoder it was trained with.
    expect(engine.text('superResolution2')).toEqual({ encoder: at('clip'), tokenizer: at('hub', 'show-1-sr2', 'tokenizer') });
    expect([engine.vaeFolder('superResolution1'), engine.vaeFolder('superResolution2')]).toEqual([null, at('vae')]);
    expect(opened.pack.presets.final).toHaveLength(4);
  });

  it('completes a text-to-video model, whichever of them comes first', async () => {
    const lacking = (folder: string) => {
      HUB_FOLDERS['zeroscope_v2_576w'](folder);
      for (const name of ['text_encoder', 'tokenizer', 'vae']) rmSync(join(folder, name), { recursive: true });
    };
    lacking(at('hub', 'zeroscope_v2_576w'));
    await importAll(at('hub'));
    await expect(registry.get('video-zeroscope-v2-576w')).rejects.toMatchObject({ message: expect.stringMatching(/CLIP text encoder.*autoencoder/s) });
    writeBareClip(at('clip'));
    await importAll(at('clip'));
    writeBareAutoencoder(at('vae'));
    expect(await importAll(at('vae'))).toContain('video-zeroscope-v2-576w');
    const first = openPack((await registry.get('video-zeroscope-v2-576w')).dir);
    expect([first.text('keyframes').encoder, first.vaeFolder('keyframes')]).toEqual([at('clip'), at('vae')]);
    lacking(at('more', 'text-to-video-ms-1.7b'));
    expect(await importAll(at('more'))).toEqual(['video-text-to-video-ms-1-7b']);
    expect(openPack((await registry.get('video-text-to-video-ms-1-7b')).dir).vaeFolder('keyframes')).toBe(at('vae'));
  });

  it('is read once where several folders bring it: one T5, in size and hash', async () => {
    hub('show-1-base', 'show-1-interpolation', 'show-1-sr1');
    await importAll(at('hub'));
    const before = (await registry.get('show-1')).pack;
    writeBareT5(at('t5'));
    await importAll(at('t5'));
    const after = (await registry.get('show-1')).pack;
    expect([after.sizeBytes, after.sha256]).toEqual([before.sizeBytes, before.sha256]);
    const bytesOf = (folder: string): number => readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0), 0);
    const text = bytesOf(at('hub', 'show-1-sr1', 'text_encoder')) + bytesOf(at('hub', 'show-1-sr1', 'tokenizer'));
    // Everything but the second T5 and the pipelines' own description.
    expect(after.sizeBytes).toBe(bytesOf(at('hub')) - text - statSync(at('hub', 'show-1-base', 'model_index.json')).size);
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
    writeFileSync(at('packs', 'tiny', 'references.json'), JSON.stringify({ format: 2, vae: {}, stages: { keyframes: '/etc' }, text: {}, firstFrame: null }));
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
