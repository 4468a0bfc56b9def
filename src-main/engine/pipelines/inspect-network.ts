import { basename, join } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../nn/clip-text.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../nn/t5-encoder.ts';
import { isImageUnet, parseUnet3dConfig } from '../nn/unet3d-config.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import { openWeights } from '../weights/open-weights.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';
import { readConfig } from './open-pack.ts';
import { isClipConfig } from './prompt-encoder.ts';

/** What the headers of one network's folder say. */
export interface InspectedNetwork {
  readonly tensors: number;
  readonly parameters: number;
  readonly format: 'safetensors' | 'pickle';
  /** Absolute paths of the weight files, and of the shards' index where there is one. */
  readonly files: readonly string[];
}

/** Tensors that no layer asked for. Building the graph is what finds missing ones and wrong shapes. */
function unusedTensors(folder: string, weights: WeightsIndex): readonly string[] {
  const path = join(folder, 'config.json');
  const json = readConfig(path);
  const source = weightsParameterSource(weights, folder);
  switch (basename(folder)) {
    case 'unet': {
      const config = parseUnet3dConfig(json, path);
      const edge = 2 ** (config.block_out_channels.length - 1);
      const frames = isImageUnet(config) ? 1 : 2;
      return buildUnet3d(config, { batch: 1, frames, height: edge, width: edge, tokens: 2 }, 'ort-cpu', source).unused;
    }
    case 'vae': {
      const config = parseAutoencoderConfig(json, path);
      const edge = 2 ** config.block_out_channels.length;
      const encoder = buildAutoencoderEncoder(config, { batch: 1, height: edge, width: edge }, 'ort-cpu', source).unused;
      const decoder = new Set(buildAutoencoderDecoder(config, { batch: 1, height: 2, width: 2 }, 'ort-cpu', source).unused);
      return encoder.filter((name) => decoder.has(name));
    }
    case 'text_encoder':
      return isClipConfig(json)
        ? buildClipText(parseClipTextConfig(json, path), { batch: 1, tokens: 2 }, 'ort-cpu', source).unused
        : buildT5Encoder(parseT5Config(json, path), { batch: 1, tokens: 2 }, 'ort-cpu', source).unused;
    default: throw new StudioError('INTERNAL', `${folder} is not the folder of a network.`);
  }
}

/**
 * Compares a network's weights with its configuration, from headers alone: every tensor that the architecture needs must be
 * there in its shape, and no tensor may be left over. `folder` is named unet, vae or text_encoder.
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
