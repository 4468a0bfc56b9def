import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCase } from '../../scripts/parity/check-case.ts';
import { hashedTensor } from '../../scripts/parity/hashed-weights.ts';
import { isWithinBounds } from '../../scripts/parity/report.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import { writeSafetensors } from '../../src-main/engine/weights/safetensors-writer.ts';

const CASES = join(import.meta.dirname, '../fixtures/parity');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parity-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A copy of a case with one array changed. */
function changed(name: string, file: string, array: string, change: (values: Float32Array) => void): string {
  const copy = join(folder, name);
  cpSync(join(CASES, name), copy, { recursive: true });
  const arrays = openWeights(join(copy, file));
  const values = new Map([...arrays.entries].map(([key, { shape, dtype }]) => {
    const data = arrays.readFloat32(key);
    if (key === array) change(data);
    return [key, { data: dtype === 'I64' ? BigInt64Array.from(data, BigInt) : data, shape }];
  }));
  arrays.close();
  writeFileSync(join(copy, file), writeSafetensors(values));
  return copy;
}

describe('the committed cases', () => {
  const names = readdirSync(CASES, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== '__pycache__').map(({ name }) => name);

  it('cover every network of the family', () => {
    expect(names.sort()).toEqual([
      'clip-gelu-tiny', 'clip-quick-gelu-tiny', 't5-gated-gelu-tiny', 't5-relu-tiny', 'unet-image-layer-norm-tiny', 'unet-image-tiny', 'unet-modelscope-tiny', 'unet-show1-sr1-tiny', 'unet-show1-tiny',
      'unet-zeroscope-tiny', 'vae-odd-tiny', 'vae-tiny',
    ]);
  });

  it.each(names)('%s is within the bounds', { timeout: 120_000 }, async (name) => {
    const result = await checkCase(join(CASES, name));
    expect(result).toSatisfy(isWithinBounds);
  });
});

describe('a case that is not met', () => {
  it.each([
    ['vae-tiny', 'case.safetensors', 'decoded'], ['t5-relu-tiny', 'case.safetensors', 'last_hidden_state'], ['unet-image-tiny', 'case.safetensors', 'output'],
    ['unet-show1-sr1-tiny', 'trace.safetensors', 'final'], ['unet-modelscope-tiny', 'case.safetensors', 'grad.motion.mid_block.temp_attentions.0.transformer_blocks.0.attn2.to_v.weight'],
  ])('shows: %s, %s, %s', { timeout: 120_000 }, async (name, file, array) => {
    const copy = changed(name, file, array, (values) => {
      values[3]! += 2e-3 + Math.abs(values[3]!) * 2;
    });
    expect(await checkCase(copy)).not.toSatisfy(isWithinBounds);
  });

  it('is one whose weights are not those of its configuration', async () => {
    const copy = join(folder, 'other');
    cpSync(join(CASES, 'unet-image-tiny'), copy, { recursive: true });
    const path = join(copy, 'unet', 'hashed-weights.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"tensors": \d+/, '"tensors": 360'));
    await expect(checkCase(copy)).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
  });
});

it('takes a network whose config.json lies beside the case', async () => {
  const copy = join(folder, 'bare');
  cpSync(join(CASES, 'clip-gelu-tiny', 'text_encoder'), copy, { recursive: true });
  cpSync(join(CASES, 'clip-gelu-tiny', 'case.safetensors'), join(copy, 'case.safetensors'));
  expect(await checkCase(copy)).toSatisfy(isWithinBounds);
});

it('makes the values that numpy makes', () => {
  // hashed('conv_in.weight', (2, 3), 61) and hashed('norm.weight', (3,), 61) of hashed_weights.py
  expect([...hashedTensor('conv_in.weight', [2, 3], 61)]).toEqual([0.7060681581497192, 0.44502925872802734, -0.9937688112258911, -0.5153298377990723, 0.6388564109802246, 0.730760931968689]);
  expect([...hashedTensor('norm.weight', [3], 61)]).toEqual([1.0243659019470215, 0.923551619052887, 0.9051682353019714]);
});
