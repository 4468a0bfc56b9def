import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../../src-main/engine/nn/clip-text.ts';
import type { NetworkKind } from '../../src-shared/pack/network-kind.ts';
import { buildT5Encoder, parseT5Config } from '../../src-main/engine/nn/t5-encoder.ts';
import { isImageUnet, parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import type { Value } from '../../src-main/engine/onnx/graph.ts';
import { readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import { writeSafetensors } from '../../src-main/engine/weights/safetensors-writer.ts';

/** `hashed-weights.json` beside a `config.json`: the weights follow from names and a seed; tests/fixtures/parity/hashed_weights.py says how. */
const HashedWeights = z.object({ seed: z.number().int().min(0).max(0xffff_ffff), tensors: z.number().int(), parameters: z.number().int() });

/** The values of one tensor, bit for bit what hashed_weights.py makes. */
export function hashedTensor(name: string, shape: readonly number[], seed: number): Float32Array {
  let key = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) key = Math.imul(key ^ byte, 0x01000193);
  key ^= seed;
  const count = shape.reduce((product, dim) => product * dim, 1);
  const scale = shape.length > 1 ? Math.sqrt((3 * (shape[0] ?? 1)) / count) : 1 / 8;
  const offset = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
  return Float32Array.from({ length: count }, (_, index) => {
    let bits = (key + Math.imul(index, 0x9e3779b9)) | 0;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    bits ^= bits >>> 16;
    return ((bits >>> 8) / 2 ** 23 - 1) * scale + offset;
  });
}

/** Every parameter of a network with its official shape: what its graph asks for when it has no weights. */
function parametersOf(kind: NetworkKind, config: unknown): readonly Value[] {
  const data = new Set(['sample', 'timestep', 'encoder_hidden_states', 'class_labels', 'latents', 'input_ids', 'attention_mask']);
  const graphs = (() => {
    switch (kind) {
      case 'unet': {
        const parsed = parseUnet3dConfig(config);
        const edge = 2 ** parsed.block_out_channels.length;
        return [buildUnet3d(parsed, { batch: 1, frames: isImageUnet(parsed) ? 1 : 2, height: edge, width: edge, tokens: 2 }, 'portable', null).graph];
      }
      case 'autoencoder': {
        const parsed = parseAutoencoderConfig(config);
        const edge = 2 ** parsed.block_out_channels.length;
        return [buildAutoencoderEncoder(parsed, { batch: 1, height: edge, width: edge }, 'portable', null).graph, buildAutoencoderDecoder(parsed, { batch: 1, height: 2, width: 2 }, 'portable', null).graph];
      }
      case 't5': return [buildT5Encoder(parseT5Config(config), { batch: 1, tokens: 2 }, 'portable', null).graph];
      case 'clip': return [buildClipText(parseClipTextConfig(config), { batch: 1, tokens: 2 }, 'portable', null).graph];
    }
  })();
  return [...new Map(graphs.flatMap(({ inputs }) => inputs).filter(({ name }) => !data.has(name)).map((input) => [input.name, input])).values()];
}

/** Calls `work` with a folder that holds the network's weights: `dir` itself, or a temporary one where they follow from a hash. */
export async function withStoredWeights<T>(dir: string, kind: NetworkKind, config: unknown, work: (networkDir: string) => Promise<T>): Promise<T> {
  const path = join(dir, 'hashed-weights.json');
  if (!existsSync(path)) return work(dir);
  const { seed, tensors, parameters } = HashedWeights.parse(readConfig(path));
  const found = parametersOf(kind, config);
  const counted = found.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
  if (found.length !== tensors || counted !== parameters) {
    throw new StudioError('MODEL_INCOMPATIBLE', `${path} speaks of ${tensors} tensors with ${parameters} parameters; the graph has ${found.length} with ${counted}.`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'motif-parity-'));
  try {
    copyFileSync(join(dir, 'config.json'), join(folder, 'config.json'));
    const values = new Map(found.map(({ name, shape }) => [name, { data: hashedTensor(name, shape, seed), shape }]));
    writeFileSync(join(folder, kind === 't5' || kind === 'clip' ? 'model.safetensors' : 'diffusion_pytorch_model.safetensors'), writeSafetensors(values));
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
