import { join } from 'node:path';
import type { MemoryStep } from '../../../src-shared/pack/memory-plan.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { peakActivationBytes } from '../autodiff/liveness.ts';
import { buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../nn/autoencoder-kl.ts';
import type { BuiltModel } from '../nn/built-model.ts';
import { buildClipText, parseClipTextConfig } from '../nn/clip-text.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import type { ParameterSource } from '../nn/parameter-source.ts';
import { buildT5Encoder, parseT5Config } from '../nn/t5-encoder.ts';
import { parseUnet3dConfig } from '../nn/unet3d-config.ts';
import type { Unet3dConfig } from '../nn/unet3d-config.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import { weightForms } from '../weights/int8-copy.ts';
import { openWeights } from '../weights/open-weights.ts';
import { readConfig } from './open-pack.ts';
import type { Pack } from './open-pack.ts';
import { isClipConfig } from './prompt-encoder.ts';
import { memoryHabits, pairsGuidance, residentBytes, sumBytes, weightBytesOf } from './memory-habits.ts';
import { drawsInTiles, unetSize } from './stage-runner.ts';
import { latentTiles, unetTiles } from './tiled-models.ts';
import { tileSize } from './tiles.ts';

const FLOAT_BYTES = 4;
/** What widened weights and packed copies of the layers at hand take where weights stay in their file; measured on Show-1's keyframe model. */
const WIDENING_BYTES = 2 ** 30;

/** A step with what its session holds on to between runs, in bytes. */
interface HeldStep {
  readonly step: MemoryStep;
  readonly heldBytes: number;
}

/** One network's step, from its headers and configuration alone. `build` emits the graph that will run; `beside`: what other sessions hold meanwhile. */
function stepOf(stage: StageName, part: MemoryStep['part'], weightsDir: string, build: (config: unknown, source: ParameterSource) => BuiltModel, beside = 0): HeldStep {
  const weights = openWeights(weightsDir);
  try {
    const config = readConfig(join(weightsDir, 'config.json'));
    const { graph } = build(config, weightsParameterSource(weights, weightsDir));
    const used = [...graph.initializers.keys()].flatMap((name) => weights.entries.get(name) ?? []);
    const counts = used.map(({ shape }) => shape.reduce((product, dim) => product * dim, 1));
    const weightBytes = used.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const weightsStayInFile = memoryHabits(sumBytes(weights)).keepStoredWeights === true;
    // Widened weights live as long as the session.
    const held = weightsStayInFile ? WIDENING_BYTES : FLOAT_BYTES * counts.reduce((sum, count) => sum + count, 0);
    const activationBytes = peakActivationBytes(graph);
    const int8Bytes = part === 'text' && !isClipConfig(config) ? weightForms(graph, weights).int8Bytes : null;
    return { heldBytes: held, step: { stage, part, weightBytes, int8Bytes, weightsStayInFile, activationBytes, needBytes: residentBytes(held + beside, activationBytes) } };
  } finally {
    weights.close();
  }
}

/** What a stage loads, in the order in which it does. */
function stageSteps(pack: Pack, stage: StageName, { tiles, inScene }: MemoryWish): MemoryStep[] {
  const folder = pack.stageFolder(stage);
  const { width, height } = pack.stageSize(stage);
  const tokens = pack.index.promptTokens;
  const vae = pack.vaeFolder(stage);
  const inner = unetSize(pack, stage, inScene);
  const textShape = { batch: 1, tokens };
  const tile = <Size extends { readonly width: number; readonly height: number }>(config: Unet3dConfig, size: Size): Size => (drawsInTiles(stage) ? { ...size, ...tileSize(unetTiles(config, size, tiles, vae !== null)) } : size);
  const unet = (place: string, size: { frames: number; width: number; height: number }, part: 'unet' | 'firstFrame', beside = 0) =>
    stepOf(stage, part, join(place, 'unet'), (json, source) => {
      const config = parseUnet3dConfig(json);
      return buildUnet3d(config, { batch: part === 'unet' && pairsGuidance(size, weightBytesOf(join(place, 'unet'))) ? 2 : 1, ...tile(config, size), tokens }, 'ort-cpu', source);
    }, beside);
  const text = stepOf(stage, 'text', pack.text(stage).encoder, (config, source) =>
    isClipConfig(config) ? buildClipText(parseClipTextConfig(config), textShape, 'ort-cpu', source) : buildT5Encoder(parseT5Config(config), textShape, 'ort-cpu', source));
  // The stage's own model stays while the others do their part.
  const { step: main, heldBytes } = unet(folder, inner, 'unet');
  const steps = [text.step, main];
  if (stage === 'superResolution1' && pack.firstFrameFolder !== null) steps.push(unet(pack.firstFrameFolder, { frames: 1, width, height }, 'firstFrame', heldBytes).step);
  if (vae !== null) {
    const latent = tileSize(latentTiles(inner, tiles));
    const pixels = { width: (latent.width * width) / inner.width, height: (latent.height * height) / inner.height };
    if (stage === 'superResolution2') steps.push(stepOf(stage, 'encoder', vae, (config, source) => buildAutoencoderEncoder(parseAutoencoderConfig(config), { batch: 1, ...pixels }, 'ort-cpu', source), heldBytes).step);
    steps.push(stepOf(stage, 'decoder', vae, (config, source) => buildAutoencoderDecoder(parseAutoencoderConfig(config), { batch: 1, ...latent }, 'ort-cpu', source), heldBytes).step);
  }
  return steps;
}

/** How stages will run, where that is not as a whole clip: decoding and enlarging in tiles, or as parts of a scene. */
export interface MemoryWish {
  readonly tiles: TileCount;
  readonly inScene: boolean;
}

/** What each model of these stages will take on the processor, with guidance. An encoder that serves several stages is told once: its texts are kept. */
export function planMemory(pack: Pack, stages: readonly StageName[], wish: MemoryWish = { tiles: 1, inScene: false }): MemoryStep[] {
  const texts = new Set<string>();
  return stages.flatMap((stage) => {
    const { encoder } = pack.text(stage);
    const isKnown = texts.has(encoder);
    texts.add(encoder);
    return stageSteps(pack, stage, wish).filter(({ part }) => part !== 'text' || !isKnown);
  });
}
