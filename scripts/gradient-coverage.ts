/**
 * Lists the operators of a model that have no gradient rule, so that one knows before training what can be trained.
 *
 *   node scripts/gradient-coverage.ts MODEL_FOLDER|GRAPH.onnx
 *
 * A folder is a model in diffusers layout or a pack with several: every config.json of a known model below it is built.
 * Exit code 1 when a rule is missing or a model cannot be read.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../src-shared/errors/studio-error.ts';
import { gradientCoverage } from '../src-main/engine/autodiff/gradient-coverage.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../src-main/engine/nn/autoencoder-kl.ts';
import { buildClipText, parseClipTextConfig } from '../src-main/engine/nn/clip-text.ts';
import { buildT5Encoder, parseT5Config } from '../src-main/engine/nn/t5-encoder.ts';
import { parseUnet3dConfig } from '../src-main/engine/nn/unet3d-config.ts';
import { buildUnet3d } from '../src-main/engine/nn/unet3d.ts';
import { decodeModel } from '../src-main/engine/onnx/model-decode.ts';
import type { Graph } from '../src-main/engine/onnx/graph.ts';

/** Which operators a model has does not depend on these sizes. */
const SHAPE = { batch: 1, frames: 2, height: 64, width: 64, tokens: 4 };

function graphsOf(folder: string): [string, Graph][] {
  const path = join(folder, 'config.json');
  if (!existsSync(path)) return [];
  const json = JSON.parse(readFileSync(path, 'utf8')) as { _class_name?: string; architectures?: string[] };
  switch (json._class_name ?? json.architectures?.[0]) {
    case 'UNet3DConditionModel': return [[path, buildUnet3d(parseUnet3dConfig(json, path), SHAPE, 'portable', null).graph]];
    case 'T5EncoderModel': return [[path, buildT5Encoder(parseT5Config(json, path), SHAPE, 'portable', null).graph]];
    case 'CLIPTextModel': return [[path, buildClipText(parseClipTextConfig(json, path), SHAPE, 'portable', null).graph]];
    case 'AutoencoderKL': {
      const config = parseAutoencoderConfig(json, path);
      return [[`${path} (encoder)`, buildAutoencoderEncoder(config, SHAPE, 'portable', null).graph], [`${path} (decoder)`, buildAutoencoderDecoder(config, SHAPE, 'portable', null).graph]];
    }
  }
  return [];
}

function modelsBelow(folder: string): [string, Graph][] {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name)).sort();
  return [...graphsOf(folder), ...below.flatMap(modelsBelow)];
}

try {
  const [path, ...rest] = process.argv.slice(2);
  if (path === undefined || rest.length > 0 || path.startsWith('-')) throw new StudioError('INVALID_INPUT', 'Usage: node scripts/gradient-coverage.ts MODEL_FOLDER|GRAPH.onnx');
  if (!existsSync(path)) throw new StudioError('INVALID_INPUT', `${path} does not exist. Give a model folder or an .onnx file.`);
  const models: [string, Graph][] = statSync(path).isDirectory() ? modelsBelow(path) : [[path, decodeModel(readFileSync(path))]];
  if (models.length === 0) throw new StudioError('INVALID_INPUT', `${path} has no model with a known config.json. Give a folder in diffusers layout or an .onnx file.`);
  for (const [name, graph] of models) {
    const operators = gradientCoverage(graph);
    const without = operators.filter(({ support }) => support === 'missing' || support === 'forbidden');
    process.stdout.write(`${name}: ${operators.length} operators, ${without.length} without a gradient rule\n`);
    for (const { opType, support, nodes, example } of without) process.stdout.write(`  ${opType} (${support}): ${nodes} nodes, the first is "${example}"\n`);
    if (without.length > 0) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${StudioError.from(error).message}\n`);
  process.exitCode = 1;
}
