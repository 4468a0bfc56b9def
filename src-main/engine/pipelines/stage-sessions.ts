import { join } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { selectParameters } from '../autodiff/trainable-parameters.ts';
import { autoencoderFactor, buildAutoencoderDecoder, buildAutoencoderEncoder, parseAutoencoderConfig } from '../nn/autoencoder-kl.ts';
import type { AutoencoderConfig } from '../nn/autoencoder-kl.ts';
import { weightsParameterSource } from '../nn/parameter-source.ts';
import { buildUnet3d } from '../nn/unet3d.ts';
import type { ClipShape, Unet3dHooks } from '../nn/unet3d.ts';
import { isImageUnet, parseUnet3dConfig } from '../nn/unet3d-config.ts';
import type { Unet3dConfig } from '../nn/unet3d-config.ts';
import type { Value } from '../onnx/graph.ts';
import { openSession } from '../session/engine-session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { openWeights } from '../weights/open-weights.ts';
import { memoryHabits, sumBytes } from './memory-habits.ts';
import { readConfig } from './open-pack.ts';
import type { Pack } from './open-pack.ts';
import { textWidth } from './prompt-encoder.ts';
import type { FrameVae } from './super-resolution-2.ts';
import { latentTiles, tiledUnet, tiledVae, unetTiles } from './tiled-models.ts';
import { tileSize } from './tiles.ts';
import type { UnetRun } from './unet-run.ts';

/** A model on sessions, with the way to free them. */
export interface Loaded<Model> {
  readonly model: Model;
  release(): Promise<void>;
}

/** Channels that a stage's condition adds to the sample's, and whether its unet is told the noise level. */
const STAGE_UNETS: Readonly<Record<StageName, { conditionChannels: number; noiseLevel: boolean }>> = {
  keyframes: { conditionChannels: 0, noiseLevel: false },
  interpolation: { conditionChannels: 4, noiseLevel: false },
  superResolution1: { conditionChannels: 3, noiseLevel: true },
  superResolution2: { conditionChannels: 0, noiseLevel: false },
};

const PIXEL_CHANNELS = 3;

function readVaeConfig(vaeFolder: string): AutoencoderConfig {
  const path = join(vaeFolder, 'config.json');
  return parseAutoencoderConfig(readConfig(path), path);
}

/** The autoencoder's folder of a stage that works on latents; MODEL_MISSING where it has none. */
export function requireVae(pack: Pack, stage: StageName): string {
  const folder = pack.vaeFolder(stage);
  if (folder !== null) return folder;
  throw new StudioError('MODEL_MISSING', `The pack "${pack.index.name}" has no autoencoder for ${stage}. Import the folder that has it, or choose another pack.`, { details: { stage } });
}

/** Reads a stage's unet configuration and refuses one that cannot serve the stage or read the text encoder's output. */
export function readUnetConfig(pack: Pack, stage: StageName): Unet3dConfig {
  const path = join(pack.stageFolder(stage), 'unet', 'config.json');
  const promptWidth = textWidth(pack.text(stage));
  const vae = stage === 'superResolution2' ? requireVae(pack, stage) : pack.vaeFolder(stage);
  const config = parseUnet3dConfig(readConfig(path), path);
  const expected = STAGE_UNETS[stage];
  const channels = vae === null ? PIXEL_CHANNELS : readVaeConfig(vae).latent_channels;
  const inChannels = channels + expected.conditionChannels;
  const refuse = (key: string, got: string | number, wanted: string): never => {
    throw new StudioError('MODEL_INCOMPATIBLE', `${path}: ${key} is ${got}, but ${stage} needs ${wanted}. The model belongs to another stage or is damaged: import it again.`, { details: { file: path, key } });
  };
  if (isImageUnet(config)) refuse('down_block_types', config.down_block_types.join(', '), 'blocks for clips');
  if (config.in_channels !== inChannels) refuse('in_channels', config.in_channels, String(inChannels));
  if (config.out_channels !== channels && config.out_channels !== 2 * channels) refuse('out_channels', config.out_channels, `${channels} or ${2 * channels}`);
  if ((config.class_embed_type === 'timestep') !== expected.noiseLevel) refuse('class_embed_type', String(config.class_embed_type ?? null), expected.noiseLevel ? 'timestep' : 'null');
  const width = config.encoder_hid_dim ?? config.cross_attention_dim;
  if (width !== promptWidth) refuse('the text width', width, `${promptWidth}, which the text encoder gives`);
  return config;
}

/** Weights that are given anew with each call instead of read from the pack, so that one session serves every motion. */
export interface ReplacedWeights {
  readonly names: readonly string[];
  /** The values now, by name. */
  values(): Readonly<Record<string, Float32Array>>;
}

/** What a graph with hooks takes and gives beside the forward pass, for each batch entry of a call. */
export interface SideChannel {
  inputs(entry: number): Readonly<Record<string, Float32Array>>;
  outputs(entry: number, results: Readonly<Record<string, Float32Array>>): void;
}

/**
 * Loads a unet for one shape. It answers any batch: entries are run together where the graph holds them, one after the other
 * where it holds one, which halves the memory of guidance for the same arithmetic.
 */
export async function loadUnet(stageFolder: string, config: Unet3dConfig, shape: ClipShape, threads: number, hooks: Unet3dHooks = {}, replaced?: ReplacedWeights, { side, arena = true }: { readonly side?: SideChannel | undefined; readonly arena?: boolean } = {}): Promise<Loaded<UnetRun> & { readonly inputs: readonly Value[] }> {
  const weightsDir = join(stageFolder, 'unet');
  const weights = openWeights(weightsDir);
  try {
    const built = buildUnet3d(config, shape, 'ort-cpu', weightsParameterSource(weights, weightsDir), hooks);
    if (built.unused.length > 0) {
      throw new StudioError('MODEL_INCOMPATIBLE', `${weightsDir}: config.json has no place for ${built.unused.length} tensors of the weights, the first is ${built.unused[0]}. Use the config.json that belongs to these weights.`, { details: { tensor: built.unused[0]! } });
    }
    const graph = replaced === undefined ? built.graph : selectParameters(built.graph, replaced.names).graph;
    const habits = memoryHabits(sumBytes(weights));
    const session = await openSession(graph, { weightsDir, threads, ...habits, arena: arena && habits.arena === true });
    const hasLabels = config.class_embed_type === 'timestep';
    const run: UnetRun = async ({ sample, timestep, promptEmbeds, classLabel }) => {
      const batch = sample.shape[0]!;
      if (batch % shape.batch !== 0) throw new StudioError('SHAPE_MISMATCH', `The unet was built for batches of ${shape.batch}, got ${batch}.`);
      const outputs: Float32Array[] = [];
      const part = (tensor: Tensor, from: number): Float32Array => tensor.data.subarray((tensor.data.length / batch) * from, (tensor.data.length / batch) * (from + shape.batch));
      for (let from = 0; from < batch; from += shape.batch) {
        const results = await session.run({
          sample: part(sample, from),
          timestep: new BigInt64Array(shape.batch).fill(BigInt(Math.round(timestep))),
          encoder_hidden_states: part(promptEmbeds, from),
          ...replaced?.values(),
          ...side?.inputs(from),
          ...(hasLabels ? { class_labels: new BigInt64Array(shape.batch).fill(BigInt(classLabel ?? 0)) } : {}),
        });
        side?.outputs(from, results);
        outputs.push(results['output']!);
      }
      return { data: outputs.length === 1 ? outputs[0]! : joined(outputs), shape: [batch, config.out_channels, ...sample.shape.slice(2)] };
    };
    return { model: run, release: () => session.release(), inputs: session.inputs };
  } finally {
    weights.close();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Size of an autoencoder's latents for pixels. */
export function latentSize(vaeFolder: string, width: number, height: number): { width: number; height: number } {
  const factor = autoencoderFactor(readVaeConfig(vaeFolder));
  if (width % factor !== 0 || height % factor !== 0) {
    throw new StudioError('MODEL_INCOMPATIBLE', `${vaeFolder}: frames of ${width}x${height} do not divide by the autoencoder's factor ${factor}. Correct the sizes in model_index.json.`, { details: { width, height, factor } });
  }
  return { width: width / factor, height: height / factor };
}

/** Pixels by which the sides of a latent stage's frames must divide: one latent at the unet's coarsest level. */
export function pixelMultiple(vaeFolder: string, config: Unet3dConfig): number {
  return autoencoderFactor(readVaeConfig(vaeFolder)) * 2 ** (config.block_out_channels.length - 1);
}

/** Loads a unet for tiles of a frame; it takes and gives whole frames. `count` 1 is {@link loadUnet}. */
export async function loadTiledUnet(stageFolder: string, config: Unet3dConfig, shape: ClipShape, count: TileCount, inLatents: boolean, threads: number, hooks: Unet3dHooks = {}): Promise<Loaded<UnetRun>> {
  const layout = unetTiles(config, shape, count, inLatents);
  const { model, release } = await loadUnet(stageFolder, config, { ...shape, ...tileSize(layout) }, threads, hooks);
  return { model: tiledUnet(model, layout), release };
}

/** An autoencoder whose two halves are loaded when first used and never together: encoding ends before decoding begins. With tiles, they see one at a time. */
export function loadVae(weightsDir: string, width: number, height: number, threads: number, arena = true, tiles: TileCount = 1): Loaded<FrameVae> {
  const config = readVaeConfig(weightsDir);
  const layout = latentTiles(latentSize(weightsDir, width, height), tiles);
  const factor = autoencoderFactor(config);
  const tile = tileSize(layout);
  const { model, release } = loadFrameVae(weightsDir, config, tile.width * factor, tile.height * factor, threads, arena);
  return { model: tiledVae(model, layout, factor), release };
}

function loadFrameVae(weightsDir: string, config: AutoencoderConfig, width: number, height: number, threads: number, arena: boolean): Loaded<FrameVae> {
  const latent = latentSize(weightsDir, width, height);
  const open = async (build: typeof buildAutoencoderEncoder, size: { width: number; height: number }) => {
    const weights = openWeights(weightsDir);
    try {
      const { graph } = build(config, { batch: 1, ...size }, 'ort-cpu', weightsParameterSource(weights, weightsDir));
      return await openSession(graph, { weightsDir, threads, arena });
    } finally {
      weights.close();
    }
  };
  let current: { half: 'encoder' | 'decoder'; session: Awaited<ReturnType<typeof open>> } | null = null;
  const release = async (): Promise<void> => {
    const session = current?.session;
    current = null;
    await session?.release();
  };
  const use = async (half: 'encoder' | 'decoder') => {
    if (current?.half === half) return current.session;
    await release();
    const session = half === 'encoder' ? await open(buildAutoencoderEncoder, { width, height }) : await open(buildAutoencoderDecoder, latent);
    current = { half, session };
    return session;
  };
  const latentShape = [1, config.latent_channels, latent.height, latent.width];
  return {
    release,
    model: {
      scalingFactor: config.scaling_factor,
      async encode(pixels) {
        const { mean, logvar } = await (await use('encoder')).run({ sample: pixels.data });
        return { mean: { data: mean!, shape: latentShape }, logVariance: { data: logvar!, shape: latentShape } };
      },
      async decode(latents) {
        const { sample } = await (await use('decoder')).run({ latents: latents.data });
        return { data: sample!, shape: [1, config.out_channels, height, width] };
      },
    },
  };
}
