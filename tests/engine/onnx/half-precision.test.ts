import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../../../src-main/engine/nn/clip-text.ts';
import { weightsParameterSource } from '../../../src-main/engine/nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../../../src-main/engine/nn/t5-encoder.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import type { Graph, GraphNode } from '../../../src-main/engine/onnx/graph.ts';
import { toHalfPrecision } from '../../../src-main/engine/onnx/half-precision.ts';
import { readConfig } from '../../../src-main/engine/pipelines/open-pack.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { openSession, type TensorData } from '../../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';
import { writeHubFolders } from '../../models/make-hub-folders.ts';
import { SMALL_LATENT, SMALL_PIXEL } from '../nn/show1-configs.ts';

/** Largest difference that 16-bit products may make, relative to the largest value of the output: some ten of their rounding steps. */
const TOLERANCE = 1e-2;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'half-'));
  writeHubFolders(root, ['show-1-base', 'show-1-sr1', 'show-1-sr2', 'IF-II-L-v1.0']);
});
afterAll(() => rmSync(root, { recursive: true }));

type Build = (config: unknown, source: ReturnType<typeof weightsParameterSource>) => Graph;
const clip = { batch: 1, frames: 3, height: 8, width: 8, tokens: 5 };
const unet = (frames = 3): Build => (config, source) => buildUnet3d(parseUnet3dConfig(config), { ...clip, frames }, 'ort-cpu', source).graph;
const NETWORKS: readonly (readonly [string, Build])[] = [
  ['show-1-base/unet', unet()], ['show-1-sr1/unet', unet()], ['show-1-sr2/unet', unet()], ['IF-II-L-v1.0/unet', unet(1)],
  ['show-1-base/text_encoder', (config, source) => buildT5Encoder(parseT5Config(config), { batch: 1, tokens: 9 }, 'ort-cpu', source).graph],
  ['show-1-sr2/text_encoder', (config, source) => buildClipText(parseClipTextConfig(config), { batch: 1, tokens: 9 }, 'ort-cpu', source).graph],
  ['show-1-sr2/vae', (config, source) => buildAutoencoderDecoder(parseAutoencoderConfig(config), { batch: 1, height: 4, width: 4 }, 'ort-cpu', source).graph],
  ['show-1-sr2/vae', (config, source) => buildAutoencoderEncoder(parseAutoencoderConfig(config), { batch: 1, height: 32, width: 32 }, 'ort-cpu', source).graph],
];

function inputsOf(graph: Graph): Record<string, TensorData> {
  const noise = createNoise(3);
  return Object.fromEntries(graph.inputs.map(({ name, elementType, shape }) => {
    const count = shape.reduce((a, b) => a * b, 1);
    if (elementType === 'float32') return [name, noise.fork(name).normal(count)];
    return [name, BigInt64Array.from({ length: count }, (_, index) => (name === 'attention_mask' ? (index < 6 ? 1n : 0n) : BigInt(index * 7 + 40)))];
  }));
}

async function outputs(graph: Graph, weightsDir: string, arithmetic: 'float32' | 'float16'): Promise<Record<string, Float32Array>> {
  const session = await openSession(graph, { weightsDir, threads: 1, arithmetic });
  try {
    return await session.run(inputsOf(graph));
  } finally {
    await session.release();
  }
}

const elementTypes = (graph: Graph, { inputs }: GraphNode) => inputs.map((name) => (graph.types.get(name) ?? graph.initializers.get(name) ?? graph.inputs.find((input) => input.name === name))?.elementType);

describe.each(NETWORKS)('%s in 16 bits', (folder, build) => {
  const weightsDir = (): string => join(root, folder);
  const graphOf = (): Graph => {
    const weights = openWeights(weightsDir());
    try {
      return build(readConfig(join(weightsDir(), 'config.json')), weightsParameterSource(weights, weightsDir()));
    } finally {
      weights.close();
    }
  };

  it('gives the same but for rounding, in and out as 32 bits', async () => {
    const graph = graphOf();
    const [full, half] = [await outputs(graph, weightsDir(), 'float32'), await outputs(graph, weightsDir(), 'float16')];
    for (const [name, expected] of Object.entries(full)) {
      const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
      const error = expected.reduce((largest, value, index) => Math.max(largest, Math.abs(value - half[name]![index]!)), 0);
      if (process.env['MOTIF_SHOW_ERRORS'] !== undefined) process.stdout.write(`${folder} ${name}: ${(error / scale).toExponential(2)}\n`);
      expect(error / scale).toBeLessThan(TOLERANCE);
      // Really computed otherwise.
      expect(error).toBeGreaterThan(0);
    }
  });

  it('multiplies in 16 bits, norms and sums in 32, and widens no weight that is only multiplied', () => {
    const half = toHalfPrecision(graphOf());
    const of = (...opTypes: string[]) => half.nodes.filter(({ opType }) => opTypes.includes(opType));
    for (const node of of('InstanceNormalization', 'LayerNormalization', 'Softmax', 'ReduceMean', 'Sin', 'Cos')) expect(elementTypes(half, node)[0], node.name).toBe('float32');
    const products = of('Gemm', 'Conv', 'MultiHeadAttention');
    const inHalf = products.filter((node) => elementTypes(half, node)[0] === 'float16');
    expect(inHalf.length / products.length).toBeGreaterThan(0.8);
    // The stored bytes themselves are what is multiplied: no cast in between.
    for (const node of inHalf) if (node.opType !== 'MultiHeadAttention') expect(half.initializers.has(node.inputs[1]!), node.name).toBe(true);
    expect(half.outputs.every(({ elementType }) => elementType === 'float32')).toBe(true);
  });
});

it('takes graphs with every hook, and with weights that are given anew', () => {
  const pixel = buildUnet3d(parseUnet3dConfig(SMALL_PIXEL), clip, 'ort-cpu', null, { perFrameText: true, textAttention: true }).graph;
  const latent = buildUnet3d(parseUnet3dConfig(SMALL_LATENT), clip, 'ort-cpu', null, { anchorFrame: true }).graph;
  for (const graph of [pixel, latent]) {
    const half = toHalfPrecision(graph);
    expect(half.inputs).toEqual(graph.inputs);
    expect(half.outputs).toEqual(graph.outputs);
    expect(half.nodes.filter(({ opType }) => opType === 'Cast').length).toBeGreaterThan(10);
  }
});
