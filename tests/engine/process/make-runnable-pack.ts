import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../../src-main/engine/nn/autoencoder-kl.ts';
import { buildT5Encoder, parseT5Config } from '../../../src-main/engine/nn/t5-encoder.ts';
import { buildUnet3d } from '../../../src-main/engine/nn/unet3d.ts';
import { parseUnet3dConfig } from '../../../src-main/engine/nn/unet3d-config.ts';
import type { Graph } from '../../../src-main/engine/onnx/graph.ts';
import { createNoise } from '../../../src-main/engine/random/noise.ts';
import { writeSafetensors } from '../../../src-main/engine/weights/safetensors-writer.ts';
import type { TensorToWrite } from '../../../src-main/engine/weights/safetensors-writer.ts';

const TEXT_WIDTH = 16;

const pixelUnet = {
  in_channels: 3, out_channels: 6, block_out_channels: [32, 32], layers_per_block: 1, norm_num_groups: 8, act_fn: 'gelu',
  down_block_types: ['ResnetDownsampleBlock3D', 'SimpleCrossAttnDownBlock3D'], up_block_types: ['SimpleCrossAttnUpBlock3D', 'ResnetUpsampleBlock3D'],
  mid_block_type: 'UNetMidBlock3DSimpleCrossAttn', attention_head_dim: 8, cross_attention_dim: 32, cross_attention_norm: 'group_norm',
  encoder_hid_dim: TEXT_WIDTH, encoder_hid_dim_type: 'text_proj', addition_embed_type: 'text', addition_embed_type_num_heads: 2,
  resnet_time_scale_shift: 'scale_shift', transfromer_in_opt: false, use_linear_projection: false,
};
const latentUnet = {
  in_channels: 4, out_channels: 4, block_out_channels: [32, 32], layers_per_block: 1, norm_num_groups: 8, act_fn: 'silu',
  down_block_types: ['CrossAttnDownBlock3D', 'DownBlock3D'], up_block_types: ['UpBlock3D', 'CrossAttnUpBlock3D'],
  mid_block_type: 'UNetMidBlock3DCrossAttn', attention_head_dim: [2, 4], cross_attention_dim: TEXT_WIDTH, transfromer_in_opt: false, use_linear_projection: true,
};
const vae = { block_out_channels: [8, 8], layers_per_block: 1, norm_num_groups: 4, latent_channels: 4, scaling_factor: 0.5 };
const text = { model_type: 't5', vocab_size: 8, d_model: TEXT_WIDTH, d_kv: 8, d_ff: 16, num_layers: 1, num_heads: 2, feed_forward_proj: 'gated-gelu' };
const solver = { _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'squaredcos_cap_v2', thresholding: true, sample_max_value: 1.5, dynamic_thresholding_ratio: 0.95, lambda_min_clipped: -5.1 };

/** Sizes of the pack: 3 key frames of 8 x 16 become 9 frames of 32 x 64. */
export const TINY_SIZES = {
  keyframes: { frames: 3, width: 16, height: 8 },
  interpolation: { frames: 9, width: 16, height: 8, window: 5, stride: 4 },
  superResolution1: { frames: 9, width: 32, height: 16, window: 5, stride: 4 },
  superResolution2: { frames: 9, width: 64, height: 32 },
};

/** Random weights under the names and shapes that the graph asks for when it is built without weights. */
function randomWeights(graphs: readonly Graph[], seed: string): Uint8Array {
  const tensors = new Map<string, TensorToWrite>();
  const data = new Set(['sample', 'timestep', 'encoder_hidden_states', 'class_labels', 'latents', 'input_ids', 'attention_mask']);
  for (const graph of graphs) {
    for (const { name, shape } of graph.inputs) {
      if (data.has(name)) continue;
      const count = shape.reduce((a, b) => a * b, 1);
      const spread = 1 / Math.sqrt(Math.max(count / (shape[0] ?? 1), 1));
      const isNorm = /norm|layer_norm/.test(name) && name.endsWith('weight');
      tensors.set(name, { data: createNoise(1).fork(seed).fork(name).normal(count).map((x) => (isNorm ? 1 + x * 0.1 : x * spread)), shape, dtype: 'F16' });
    }
  }
  return writeSafetensors(tensors);
}

/** Writes a complete pack with random weights, small enough to run all four stages in seconds. */
export function writeRunnablePack(dir: string): void {
  const write = (path: string, content: object | Uint8Array): void => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), content instanceof Uint8Array ? content : JSON.stringify(content));
  };
  const unet = (stage: string, config: object): void => {
    const shape = { batch: 1, frames: 2, height: 8, width: 8, tokens: 6 };
    write(`${stage}/unet/config.json`, config);
    write(`${stage}/unet/diffusion_pytorch_model.safetensors`, randomWeights([buildUnet3d(parseUnet3dConfig(config), shape, 'portable', null).graph], stage));
  };
  unet('keyframes', pixelUnet);
  unet('interpolation', { ...pixelUnet, in_channels: 7 });
  unet('super_resolution_1', { ...pixelUnet, in_channels: 6, class_embed_type: 'timestep' });
  unet('super_resolution_2', latentUnet);
  for (const stage of ['keyframes', 'interpolation']) write(`${stage}/scheduler/scheduler_config.json`, solver);
  write('super_resolution_1/scheduler/scheduler_config.json', { ...solver, prediction_type: 'v_prediction', sample_max_value: 1 });
  write('super_resolution_2/scheduler/scheduler_config.json', { ...solver, beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012, thresholding: false, lambda_min_clipped: null });
  const image = { batch: 1, height: 16, width: 16 };
  const vaeConfig = parseAutoencoderConfig(vae);
  write('super_resolution_2/vae/config.json', vae);
  write('super_resolution_2/vae/diffusion_pytorch_model.safetensors', randomWeights([buildAutoencoderEncoder(vaeConfig, image, 'portable', null).graph, buildAutoencoderDecoder(vaeConfig, image, 'portable', null).graph], 'vae'));
  write('text_encoder/config.json', text);
  write('text_encoder/model.safetensors', randomWeights([buildT5Encoder(parseT5Config(text), { batch: 1, tokens: 6 }, 'portable', null).graph], 'text'));
  const words = ['<pad>', '</s>', '<unk>', 'a', 'red', 'fish', 'blue', 'bird'];
  const end = { SpecialToken: { id: '</s>', type_id: 0 } };
  write('tokenizer/tokenizer.json', {
    version: '1.0', truncation: null, padding: null, normalizer: null, pre_tokenizer: { type: 'WhitespaceSplit' }, decoder: null,
    added_tokens: words.slice(0, 3).map((content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true })),
    post_processor: { type: 'TemplateProcessing', single: [{ Sequence: { id: 'A', type_id: 0 } }, end], pair: [{ Sequence: { id: 'A', type_id: 0 } }, end], special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } } },
    model: { type: 'WordLevel', vocab: Object.fromEntries(words.map((word, id) => [word, id])), unk_token: '<unk>' },
  });
  const settings = (stage: string, numInferenceSteps: number, extra = {}): object => ({ stage, numInferenceSteps, guidanceScale: 3, ...extra });
  const all = [settings('keyframes', 4), settings('interpolation', 2), settings('superResolution1', 2), settings('superResolution2', 5, { strength: 0.6 })];
  write('model_index.json', {
    _class_name: 'MotifCascade', format: 1, id: 'tiny', name: 'Tiny', version: '1', licence: 'Apache-2.0',
    stages: { keyframes: 'keyframes', interpolation: 'interpolation', superResolution1: 'super_resolution_1', superResolution2: 'super_resolution_2' },
    sizes: TINY_SIZES, promptTokens: 6, output: { keyframes: 3, frames: 9, width: 64, height: 32, frameRate: { num: 8, den: 1 } },
    presets: { draft: all.slice(0, 1), standard: all, final: all },
  });
}
