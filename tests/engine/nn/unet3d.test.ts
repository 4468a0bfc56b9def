import { describe, expect, test } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { ParameterSource, StoredParameter } from '../../../src-main/engine/nn/parameter-source.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import type { ClipShape } from '../../../src-main/engine/nn/unet3d.ts';
import type { Lowering } from '../../../src-main/engine/onnx/graph-builder.ts';
import type { Graph, Value } from '../../../src-main/engine/onnx/graph.ts';
import { openSession } from '../../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { INTERPOLATION, KEYFRAMES, SMALL_LATENT, SMALL_PIXEL, SUPER_RESOLUTION_1, SUPER_RESOLUTION_2 } from './show1-configs.ts';

const DATA_INPUTS = new Set(['sample', 'timestep', 'encoder_hidden_states', 'class_labels']);
const CLIP: ClipShape = { batch: 1, frames: 3, height: 8, width: 12, tokens: 5 };

function parametersOf(graph: Graph): Value[] {
  return graph.inputs.filter(({ name }) => !DATA_INPUTS.has(name));
}

function elements(values: readonly Value[]): number {
  return values.reduce((total, { shape }) => total + shape.reduce((product, dim) => product * dim, 1), 0);
}

/** Repeatable pseudo-random numbers, roughly normal. */
function noise(count: number, seed: number): Float32Array {
  let state = seed >>> 0 || 1;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => (next() + next() + next() - 1.5) * 2);
}

/** Weights for any configuration: matrices scaled by fan-in, norms near one. `edit` may replace a tensor. */
function randomSource(config: object, edit: (name: string, data: Float32Array) => Float32Array = (_name, data) => data): ParameterSource & { readonly tensors: Map<string, StoredParameter> } {
  const tensors = new Map(parametersOf(buildUnet3d(parseUnet3dConfig(config), CLIP, 'portable', null).graph).map(({ name, shape }, index) => {
    const fanIn = shape.length > 1 ? shape.slice(1).reduce((product, dim) => product * dim, 1) : 0;
    const offset = fanIn === 0 && name.endsWith('weight') ? 1 : 0;
    const data = noise(elements([{ name, shape, elementType: 'float32' }]), index + 1).map((value) => offset + value * (fanIn === 0 ? 0.1 : fanIn ** -0.5));
    return [name, { elementType: 'float32', shape, data: { kind: 'inline', bytes: new Uint8Array(edit(name, data).buffer) } } satisfies StoredParameter] as const;
  }));
  return { origin: 'random weights', tensors, get: (name) => tensors.get(name), names: () => tensors.keys() };
}

async function forward(config: object, shape: ClipShape, inputs: Record<string, TensorData>, source: ParameterSource, lowering: Lowering = 'ort-cpu'): Promise<Float32Array> {
  const session = await openSession(buildUnet3d(parseUnet3dConfig(config), shape, lowering, source).graph);
  try {
    return (await session.run(inputs))['output']!;
  } finally {
    await session.release();
  }
}

function clipInputs(shape: ClipShape, channels: number, seed = 5) {
  return {
    sample: noise(shape.batch * channels * shape.frames * shape.height * shape.width, seed),
    timestep: BigInt64Array.from({ length: shape.batch }, (_, index) => BigInt(300 + 100 * index)),
    encoder_hidden_states: noise(shape.batch * shape.tokens * 12, seed + 1),
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
}

/** [1, channels, frames, height, width] with its frames in another order. */
function reorderFrames(data: Float32Array, channels: number, order: readonly number[]): Float32Array {
  const plane = data.length / (channels * order.length);
  const out = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    for (const [target, origin] of order.entries()) {
      const start = (channel * order.length + origin) * plane;
      out.set(data.subarray(start, start + plane), (channel * order.length + target) * plane);
    }
  }
  return out;
}

function errorOf(act: () => unknown): StudioError {
  try {
    act();
  } catch (error) {
    if (StudioError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the published sizes', () => {
  const cases = [
    ['keyframes', KEYFRAMES, { batch: 2, frames: 8, height: 40, width: 64, tokens: 77 }, 1_726_848_390, 1827],
    ['interpolation', INTERPOLATION, { batch: 2, frames: 5, height: 40, width: 64, tokens: 77 }, 1_726_859_910, 1827],
    ['superResolution1', SUPER_RESOLUTION_1, { batch: 2, frames: 8, height: 160, width: 256, tokens: 77 }, 796_343_046, 1639],
    ['superResolution2', SUPER_RESOLUTION_2, { batch: 2, frames: 29, height: 40, width: 72, tokens: 77 }, 1_411_233_860, 1480],
  ] as const;
  test.each(cases)('%s has every parameter and no other', (_name, config, shape, parameters, tensors) => {
    const inputs = parametersOf(buildUnet3d(parseUnet3dConfig(config), shape, 'portable', null).graph);
    expect(elements(inputs)).toBe(parameters);
    expect(inputs.length).toBe(tensors);
  });

  test('the motion-learning set of the keyframe UNet is 132 tensors of 134,553,600 weights', () => {
    const { graph } = buildUnet3d(parseUnet3dConfig(KEYFRAMES), { batch: 1, frames: 8, height: 40, width: 64, tokens: 77 }, 'portable', null);
    const trainable = parametersOf(graph).filter(({ name }) => /temp_attentions\..*\.attn[12]\.to_[qkv]\.weight$/.test(name));
    expect([trainable.length, elements(trainable)]).toEqual([132, 134_553_600]);
  });

  test('no node works on more than four axes except the reshapes at the edges', () => {
    const { graph } = buildUnet3d(parseUnet3dConfig(KEYFRAMES), { batch: 2, frames: 8, height: 40, width: 64, tokens: 77 }, 'ort-cpu', null);
    const large = graph.nodes.filter((node) => node.outputs.some((output) => (graph.types.get(output)?.shape.length ?? 0) > 4));
    expect(large.map(({ opType }) => opType)).toEqual(['Reshape', 'Identity']);
    expect(graph.nodes.some(({ opType }) => opType === 'ConvTranspose')).toBe(false);
  });
});

describe.each([['pixel', SMALL_PIXEL, 3, 6], ['latent', SMALL_LATENT, 4, 4]] as const)('a small %s UNet', (_name, config, channels, outChannels) => {
  test('computes the same in both lowerings', async () => {
    const source = randomSource(config);
    const inputs = clipInputs(CLIP, channels);
    expect(largestDifference(await forward(config, CLIP, inputs, source, 'ort-cpu'), await forward(config, CLIP, inputs, source, 'portable'))).toBeLessThan(2e-5);
  });

  test('treats the samples of a batch apart', async () => {
    const source = randomSource(config);
    const pair = { ...CLIP, batch: 2 };
    const both = clipInputs(pair, channels);
    const together = await forward(config, pair, both, source);
    for (const item of [0, 1]) {
      const part = <T extends TensorData>(data: T): T => data.slice((data.length / 2) * item, (data.length / 2) * (item + 1)) as T;
      const alone = await forward(config, CLIP, { sample: part(both.sample), timestep: part(both.timestep), encoder_hidden_states: part(both.encoder_hidden_states) }, source);
      expect(largestDifference(part(together), alone)).toBeLessThan(2e-5);
    }
  });

  test('knows the order of frames only through the temporal convolutions', async () => {
    const order = [2, 0, 1];
    const inputs = clipInputs(CLIP, channels);
    const shuffled = { ...inputs, sample: reorderFrames(inputs.sample, channels, order) };
    const compare = async (source: ParameterSource): Promise<number> =>
      largestDifference(await forward(config, CLIP, shuffled, source), reorderFrames(await forward(config, CLIP, inputs, source), outChannels, order));
    const still = randomSource(config, (name, data) => (/temp_convs\..*\.conv4\.3\./.test(name) ? new Float32Array(data.length) : data));
    expect(await compare(still)).toBeLessThan(2e-5);
    expect(await compare(randomSource(config))).toBeGreaterThan(1e-2);
  });

  test('listens to text and to the timestep', async () => {
    const source = randomSource(config);
    const inputs = clipInputs(CLIP, channels);
    const base = await forward(config, CLIP, inputs, source);
    expect(largestDifference(base, await forward(config, CLIP, { ...inputs, encoder_hidden_states: noise(CLIP.tokens * 12, 99) }, source))).toBeGreaterThan(1e-3);
    expect(largestDifference(base, await forward(config, CLIP, { ...inputs, timestep: BigInt64Array.of(900n) }, source))).toBeGreaterThan(1e-3);
  });

  test('runs on a single frame and on another size', async () => {
    const source = randomSource(config);
    for (const shape of [{ ...CLIP, frames: 1 }, { ...CLIP, frames: 5, height: 4, width: 4, tokens: 2 }]) {
      const output = await forward(config, shape, clipInputs(shape, channels), source);
      expect(output.length).toBe(outChannels * shape.frames * shape.height * shape.width);
      expect(output.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('a configuration and weights that do not fit', () => {
  const build = (config: object, source: ParameterSource | null) => buildUnet3d(parseUnet3dConfig(config), CLIP, 'ort-cpu', source);

  test('a missing tensor is named with the shape it needs', () => {
    const source = randomSource(SMALL_PIXEL);
    source.tensors.delete('mid_block.resnets.1.conv2.weight');
    expect(errorOf(() => build(SMALL_PIXEL, source))).toMatchObject({ code: 'MODEL_INCOMPATIBLE', details: { tensor: 'mid_block.resnets.1.conv2.weight', expected: [64, 64, 3, 3] } });
  });

  test('a tensor of another shape is named with both shapes', () => {
    const source = randomSource({ ...SMALL_PIXEL, in_channels: 7 });
    const error = errorOf(() => build(SMALL_PIXEL, source));
    expect(error).toMatchObject({ code: 'SHAPE_MISMATCH', details: { tensor: 'conv_in.weight', got: [32, 7, 3, 3], expected: [32, 3, 3, 3] } });
    expect(error.message).toContain('config.json');
  });

  test('quantized weights are refused', () => {
    const source = randomSource(SMALL_PIXEL);
    source.tensors.set('conv_in.bias', { elementType: 'int8', shape: [32], data: { kind: 'inline', bytes: new Uint8Array(32) } });
    expect(errorOf(() => build(SMALL_PIXEL, source))).toMatchObject({ code: 'MODEL_INCOMPATIBLE', details: { tensor: 'conv_in.bias' } });
  });

  test('tensors that no layer uses are reported', () => {
    const source = randomSource(SMALL_PIXEL);
    source.tensors.set('extra.weight', { elementType: 'float32', shape: [1], data: { kind: 'inline', bytes: new Uint8Array(4) } });
    expect(build(SMALL_PIXEL, source).unused).toEqual(['extra.weight']);
  });

  const refused = [
    ['down_block_types', { down_block_types: ['DownBlock2D', 'SimpleCrossAttnDownBlock3D'] }],
    ['up_block_types', { up_block_types: ['ResnetUpsampleBlock3D'] }],
    ['act_fn', { act_fn: 'mish' }],
    ['class_embeddings_concat', { class_embeddings_concat: true }],
    ['dual_cross_attention', { dual_cross_attention: true }],
    ['time_embedding_type', { time_embedding_type: 'fourier' }],
    ['norm_num_groups', { norm_num_groups: 7 }],
    ['block_out_channels', { block_out_channels: 'wide' }],
  ] as const;
  test.each(refused)('%s is refused by name', (key, change) => {
    expect(errorOf(() => parseUnet3dConfig({ ...SMALL_PIXEL, ...change }, 'unet/config.json'))).toMatchObject({ code: 'MODEL_INCOMPATIBLE', details: { key } });
  });

  test('heads that do not divide the channels are refused', () => {
    expect(errorOf(() => build({ ...SMALL_PIXEL, attention_head_dim: 24 }, null)).details).toEqual({ key: 'attention_head_dim' });
  });

  test('a frame size that does not halve evenly says which sizes fit', () => {
    expect(errorOf(() => buildUnet3d(parseUnet3dConfig(SMALL_PIXEL), { ...CLIP, height: 7 }, 'ort-cpu', null))).toMatchObject({ code: 'SHAPE_MISMATCH', details: { got: '6x12', expected: '7x12' } });
  });
});
