import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelPack } from '../../src-shared/contract/models.ts';
import { createModelRegistry } from '../../src-main/models/model-registry.ts';
import { tinyIndex, tinySafetensors, writeTinyPack } from './make-pack.ts';

let root: string;
let packDir: string;
const open = () => createModelRegistry({ embeddedDir: path.join(root, 'models'), packsDir: path.join(root, 'packs'), cacheDir: path.join(root, 'cache') });
const onlyProblem = async () => {
  const packs = await open().list();
  expect(packs).toHaveLength(1);
  return packs[0]!.problem;
};

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'motif-models-'));
  packDir = path.join(root, 'models', 'tiny');
  await writeTinyPack(packDir);
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a complete pack', () => {
  it('is listed as the contract says and opened with its folder and description', async () => {
    await mkdir(path.join(root, 'models', 'training'), { recursive: true });
    const [pack, ...others] = await open().list();
    expect(others).toEqual([]);
    expect(ModelPack.parse(pack)).toEqual(pack);
    expect(pack).toMatchObject({ id: 'tiny', embedded: true, problem: null, path: packDir, output: { frames: 29, keyframes: 8, frameRate: { num: 8, den: 1 } } });
    expect(pack!.sha256).toMatch(/^[0-9a-f]{64}$/);
    const opened = await open().get('tiny');
    expect(opened.dir).toBe(packDir);
    expect(opened.pack).toEqual(pack);
    expect(opened.index.sizes.superResolution1).toEqual({ frames: 29, width: 256, height: 160, window: 8, stride: 7 });
  });

  it('has a hash of its content: not of its place, its dates or its documents', async () => {
    const before = (await open().get('tiny')).pack.sha256;
    await cp(packDir, path.join(root, 'packs', 'elsewhere'), { recursive: true });
    await rm(packDir, { recursive: true });
    await writeFile(path.join(root, 'packs', 'elsewhere', 'README.md'), 'Other words.');
    const moved = await open().get('tiny');
    expect(moved.pack).toMatchObject({ sha256: before, embedded: false });
  });

  it('has another hash once a byte of a weight has changed, with the cache warm', async () => {
    const before = (await open().get('tiny')).pack.sha256;
    const weights = path.join(packDir, 'keyframes/unet/diffusion_pytorch_model.safetensors');
    const bytes = await readFile(weights);
    bytes[bytes.length - 1] = 1;
    await writeFile(weights, bytes);
    await utimes(weights, 1, 2_000_000_000);
    expect((await open().get('tiny')).pack.sha256).not.toBe(before);
  });

  it('is not read again while size and date stay: the hash on disk serves the next start', async () => {
    const before = (await open().get('tiny')).pack.sha256;
    const weights = path.join(packDir, 'text_encoder/model.safetensors');
    const { atime, mtime } = await stat(weights);
    const bytes = await readFile(weights);
    bytes[bytes.length - 1] = 1;
    await utimes(weights, atime, new Date(1_000_000));
    await open().list();
    await writeFile(weights, bytes);
    await utimes(weights, atime, new Date(1_000_000));
    expect(mtime.getTime()).not.toBe(1_000_000);
    expect((await open().get('tiny')).pack.sha256).toBe(before);
    await rm(path.join(root, 'cache'), { recursive: true });
    expect((await open().get('tiny')).pack.sha256).not.toBe(before);
  });

  it('may have its weights in shards and a text encoder inside a stage', async () => {
    const unet = path.join(packDir, 'keyframes/unet');
    await rm(path.join(unet, 'diffusion_pytorch_model.safetensors'));
    await writeFile(path.join(unet, 'diffusion_pytorch_model-00001-of-00002.safetensors'), tinySafetensors(2));
    await writeFile(path.join(unet, 'diffusion_pytorch_model-00002-of-00002.safetensors'), tinySafetensors(3));
    await writeFile(path.join(unet, 'diffusion_pytorch_model.safetensors.index.json'), JSON.stringify({ weight_map: { a: 'diffusion_pytorch_model-00001-of-00002.safetensors', b: 'diffusion_pytorch_model-00002-of-00002.safetensors' } }));
    await cp(path.join(packDir, 'text_encoder'), path.join(packDir, 'super_resolution_2/text_encoder'), { recursive: true });
    expect(await onlyProblem()).toBe('super_resolution_2/tokenizer/tokenizer.json is missing. Fetch the pack again.');
    await cp(path.join(packDir, 'tokenizer'), path.join(packDir, 'super_resolution_2/tokenizer'), { recursive: true });
    expect(await onlyProblem()).toBeNull();
    await rm(path.join(unet, 'diffusion_pytorch_model-00002-of-00002.safetensors'));
    expect(await onlyProblem()).toBe('keyframes/unet/diffusion_pytorch_model-00002-of-00002.safetensors is missing. Fetch the pack again.');
  });
});

describe('a pack with something wrong', () => {
  const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
  const cases: [string, () => Promise<unknown>, RegExp, string][] = [
    ['a file is missing', () => rm(path.join(packDir, 'super_resolution_2/vae/config.json')), /^super_resolution_2\/vae\/config\.json is missing\. Fetch the pack again\.$/, 'MODEL_MISSING'],
    ['weights are cut off', () => truncate(path.join(packDir, 'keyframes/unet/diffusion_pytorch_model.safetensors'), 70), /^keyframes\/unet\/diffusion_pytorch_model\.safetensors should have \d+ bytes by its header and has 70\./, 'WEIGHTS_INVALID'],
    ['weights are nearly gone', () => truncate(path.join(packDir, 'text_encoder/model.safetensors'), 3), /text_encoder\/model\.safetensors has 3 bytes, too few/, 'WEIGHTS_INVALID'],
    ['a header claims more than the file has', () => writeFile(path.join(packDir, 'text_encoder/model.safetensors'), Buffer.alloc(64, 0x20)), /declares a header of \d+ bytes but has 64/, 'WEIGHTS_INVALID'],
    ['a header is not JSON', () => writeFile(path.join(packDir, 'text_encoder/model.safetensors'), Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('oops')])), /header that is not JSON/, 'WEIGHTS_INVALID'],
    ['a declared size differs', () => writeFile(path.join(packDir, 'model_index.json'), JSON.stringify({ ...tinyIndex(), files: { 'tokenizer/tokenizer.json': { sizeBytes: 3 } } })), /tokenizer\.json has 2 bytes instead of 3/, 'MODEL_CHECKSUM_MISMATCH'],
    ['a declared checksum differs', () => writeFile(path.join(packDir, 'model_index.json'), JSON.stringify({ ...tinyIndex(), files: { 'tokenizer/tokenizer.json': { sizeBytes: 2, sha256: sha256('[]') } } })), /its checksum differs/, 'MODEL_CHECKSUM_MISMATCH'],
    ['a path in the description leaves the pack', () => writeFile(path.join(packDir, 'model_index.json'), JSON.stringify({ ...tinyIndex(), stages: { keyframes: '../other' } })), /stages\.keyframes must be a plain relative path inside the pack/, 'MODEL_INCOMPATIBLE'],
    ['a shard lies outside', async () => {
      await rm(path.join(packDir, 'keyframes/unet/diffusion_pytorch_model.safetensors'));
      await writeFile(path.join(root, 'models', 'secret.safetensors'), tinySafetensors(2));
      await writeFile(path.join(packDir, 'keyframes/unet/diffusion_pytorch_model.safetensors.index.json'), JSON.stringify({ weight_map: { a: '../../../secret.safetensors' } }));
    }, /secret\.safetensors is missing/, 'MODEL_MISSING'],
    ['a file is a link', async () => {
      await rm(path.join(packDir, 'tokenizer/tokenizer.json'));
      await writeFile(path.join(root, 'secret.json'), '{}');
      await symlink(path.join(root, 'secret.json'), path.join(packDir, 'tokenizer/tokenizer.json'));
    }, /^tokenizer\/tokenizer\.json is a link/, 'MODEL_INCOMPATIBLE'],
    ['a folder is a link', () => symlink(root, path.join(packDir, 'extra')), /^extra is a link/, 'MODEL_INCOMPATIBLE'],
    ['the description is not JSON', () => writeFile(path.join(packDir, 'model_index.json'), '{'), /^model_index\.json is not valid JSON/, 'MODEL_INCOMPATIBLE'],
    ['the description is of another format', () => writeFile(path.join(packDir, 'model_index.json'), JSON.stringify({ ...tinyIndex(), format: 2 })), /^model_index\.json: format .*update the studio or the pack/, 'MODEL_INCOMPATIBLE'],
    ['a preset uses a stage the pack lacks', () => writeFile(path.join(packDir, 'model_index.json'), JSON.stringify({ ...tinyIndex(), stages: { keyframes: 'keyframes' } })), /presets\.standard\.1 uses interpolation, which the pack does not have/, 'MODEL_INCOMPATIBLE'],
  ];
  it.each(cases)('is listed with the mend and refused when asked for: %s', async (_name, harm, message, code) => {
    await harm();
    expect(await onlyProblem()).toMatch(message);
    await expect(open().get('tiny')).rejects.toMatchObject({ name: 'StudioError', code, message: expect.stringContaining('"tiny" cannot be used') });
  });

  it('is usable again, without a restart, once mended', async () => {
    const registry = open();
    const file = path.join(packDir, 'tokenizer/tokenizer.json');
    await rm(file);
    await expect(registry.get('tiny')).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    await writeFile(file, '{}');
    expect((await registry.get('tiny')).pack.problem).toBeNull();
  });

  it('does not hide the embedded pack by taking its id', async () => {
    await writeTinyPack(path.join(root, 'packs', 'impostor'));
    const packs = await open().list();
    expect(packs.map(({ embedded, problem }) => [embedded, problem === null])).toEqual([[true, true], [false, false]]);
    expect((await open().get('tiny')).dir).toBe(packDir);
  });
});

it('names an unknown pack and how to get it', async () => {
  await expect(open().get('show-1')).rejects.toMatchObject({ code: 'MODEL_MISSING', message: `The model pack "show-1" is not installed: put its folder into ${path.join(root, 'packs')}, or choose another pack.` });
});

it('lists nothing where there are no packs', async () => {
  expect(await createModelRegistry({ embeddedDir: path.join(root, 'none'), cacheDir: path.join(root, 'cache') }).list()).toEqual([]);
});
