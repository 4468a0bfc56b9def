import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { weightsParameterSource } from '../../../src-main/engine/nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../../../src-main/engine/nn/t5-encoder.ts';
import type { Graph } from '../../../src-main/engine/onnx/graph.ts';
import { readConfig } from '../../../src-main/engine/pipelines/open-pack.ts';
import { encodePrompts } from '../../../src-main/engine/pipelines/prompt-encoder.ts';
import { useTextCache } from '../../../src-main/engine/pipelines/text-form.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import { quantizeRows, weightForms, writeInt8Copy } from '../../../src-main/engine/weights/int8-copy.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';
import { chooseTextForm } from '../../../src-shared/pack/memory-plan.ts';
import { writeT5 } from '../../models/make-hub-folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'int8-'));
});
afterEach(() => {
  useTextCache(null);
  rmSync(root, { recursive: true });
});

const TINY = { d_model: 64, d_kv: 16, d_ff: 128, num_layers: 2, num_heads: 4 };
/** An eighth of T5-v1.1-XXL's width and a third of its depth. */
const MEDIUM = { d_model: 512, d_kv: 64, d_ff: 1280, num_layers: 8, num_heads: 8 };
const TOKENS = 24;

function graphOf(folder: string): Graph {
  const weights = openWeights(folder);
  try {
    return buildT5Encoder(parseT5Config(readConfig(join(folder, 'config.json'))), { batch: 1, tokens: TOKENS }, 'ort-cpu', weightsParameterSource(weights, folder)).graph;
  } finally {
    weights.close();
  }
}

/** Kept in the file, as the weights of large models are. */
async function states(folder: string): Promise<Float32Array> {
  const session = await openSession(graphOf(folder), { weightsDir: folder, threads: 1, keepStoredWeights: true, arena: false });
  try {
    const ids = BigInt64Array.from({ length: TOKENS }, (_, index) => BigInt(index < 17 ? (index * 37) % 1000 : 0));
    const mask = BigInt64Array.from({ length: TOKENS }, (_, index) => (index < 17 ? 1n : 0n));
    return (await session.run({ input_ids: ids, attention_mask: mask }))['last_hidden_state']!;
  } finally {
    await session.release();
  }
}

const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

describe('a text encoder in 8 bits', () => {
  it.each([['tiny', TINY, 0.02], ['medium', MEDIUM, 0.03]] as const)('encodes almost the same in half the bytes: %s', { timeout: 120_000 }, async (name, sizes, bound) => {
    writeT5(join(root, 't5'), sizes);
    const [stored, copy] = [join(root, 't5', 'text_encoder'), join(root, 'copies', 'one')];
    const graph = graphOf(stored);
    const weights = openWeights(stored);
    const forms = weightForms(graph, weights);
    writeInt8Copy(graph, weights, join(stored, 'config.json'), copy);
    weights.close();
    const bytes = statSync(join(copy, 'model.safetensors')).size;
    expect(bytes - forms.int8Bytes).toBeLessThan(20_000);
    expect(readdirSync(join(root, 'copies'))).toEqual(['one']);
    const [expected, got] = [await states(stored), await states(copy)];
    const error = norm(expected.map((value, index) => got[index]! - value)) / norm(expected);
    process.stdout.write(`${name}: relative error ${error.toExponential(2)}, ${forms.storedBytes} bytes stored, ${bytes} in 8 bits\n`);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(bound);
  });

  it('is made once, used by prompts, and made anew when the weights have changed', { timeout: 60_000 }, async () => {
    writeT5(join(root, 't5'), TINY);
    const place = { encoder: join(root, 't5', 'text_encoder'), tokenizer: join(root, 't5', 'tokenizer') };
    const encode = async () => (await encodePrompts(place, ['a red fish'], TOKENS, new Map(), 1))[0]!.data;
    const plain = await encode();
    const cache = join(root, 'cache', 'text-encoders');
    let asked = 0;
    useTextCache(cache, () => {
      asked += 1;
      return 'int8';
    });
    const first = await encode();
    const [made] = readdirSync(cache);
    const writtenAt = statSync(join(cache, made!, 'model.safetensors')).mtimeMs;
    expect(await encode()).toEqual(first);
    expect([asked, readdirSync(cache), statSync(join(cache, made!, 'model.safetensors')).mtimeMs]).toEqual([2, [made], writtenAt]);
    expect(first).not.toEqual(plain);
    const [shard] = readdirSync(place.encoder).filter((file) => file.endsWith('.bin'));
    utimesSync(join(place.encoder, shard!), new Date(), new Date(1_000_000));
    expect(await encode()).toEqual(first);
    // One copy at most.
    expect(readdirSync(cache)).not.toEqual([made]);
    expect(readdirSync(cache)).toHaveLength(1);
  });

  it('is chosen by the size of the memory alone, where the original never fits and it does', () => {
    const xxl = { storedBytes: 9.5e9, int8Bytes: 5e9 };
    expect([4e9, 7.9e9, 8.2e9, 12e9, 12.6e9, 32e9].map((total) => chooseTextForm(xxl, total))).toEqual(['stored', 'stored', 'int8', 'int8', 'stored', 'stored']);
    expect(chooseTextForm({ storedBytes: 40e6, int8Bytes: 20e6 }, 1e9)).toBe('stored');
  });
});

it('keeps each row within half a step of its values, and its largest one exactly', () => {
  const values = createNoise(4).normal(7 * 33).map((value, index) => (index < 33 ? 0 : value * 10 ** (Math.floor(index / 33) - 4)));
  const { bits, scales } = quantizeRows(values, 7);
  for (let row = 0; row < 7; row += 1) {
    const own = values.subarray(row * 33, (row + 1) * 33);
    const largest = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [index, value] of own.entries()) expect(Math.abs(bits[row * 33 + index]! * scales[row]! - value)).toBeLessThanOrEqual(scales[row]! * 0.5001);
    expect(Math.max(...bits.subarray(row * 33, (row + 1) * 33).map(Math.abs))).toBe(largest === 0 ? 0 : 127);
  }
});
