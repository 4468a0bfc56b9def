import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../../src-main/engine/nn/clip-text.ts';
import { buildT5Encoder, parseT5Config } from '../../src-main/engine/nn/t5-encoder.ts';
import { isImageUnet, parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import type { Graph } from '../../src-main/engine/onnx/graph.ts';
import { writeRandomCheckpoint } from '../engine/weights/random-checkpoint.ts';
import type { CheckpointTensor } from '../engine/weights/torch-checkpoint-writer.ts';

/** Folders named and laid out as the hub has them, with tiny networks of random weights. */
const TEXT_WIDTH = 16;
const tokenizers = join(import.meta.dirname, '../fixtures/tokenizers');

const pixel = {
  in_channels: 3, out_channels: 6, block_out_channels: [32, 32], layers_per_block: 1, norm_num_groups: 8, act_fn: 'gelu', sample_size: 64,
  down_block_types: ['ResnetDownsampleBlock3D', 'SimpleCrossAttnDownBlock3D'], up_block_types: ['SimpleCrossAttnUpBlock3D', 'ResnetUpsampleBlock3D'],
  mid_block_type: 'UNetMidBlock3DSimpleCrossAttn', attention_head_dim: 8, cross_attention_dim: 32, cross_attention_norm: 'group_norm', encoder_hid_dim: TEXT_WIDTH,
  encoder_hid_dim_type: 'text_proj', addition_embed_type: 'text', addition_embed_type_num_heads: 2, resnet_time_scale_shift: 'scale_shift', transfromer_in_opt: false,
};
const superResolution = { ...pixel, in_channels: 6, class_embed_type: 'timestep', resnet_skip_time_act: true, resnet_out_scale_factor: 1.41422712, time_embedding_act_fn: 'gelu' };
const image = {
  ...superResolution, down_block_types: ['ResnetDownsampleBlock2D', 'SimpleCrossAttnDownBlock2D'], up_block_types: ['SimpleCrossAttnUpBlock2D', 'ResnetUpsampleBlock2D'], mid_block_type: 'UNetMidBlock2DSimpleCrossAttn',
};
const latent = {
  _class_name: 'UNet3DConditionModel', in_channels: 4, out_channels: 4, block_out_channels: [32, 32], layers_per_block: 1, norm_num_groups: 8, attention_head_dim: 8, cross_attention_dim: TEXT_WIDTH, sample_size: 8,
  down_block_types: ['CrossAttnDownBlock3D', 'DownBlock3D'], up_block_types: ['UpBlock3D', 'CrossAttnUpBlock3D'],
};
const vae = { block_out_channels: [8, 8, 8, 8], layers_per_block: 1, norm_num_groups: 4, latent_channels: 4, scaling_factor: 0.5 };
const t5 = { model_type: 't5', architectures: ['T5EncoderModel'], vocab_size: 1100, d_model: TEXT_WIDTH, d_kv: 8, d_ff: 16, num_layers: 1, num_heads: 2, feed_forward_proj: 'gated-gelu' };
const clip = { model_type: 'clip_text_model', architectures: ['CLIPTextModel'], vocab_size: 900, hidden_size: TEXT_WIDTH, intermediate_size: 32, num_hidden_layers: 1, num_attention_heads: 2, max_position_embeddings: 77, hidden_act: 'gelu' };
const cosine = { _class_name: 'DPMSolverMultistepScheduler', beta_schedule: 'squaredcos_cap_v2', thresholding: true, dynamic_thresholding_ratio: 0.95, sample_max_value: 1.5, lambda_min_clipped: -5.1 };

const INPUTS = new Set(['sample', 'timestep', 'encoder_hidden_states', 'class_labels', 'latents', 'input_ids', 'attention_mask']);
const parameters = (...graphs: readonly Graph[]): CheckpointTensor[] => [...new Map(graphs.flatMap(({ inputs }) => inputs).filter(({ name }) => !INPUTS.has(name)).map((input) => [input.name, input])).values()];

function writeJson(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

/** Weights in one file or in two shards with their index. */
function writeWeights(path: string, tensors: readonly CheckpointTensor[], sharded = false): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!sharded) {
    writeRandomCheckpoint(path, tensors);
    return;
  }
  const extension = path.endsWith('.bin') ? '.bin' : '.safetensors';
  const stem = basename(path, extension);
  const half = Math.ceil(tensors.length / 2);
  const shards = [tensors.slice(0, half), tensors.slice(half)].map((held, index) => ({ name: `${stem}-0000${index + 1}-of-00002${extension}`, held }));
  for (const { name, held } of shards) writeRandomCheckpoint(join(dirname(path), name), held);
  writeJson(`${path}.index.json`, { metadata: {}, weight_map: Object.fromEntries(shards.flatMap(({ name, held }) => held.map((tensor) => [tensor.name, name]))) });
}

function writeUnet(folder: string, config: object, file: string): void {
  const parsed = parseUnet3dConfig(config);
  writeJson(join(folder, 'unet/config.json'), config);
  const { graph } = buildUnet3d(parsed, { batch: 1, frames: isImageUnet(parsed) ? 1 : 2, height: 8, width: 8, tokens: 2 }, 'portable', null);
  writeWeights(join(folder, 'unet', file), parameters(graph));
}

function copyTokenizer(kind: 't5' | 'clip', folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(tokenizers, kind))) copyFileSync(join(tokenizers, kind, name), join(folder, name));
}

/** T5 in two pickled shards, with SentencePiece's own file, as Show-1's pixel repositories carry it. */
export function writeT5(folder: string, sizes: Partial<typeof t5> = {}): void {
  const config = { ...t5, ...sizes };
  writeJson(join(folder, 'text_encoder/config.json'), config);
  writeWeights(join(folder, 'text_encoder/pytorch_model.bin'), parameters(buildT5Encoder(parseT5Config(config), { batch: 1, tokens: 2 }, 'portable', null).graph), true);
  copyTokenizer('t5', join(folder, 'tokenizer'));
}

/** A whole T5 as its publisher lays it out: both halves, one network at the root. */
export function writeBareT5(folder: string): void {
  const config = { ...t5, architectures: ['T5ForConditionalGeneration'] };
  writeJson(join(folder, 'config.json'), config);
  const encoder = parameters(buildT5Encoder(parseT5Config(config), { batch: 1, tokens: 2 }, 'portable', null).graph);
  writeWeights(join(folder, 'pytorch_model.bin'), [...encoder, { name: 'decoder.final_layer_norm.weight', shape: [TEXT_WIDTH] }, { name: 'lm_head.weight', shape: [t5.vocab_size, TEXT_WIDTH] }]);
  copyTokenizer('t5', folder);
}

/** A whole CLIP as its publisher lays it out: text and picture halves in one file, configuration of both. */
export function writeBareClip(folder: string): void {
  const { model_type: _type, architectures: _architectures, ...text } = clip;
  writeJson(join(folder, 'config.json'), { model_type: 'clip', architectures: ['CLIPModel'], text_config: text, vision_config: { hidden_size: 8 } });
  const encoder = parameters(buildClipText(parseClipTextConfig(clip), { batch: 1, tokens: 2 }, 'portable', null).graph);
  writeWeights(join(folder, 'model.safetensors'), [...encoder, { name: 'logit_scale', shape: [1] }, { name: 'vision_model.embeddings.class_embedding', shape: [8] }, { name: 'visual_projection.weight', shape: [TEXT_WIDTH, 8] }]);
  copyTokenizer('clip', folder);
}

/** An autoencoder alone, one network at the root. */
export function writeBareAutoencoder(folder: string): void {
  writeJson(join(folder, 'config.json'), { _class_name: 'AutoencoderKL', ...vae });
  const parsed = parseAutoencoderConfig(vae);
  const size = { batch: 1, height: 16, width: 16 };
  writeWeights(join(folder, 'diffusion_pytorch_model.bin'), parameters(buildAutoencoderEncoder(parsed, size, 'portable', null).graph, buildAutoencoderDecoder(parsed, { ...size, height: 2, width: 2 }, 'portable', null).graph));
}

function writeLatentParts(folder: string): void {
  writeBareAutoencoder(join(folder, 'vae'));
  writeJson(join(folder, 'text_encoder/config.json'), clip);
  writeWeights(join(folder, 'text_encoder/model.safetensors'), parameters(buildClipText(parseClipTextConfig(clip), { batch: 1, tokens: 2 }, 'portable', null).graph));
  copyTokenizer('clip', join(folder, 'tokenizer'));
  writeJson(join(folder, 'scheduler/scheduler_config.json'), { ...cosine, beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012, thresholding: false, lambda_min_clipped: null });
}

/** One repository of the family in `root`, under its name on the hub. */
export const HUB_FOLDERS = {
  'show-1-base': (folder: string) => {
    writeUnet(folder, pixel, 'diffusion_pytorch_model.bin');
    writeT5(folder);
    writeJson(join(folder, 'scheduler/scheduler_config.json'), cosine);
    writeJson(join(folder, 'model_index.json'), { _class_name: 'TextToVideoIFPipeline', _diffusers_version: '0.18.2' });
  },
  'show-1-interpolation': (folder: string) => {
    writeUnet(folder, { ...pixel, in_channels: 7 }, 'diffusion_pytorch_model.safetensors');
    writeJson(join(folder, 'scheduler/scheduler_config.json'), cosine);
  },
  'show-1-sr1': (folder: string) => {
    writeUnet(folder, superResolution, 'diffusion_pytorch_model.fp16.bin');
    writeT5(folder);
    writeJson(join(folder, 'scheduler/scheduler_config.json'), { ...cosine, prediction_type: 'v_prediction', sample_max_value: 1 });
    writeJson(join(folder, 'image_noising_scheduler/scheduler_config.json'), { _class_name: 'DDPMScheduler', beta_schedule: 'squaredcos_cap_v2' });
  },
  'show-1-sr2': (folder: string) => {
    writeUnet(folder, latent, 'diffusion_pytorch_model.bin');
    writeLatentParts(folder);
    writeJson(join(folder, 'model_index.json'), { _class_name: 'VideoToVideoSDPipeline' });
  },
  'IF-II-L-v1.0': (folder: string) => {
    writeUnet(folder, image, 'diffusion_pytorch_model.safetensors');
    writeJson(join(folder, 'scheduler/scheduler_config.json'), { _class_name: 'DDPMScheduler', beta_schedule: 'squaredcos_cap_v2', variance_type: 'learned_range', thresholding: true, dynamic_thresholding_ratio: 0.95, sample_max_value: 1 });
  },
  'zeroscope_v2_576w': (folder: string) => {
    writeUnet(folder, latent, 'diffusion_pytorch_model.bin');
    writeLatentParts(folder);
    writeJson(join(folder, 'model_index.json'), { _class_name: 'TextToVideoSDPipeline' });
  },
} as const;
export type HubFolder = keyof typeof HUB_FOLDERS;

/** Writes repositories into `root`; returns `root`. */
export function writeHubFolders(root: string, names: readonly HubFolder[] = Object.keys(HUB_FOLDERS) as HubFolder[]): string {
  for (const name of names) HUB_FOLDERS[name](join(root, name));
  return root;
}
