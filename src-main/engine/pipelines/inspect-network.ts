import { basename, join } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { networkKind } from '../../../src-shared/pack/network-kind.ts';
import type { NetworkKind } from '../../../src-shared/pack/network-kind.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../nn/clip-text.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../nn/t5-encoder.ts';
import { isImageUnet, parseUnet3dConfig } from '../nn/unet3d-config.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';
import { readConfig } from './open-pack.ts';

/** What the headers of one network's folder say. */
export interface InspectedNetwork {
  readonly tensors: number;
  readonly parameters: number;
  readonly format: 'safetensors' | 'pickle';
  /** Absolute paths of the weight files, and of the shards' index where there is one. */
  readonly files: readonly string[];
}

/** What a folder of a pipeline holds where its configuration names no class that is known. */
const KIND_OF_FOLDER: Readonly<Record<string, NetworkKind>> = { unet: 'unet', vae: 'autoencoder', text_encoder: 't5' };

/** Tensors that no layer asked for. Building the graph is what finds missing ones and wrong shapes. */
function unusedTensors(folder: string, weights: WeightsIndex): readonly string[] {
  const path = join(folder, 'config.json');
  const json = readConfig(path);
  const source = weightsParameterSource(weights, folder);
  switch (networkKind(json) ?? KIND_OF_FOLDER[basename(folder)]) {
    case 'unet': {
      const config = parseUnet3dConfig(json, path);
      const edge = 2 ** (config.block_out_channels.length - 1);
      const frames = isImageUnet(config) ? 1 : 2;
      return buildUnet3d(config, { batch: 1, frames, height: edge, width: edge, tokens: 2 }, 'ort-cpu', source).unused;
    }
    case 'autoencoder': {
      const config = parseAutoencoderConfig(json, path);
      const edge = 2 ** config.block_out_channels.length;
      const encoder = buildAutoencoderEncoder(config, { batch: 1, height: edge, width: edge }, 'ort-cpu', source).unused;
      const decoder = new Set(buildAutoencoderDecoder(config, { batch: 1, height: 2, width: 2 }, 'ort-cpu', source).unused);
      return encoder.filter((name) => decoder.has(name));
    }
    case 'clip': return buildClipText(parseClipTextConfig(json, path), { batch: 1, tokens: 2 }, 'ort-cpu', source).unused;
    case 't5': return buildT5Encoder(parseT5Config(json, path), { batch: 1, tokens: 2 }, 'ort-cpu', source).unused;
    default: throw new StudioError('MODEL_INCOMPATIBLE', `${path} describes none of the networks that the studio runs: a UNet, an autoencoder, T5 or CLIP. Choose another model.`, { details: { file: path } });
  }
}

/**
 * Compares a network's weights with its configuration, from headers alone: every tensor that the architecture needs must be
 * there in its shape, and no tensor may be left over but the halves of whole models that are not used.
 */
export function inspectNetwork(folder: string): InspectedNetwork {
  const weights = openWeights(folder);
  try {
    const unused = unusedTensors(folder, weights);
    if (unused.length > 0) {
      throw new StudioError('MODEL_INCOMPATIBLE', `${folder}: config.json has no place for ${unused.length} tensors of the weights, the first is ${unused[0]}. Use the config.json that belongs to these weights.`, { details: { tensor: unused[0]! } });
    }
    const entries = [...weights.entries.values()];
    const files = [...new Set(entries.map(({ file }) => file))];
    return {
      tensors: entries.length,
      parameters: entries.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0),
      format: files.some((file) => file.endsWith('.bin')) ? 'pickle' : 'safetensors',
      files: [...(weights.indexFile === undefined ? [] : [weights.indexFile]), ...files].sort(),
    };
  } finally {
    weights.close();
  }
}
