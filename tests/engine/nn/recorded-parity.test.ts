import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../../../src-main/engine/nn/clip-text.ts';
import type { BuiltModel } from '../../../src-main/engine/nn/built-model.ts';
import { weightsParameterSource } from '../../../src-main/engine/nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config, relativePositionBucket } from '../../../src-main/engine/nn/t5-encoder.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';
import type { WeightsIndex } from '../../../src-main/engine/weights/weights-index.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'parity');
const open: WeightsIndex[] = [];
afterAll(() => {
  for (const weights of open) weights.close();
});

function opened(path: string): WeightsIndex {
  const weights = openWeights(path);
  open.push(weights);
  return weights;
}

function loadCase(name: string, part: string) {
  const folder = join(FOLDER, name, part);
  const config: unknown = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const arrays = opened(join(FOLDER, name, 'case.safetensors'));
  const integers = (array: string): BigInt64Array => BigInt64Array.from(arrays.readFloat32(array), BigInt);
  return { folder, config, arrays, integers, shape: (array: string) => arrays.entries.get(array)?.shape ?? [], source: weightsParameterSource(opened(folder), folder) };
}

async function run(model: BuiltModel, weightsDir: string, inputs: Record<string, TensorData>) {
  expect(model.unused).toEqual([]);
  const session = await openSession(model.graph, { weightsDir });
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}

function maxAbs(got: Float32Array | undefined, expected: Float32Array): number {
  expect(got?.length).toBe(expected.length);
  return expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (got?.[index] ?? Number.NaN))), 0);
}

describe.each(['portable', 'ort-cpu'] as const)('recorded by the public packages, %s lowering', (lowering) => {
  test.each(['t5-gated-gelu-tiny', 't5-relu-tiny'])('%s', async (name) => {
    const { folder, config, arrays, integers, shape, source } = loadCase(name, 'text_encoder');
    const [batch = 0, tokens = 0] = shape('input_ids');
    const model = buildT5Encoder(parseT5Config(config), { batch, tokens }, lowering, source);
    const result = await run(model, folder, { input_ids: integers('input_ids'), attention_mask: integers('attention_mask') });
    expect(maxAbs(result['last_hidden_state'], arrays.readFloat32('last_hidden_state'))).toBeLessThan(2e-5);
  });

  test.each(['clip-gelu-tiny', 'clip-quick-gelu-tiny'])('%s', async (name) => {
    const { folder, config, arrays, integers, shape, source } = loadCase(name, 'text_encoder');
    const [batch = 0, tokens = 0] = shape('input_ids');
    const model = buildClipText(parseClipTextConfig(config), { batch, tokens }, lowering, source);
    const result = await run(model, folder, { input_ids: integers('input_ids') });
    expect(maxAbs(result['last_hidden_state'], arrays.readFloat32('last_hidden_state'))).toBeLessThan(2e-5);
  });

  test.each(['vae-tiny', 'vae-odd-tiny'])('%s', async (name) => {
    const { folder, config, arrays, shape, source } = loadCase(name, 'vae');
    const parsed = parseAutoencoderConfig(config);
    const [batch = 0, , height = 0, width = 0] = shape('sample');
    const encoder = buildAutoencoderEncoder(parsed, { batch, height, width }, lowering, source);
    const moments = await run(encoder, folder, { sample: arrays.readFloat32('sample') });
    expect(maxAbs(moments['mean'], arrays.readFloat32('mean'))).toBeLessThan(2e-5);
    expect(maxAbs(moments['logvar'], arrays.readFloat32('logvar'))).toBeLessThan(2e-5);
    const [, , rows = 0, columns = 0] = shape('mean');
    const decoder = buildAutoencoderDecoder(parsed, { batch, height: rows, width: columns }, lowering, source);
    const decoded = await run(decoder, folder, { latents: arrays.readFloat32('mean') });
    expect(maxAbs(decoded['sample'], arrays.readFloat32('decoded'))).toBeLessThan(5e-5);
  });
});

describe('T5 relative position buckets', () => {
  const table = opened(join(FOLDER, 't5-buckets.safetensors'));
  test.each([[32, 128], [16, 20]])('%i buckets up to distance %i', (count, maxDistance) => {
    const expected = [...table.readFloat32(`buckets.${count}.${maxDistance}`)];
    expect(expected.map((_, index) => relativePositionBucket(index - 200, count, maxDistance))).toEqual(expected);
  });
});
