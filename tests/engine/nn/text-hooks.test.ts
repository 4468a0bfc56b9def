import { describe, expect, test } from 'vitest';
import type { ParameterSource, StoredParameter } from '../../../src-main/engine/nn/parameter-source.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import type { ClipShape, Unet3dHooks } from '../../../src-main/engine/nn/unet3d.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { SMALL_LATENT, SMALL_PIXEL } from './show1-configs.ts';

const CLIP: ClipShape = { batch: 2, frames: 4, height: 8, width: 12, tokens: 5 };
const TEXT = CLIP.tokens * 12;
const stream = createNoise(11);

/** Random weights for every parameter that a configuration asks for. */
function weightsOf(config: object): ParameterSource {
  const { graph } = buildUnet3d(parseUnet3dConfig(config), CLIP, 'portable', null);
  const tensors = new Map<string, StoredParameter>();
  for (const { name, shape } of graph.inputs) {
    const count = shape.reduce((product, size) => product * size, 1);
    const spread = shape.length > 1 ? (count / shape[0]!) ** -0.5 : 0.1;
    const offset = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
    tensors.set(name, { elementType: 'float32', shape, data: { kind: 'inline', bytes: new Uint8Array(stream.fork(name).normal(count).map((x) => offset + spread * x).buffer) } });
  }
  return { origin: 'random weights', get: (name) => tensors.get(name), names: () => tensors.keys() };
}

async function forward(config: object, source: ParameterSource, inputs: Record<string, TensorData>, hooks: Unet3dHooks, shape = CLIP): Promise<Record<string, Float32Array>> {
  const session = await openSession(buildUnet3d(parseUnet3dConfig(config), shape, 'ort-cpu', source, hooks).graph, { threads: 1 });
  try {
    return await session.run(inputs);
  } finally {
    await session.release();
  }
}

const states = stream.fork('states').normal(CLIP.batch * TEXT);
const inputsOf = (channels: number) => ({
  sample: stream.fork('sample').normal(CLIP.batch * channels * CLIP.frames * CLIP.height * CLIP.width),
  timestep: BigInt64Array.of(400n, 400n), encoder_hidden_states: states,
});
const perFrame = (of: (sample: number, frame: number) => Float32Array): Float32Array => {
  const out = new Float32Array(CLIP.batch * CLIP.frames * TEXT);
  for (let sample = 0; sample < CLIP.batch; sample += 1) for (let frame = 0; frame < CLIP.frames; frame += 1) out.set(of(sample, frame), (sample * CLIP.frames + frame) * TEXT);
  return out;
};
const sampleStates = (sample: number) => states.subarray(sample * TEXT, (sample + 1) * TEXT);

describe.each([['pixel', SMALL_PIXEL, 3, 6], ['latent', SMALL_LATENT, 4, 4]] as const)('text per frame in a small %s UNet', (_name, config, channels, outChannels) => {
  const source = weightsOf(config);
  const inputs = inputsOf(channels);

  test('the same words for every frame give the very bits of the plain graph', async () => {
    const plain = await forward(config, source, inputs, {});
    const spread = await forward(config, source, { ...inputs, encoder_hidden_states: perFrame(sampleStates) }, { perFrameText: true });
    expect(spread['output']).toEqual(plain['output']);
  });

  test('words of one frame change that frame most', async () => {
    const other = stream.fork('other').normal(TEXT);
    const base = (await forward(config, source, { ...inputs, encoder_hidden_states: perFrame(sampleStates) }, { perFrameText: true }))['output']!;
    const moved = (await forward(config, source, { ...inputs, encoder_hidden_states: perFrame((sample, frame) => (frame === 3 ? other : sampleStates(sample))) }, { perFrameText: true }))['output']!;
    const area = CLIP.height * CLIP.width;
    const change = Array.from({ length: CLIP.frames }, (_, frame) => {
      let sum = 0;
      for (let plane = 0; plane < CLIP.batch * outChannels; plane += 1) for (let i = 0; i < area; i += 1) sum += Math.abs(moved[(plane * CLIP.frames + frame) * area + i]! - base[(plane * CLIP.frames + frame) * area + i]!);
      return sum;
    });
    for (const frame of [0, 1, 2]) expect(change[3]).toBeGreaterThan(change[frame]! * 1.5);
  });
});

describe('attention to words', () => {
  const source = weightsOf(SMALL_PIXEL);
  const ask = async (focus: Float32Array, hooks: Unet3dHooks = { textAttention: true }) => forward(SMALL_PIXEL, source, { ...inputsOf(3), text_focus: focus }, hooks);
  const rows = CLIP.batch * CLIP.frames;
  const onto = (tokens: readonly number[]) => Float32Array.from({ length: rows * CLIP.tokens }, (_, i) => (tokens.includes(i % CLIP.tokens) ? 1 : 0));

  test('shares of all words add up, stay below one, and measuring changes no frame', async () => {
    const plain = await forward(SMALL_PIXEL, source, inputsOf(3), {});
    const all = await ask(onto([0, 1, 2, 3, 4]));
    expect(all['output']).toEqual(plain['output']);
    const [some, rest] = [await ask(onto([1, 2])), await ask(onto([0, 3, 4]))];
    for (let row = 0; row < rows; row += 1) {
      expect(some['text_attention']![row]! + rest['text_attention']![row]!).toBeCloseTo(all['text_attention']![row]!, 6);
      expect(all['text_attention']![row]).toBeGreaterThan(0);
      expect(all['text_attention']![row]).toBeLessThan(1);
    }
  });

  test('a model without joint attention says so', () => {
    expect(() => buildUnet3d(parseUnet3dConfig(SMALL_LATENT), CLIP, 'ort-cpu', null, { textAttention: true })).toThrow(/cannot be measured/);
  });
});
