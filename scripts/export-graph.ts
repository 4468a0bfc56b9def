/**
 * Writes a model's forward graph without weights, for training elsewhere: every parameter is a graph input named as in the
 * state dict, after the data inputs.
 *
 * Kinds: unet3d, t5-encoder, clip-text, vae-encoder, vae-decoder.
 *
 *   node scripts/export-graph.ts --kind unet3d --config CONFIG.json --batch 1 --frames 8 --height 40 --width 64 --tokens 77 --out graph.onnx
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { StudioError } from '../src-shared/errors/studio-error.ts';
import { encodeModel } from '../src-main/engine/onnx/model-encode.ts';
import type { Graph } from '../src-main/engine/onnx/graph.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../src-main/engine/nn/clip-text.ts';
import { buildT5Encoder, parseT5Config } from '../src-main/engine/nn/t5-encoder.ts';
import { parseUnet3dConfig } from '../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../src-main/engine/nn/unet3d.ts';

const KINDS = ['unet3d', 't5-encoder', 'clip-text', 'vae-encoder', 'vae-decoder'] as const;

const { values } = parseArgs({
  options: {
    kind: { type: 'string' }, config: { type: 'string' }, out: { type: 'string' },
    batch: { type: 'string', default: '1' }, frames: { type: 'string', default: '8' },
    height: { type: 'string', default: '40' }, width: { type: 'string', default: '64' }, tokens: { type: 'string', default: '77' },
  },
});

function size(name: 'batch' | 'frames' | 'height' | 'width' | 'tokens'): number {
  const value = Number(values[name]);
  if (!Number.isInteger(value) || value < 1) throw new StudioError('INVALID_INPUT', `--${name} must be a whole number of at least 1, not "${values[name]}".`);
  return value;
}

function build(kind: string | undefined, json: unknown, origin: string): Graph {
  const shape = { batch: size('batch'), frames: size('frames'), height: size('height'), width: size('width'), tokens: size('tokens') };
  switch (kind) {
    case 'unet3d': return buildUnet3d(parseUnet3dConfig(json, origin), shape, 'portable', null).graph;
    case 't5-encoder': return buildT5Encoder(parseT5Config(json, origin), shape, 'portable', null).graph;
    case 'clip-text': return buildClipText(parseClipTextConfig(json, origin), shape, 'portable', null).graph;
    // Frames are the autoencoder's batch; height and width are those of its input (pixels to encode, latents to decode).
    case 'vae-encoder': return buildAutoencoderEncoder(parseAutoencoderConfig(json, origin), shape, 'portable', null).graph;
    case 'vae-decoder': return buildAutoencoderDecoder(parseAutoencoderConfig(json, origin), shape, 'portable', null).graph;
  }
  throw new StudioError('INVALID_INPUT', `--kind must be one of ${KINDS.join(', ')}, not "${kind ?? ''}".`);
}

try {
  if (values.config === undefined || values.out === undefined) throw new StudioError('INVALID_INPUT', 'Give --config CONFIG.json and --out graph.onnx.');
  const graph = build(values.kind, JSON.parse(readFileSync(values.config, 'utf8')), values.config);
  const bytes = encodeModel(graph);
  writeFileSync(values.out, bytes);
  process.stdout.write(`${values.out}: ${graph.nodes.length} nodes, ${graph.inputs.length} inputs, ${bytes.byteLength} bytes\n`);
} catch (error) {
  process.stderr.write(`${StudioError.from(error).message}\n`);
  process.exitCode = 1;
}
