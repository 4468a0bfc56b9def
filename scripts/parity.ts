/**
 * Compares the engine with numbers recorded from the official Show-1 code.
 *
 *   npm run parity -- FOLDER
 *
 * FOLDER has `unet/` in diffusers layout, `case.safetensors` (inputs, output, noise, losses, gradients) and may have
 * `trace.safetensors` (a guided run). Prints one JSON object; what the folder does not have is null.
 * Exit code 1 when a bound is broken or the folder cannot be used.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../src-shared/errors/studio-error.ts';
import { mseLoss, motionLoss } from '../src-main/engine/autodiff/losses.ts';
import type { LossBuilder } from '../src-main/engine/autodiff/losses.ts';
import { buildTrainingGraph } from '../src-main/engine/autodiff/training-graph.ts';
import { weightsParameterSource } from '../src-main/engine/nn/parameter-source.ts';
import { buildUnet3d } from '../src-main/engine/nn/unet3d.ts';
import type { ClipShape } from '../src-main/engine/nn/unet3d.ts';
import { parseUnet3dConfig } from '../src-main/engine/nn/unet3d-config.ts';
import type { Unet3dConfig } from '../src-main/engine/nn/unet3d-config.ts';
import { createDpmSolverMultistep } from '../src-main/engine/schedulers/dpm-solver-multistep.ts';
import { INITIAL_STATE } from '../src-main/engine/schedulers/scheduler.ts';
import { openSession } from '../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../src-main/engine/session/engine-session.ts';
import { tensorOf } from '../src-main/engine/tensor/tensor.ts';
import type { Tensor } from '../src-main/engine/tensor/tensor.ts';
import { openWeights } from '../src-main/engine/weights/open-weights.ts';
import type { WeightsIndex } from '../src-main/engine/weights/weights-index.ts';

const BOUNDS = { outputMaxAbs: 1e-4, gradientRelL2: 1e-3, singleGradientRelL2: 1e-2, traceFinalMaxAbs: 1e-3 } as const;

/** Guidance of the recorded runs. */
const GUIDANCE_SCALE = 9;

/** Schedule of the keyframe stage, which the recorded runs follow. */
const KEYFRAME_SCHEDULE = {
  num_train_timesteps: 1000, beta_schedule: 'squaredcos_cap_v2', prediction_type: 'epsilon', algorithm_type: 'dpmsolver++', solver_order: 2,
  solver_type: 'midpoint', thresholding: true, dynamic_thresholding_ratio: 0.95, sample_max_value: 1.5, lambda_min_clipped: -5.1,
  timestep_spacing: 'linspace', lower_order_final: true,
};

interface ParityReport {
  output: { maxAbs: number };
  loss: { mse: number; motion: number } | null;
  gradients: { mse: { relL2: number }; motion: { relL2: number } } | null;
  trace: { finalMaxAbs: number } | null;
}

type RunUnet = (shape: ClipShape, inputs: Readonly<Record<string, TensorData>>) => Promise<Float32Array>;

/** Runs the folder's UNet at any size; each call opens and releases a session of its own unless the size repeats. */
function unetRunner(folder: string, config: Unet3dConfig): { run: RunUnet; close: () => Promise<void> } {
  const unetFolder = join(folder, 'unet');
  const weights = openWeights(unetFolder);
  const sessions = new Map<string, ReturnType<typeof openSession>>();
  const run: RunUnet = async (shape, inputs) => {
    const key = JSON.stringify(shape);
    if (!sessions.has(key)) {
      const model = buildUnet3d(config, shape, 'ort-cpu', weightsParameterSource(weights, unetFolder));
      if (model.unused.length > 0) process.stderr.write(`${model.unused.length} tensors of the weights are not used: ${model.unused.slice(0, 5).join(', ')}\n`);
      sessions.set(key, openSession(model.graph, { weightsDir: unetFolder }));
    }
    const session = await sessions.get(key);
    const output = (await session?.run(inputs))?.['output'];
    if (output === undefined) throw new StudioError('INTERNAL', 'The UNet gave no output.');
    return output;
  };
  const close = async (): Promise<void> => {
    for (const session of sessions.values()) await (await session).release();
    weights.close();
  };
  return { run, close };
}

function read(arrays: WeightsIndex, name: string): Tensor {
  const entry = arrays.entries.get(name);
  if (entry === undefined) throw new StudioError('INVALID_INPUT', `The case has no "${name}". Use a folder made like the reference cases.`);
  return tensorOf(arrays.readFloat32(name), entry.shape);
}

function integers(values: Float32Array): BigInt64Array {
  return BigInt64Array.from(values, (value) => BigInt(Math.round(value)));
}

function shapeOf(sample: Tensor, text: Tensor): ClipShape {
  const [batch = 1, , frames = 1, height = 1, width = 1] = sample.shape;
  return { batch, frames, height, width, tokens: text.shape[1] ?? 1 };
}

function maxAbsDifference(got: Float32Array, expected: Float32Array): number {
  let largest = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs((got[index] ?? Number.NaN) - value);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** The first `channels` channels of [batch, channels, ...]. */
function firstChannels(x: Tensor, channels: number): Tensor {
  const [batch = 1, all = 1, ...rest] = x.shape;
  if (all === channels) return x;
  const plane = rest.reduce((total, dim) => total * dim, 1);
  const data = new Float32Array(batch * channels * plane);
  for (let item = 0; item < batch; item++) data.set(x.data.subarray(item * all * plane, (item * all + channels) * plane), item * channels * plane);
  return tensorOf(data, [batch, channels, ...rest]);
}

function meanSquaredError(predicted: Tensor, target: Tensor): number {
  let sum = 0;
  for (const [index, value] of target.data.entries()) sum += ((predicted.data[index] ?? 0) - value) ** 2;
  return sum / target.data.length;
}

/** VMC's motion loss: mean over neighbouring frames of 1 - cosine between predicted and true residuals (arXiv 2312.00845). */
function measuredMotionLoss(predicted: Tensor, target: Tensor): number {
  const [batch = 1, channels = 1, frames = 1, height = 1, width = 1] = target.shape;
  const plane = height * width;
  let total = 0;
  for (let item = 0; item < batch; item++) {
    for (let frame = 0; frame + 1 < frames; frame++) {
      let dot = 0;
      let predictedSquares = 0;
      let targetSquares = 0;
      for (let channel = 0; channel < channels; channel++) {
        const start = ((item * channels + channel) * frames + frame) * plane;
        for (let at = start; at < start + plane; at++) {
          const a = predicted.data[at + plane]! - predicted.data[at]!;
          const c = target.data[at + plane]! - target.data[at]!;
          dot += a * c;
          predictedSquares += a * a;
          targetSquares += c * c;
        }
      }
      total += 1 - dot / Math.max(Math.sqrt(predictedSquares) * Math.sqrt(targetSquares), 1e-8);
    }
  }
  return total / (batch * (frames - 1));
}

/** Inputs of the UNet as the case recorded them. */
function caseInputs(arrays: WeightsIndex): { shape: ClipShape; inputs: Record<string, TensorData> } {
  const sample = read(arrays, 'sample');
  const text = read(arrays, 'encoder_hidden_states');
  const inputs: Record<string, TensorData> = { sample: sample.data, encoder_hidden_states: text.data, timestep: integers(read(arrays, 'timestep').data) };
  if (arrays.entries.has('class_labels')) inputs['class_labels'] = integers(read(arrays, 'class_labels').data);
  return { shape: shapeOf(sample, text), inputs };
}

/** A tensor with a tiny gradient is compared with this share of an average one, so that rounding alone does not fail it. */
const NEGLIGIBLE_SHARE = 1e-3;

/**
 * Relative l2 over all recorded gradients of a loss together, and the worst single tensor. Null when none are recorded.
 * The gradients are computed with the portable lowering, which is the one that is trained.
 */
async function checkGradients(folder: string, config: Unet3dConfig): Promise<{ report: ParityReport['gradients']; worstSingle: number }> {
  const arrays = openWeights(join(folder, 'case.safetensors'));
  const unetFolder = join(folder, 'unet');
  const weights = openWeights(unetFolder);
  try {
    if (!arrays.entries.has('noise')) return { report: null, worstSingle: 0 };
    const channels = read(arrays, 'noise').shape[1] ?? 3;
    const mse = await compareGradients({ arrays, weights, unetFolder, config }, 'mse', mseLoss({ channels }));
    const motion = await compareGradients({ arrays, weights, unetFolder, config }, 'motion', motionLoss({ channels }));
    if (mse === null || motion === null) return { report: null, worstSingle: 0 };
    return { report: { mse: { relL2: mse.relL2 }, motion: { relL2: motion.relL2 } }, worstSingle: Math.max(mse.worstSingle, motion.worstSingle) };
  } finally {
    arrays.close();
    weights.close();
  }
}

async function compareGradients(
  { arrays, weights, unetFolder, config }: { arrays: WeightsIndex; weights: WeightsIndex; unetFolder: string; config: Unet3dConfig }, kind: 'mse' | 'motion', loss: LossBuilder,
): Promise<{ relL2: number; worstSingle: number } | null> {
  const prefix = `grad.${kind}.`;
  const names = [...arrays.entries.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  if (names.length === 0) return null;
  const { shape, inputs } = caseInputs(arrays);
  const model = buildUnet3d(config, shape, 'portable', weightsParameterSource(weights, unetFolder));
  const training = buildTrainingGraph({ graph: model.graph, loss, parameters: names });
  const session = await openSession(training.graph, { weightsDir: unetFolder });
  try {
    const parameters = Object.fromEntries(names.map((name) => [name, weights.readFloat32(name)]));
    const results = await session.run({ ...inputs, noise: read(arrays, 'noise').data, ...parameters });
    let error = 0;
    let norm = 0;
    const single = training.parameters.map(({ name, gradient }) => {
      const expected = read(arrays, `${prefix}${name}`).data;
      const got = results[gradient] ?? new Float32Array();
      const squares = { name, error: 0, norm: 0 };
      for (const [index, value] of expected.entries()) {
        squares.error += ((got[index] ?? Number.NaN) - value) ** 2;
        squares.norm += value ** 2;
      }
      error += squares.error;
      norm += squares.norm;
      return squares;
    });
    const floor = (norm / single.length) * NEGLIGIBLE_SHARE ** 2;
    let worstSingle = 0;
    for (const each of single) {
      const ratio = Math.sqrt(each.error / Math.max(each.norm, floor));
      const relative = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
      worstSingle = Math.max(worstSingle, relative);
      if (!(relative <= BOUNDS.singleGradientRelL2)) process.stderr.write(`${prefix}${each.name}: relative l2 ${relative}\n`);
    }
    return { relL2: Math.sqrt(error / norm), worstSingle };
  } finally {
    await session.release();
  }
}

async function checkCase(folder: string, run: RunUnet): Promise<Pick<ParityReport, 'output' | 'loss'>> {
  const arrays = openWeights(join(folder, 'case.safetensors'));
  try {
    const { shape, inputs } = caseInputs(arrays);
    const expected = read(arrays, 'output');
    const output = await run(shape, inputs);
    const report = { output: { maxAbs: maxAbsDifference(output, expected.data) }, loss: null };
    if (!arrays.entries.has('noise')) return report;
    const noise = read(arrays, 'noise');
    const predicted = firstChannels(tensorOf(output, expected.shape), noise.shape[1] ?? 3);
    return { ...report, loss: { mse: meanSquaredError(predicted, noise), motion: measuredMotionLoss(predicted, noise) } };
  } finally {
    arrays.close();
  }
}

/** A guided run: batch [negative, positive], noise = negative + scale * (positive - negative), one solver step per timestep. */
async function checkTrace(folder: string, run: RunUnet, outChannels: number): Promise<ParityReport['trace']> {
  const path = join(folder, 'trace.safetensors');
  if (!existsSync(path)) return null;
  const arrays = openWeights(path);
  try {
    const negative = read(arrays, 'negative');
    const positive = read(arrays, 'positive');
    let sample = read(arrays, 'initial_noise');
    const recorded = read(arrays, 'timesteps').data;
    const scheduler = createDpmSolverMultistep(scheduleFor(folder), recorded.length);
    if (scheduler.timesteps.some((timestep, index) => timestep !== recorded[index])) {
      process.stderr.write(`The schedule visits ${[...scheduler.timesteps].join(', ')}; the trace visited ${[...recorded].join(', ')}.\n`);
    }
    const shape = { ...shapeOf(sample, negative), batch: 2 };
    const text = Float32Array.from([...negative.data, ...positive.data]);
    let state = INITIAL_STATE;
    for (const [index, timestep] of scheduler.timesteps.entries()) {
      const { data } = sample;
      const output = await run(shape, { sample: Float32Array.from([...data, ...data]), encoder_hidden_states: text, timestep: BigInt64Array.of(BigInt(timestep), BigInt(timestep)) });
      const both = firstChannels(tensorOf(output, [2, outChannels, shape.frames, shape.height, shape.width]), sample.shape[1] ?? 3).data;
      const guided = Float32Array.from(data, (_, at) => {
        const base = both[at] ?? 0;
        return base + GUIDANCE_SCALE * ((both[at + data.length] ?? 0) - base);
      });
      const step = scheduler.step(tensorOf(guided, sample.shape), index, sample, { state });
      sample = step.prevSample;
      ({ state } = step);
      const recordedStep = `after_step_${index}`;
      if (arrays.entries.has(recordedStep)) process.stderr.write(`${recordedStep}: max difference ${maxAbsDifference(sample.data, read(arrays, recordedStep).data)}\n`);
    }
    return { finalMaxAbs: maxAbsDifference(sample.data, read(arrays, 'final').data) };
  } finally {
    arrays.close();
  }
}

/** The folder's own schedule where it has one. */
function scheduleFor(folder: string): unknown {
  const path = join(folder, 'scheduler', 'scheduler_config.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : KEYFRAME_SCHEDULE;
}

async function checkFolder(folder: string): Promise<{ report: ParityReport; worstSingle: number }> {
  const configPath = join(folder, 'unet', 'config.json');
  if (!existsSync(configPath)) throw new StudioError('INVALID_INPUT', `${configPath} does not exist. Give a folder with unet/ and case.safetensors.`);
  const config = parseUnet3dConfig(JSON.parse(readFileSync(configPath, 'utf8')), configPath);
  const { run, close } = unetRunner(folder, config);
  try {
    const { output, loss } = await checkCase(folder, run);
    const { report: gradients, worstSingle } = await checkGradients(folder, config);
    return { report: { output, loss, gradients, trace: await checkTrace(folder, run, config.out_channels) }, worstSingle };
  } finally {
    await close();
  }
}

try {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined || rest.length > 0 || folder.startsWith('-')) throw new StudioError('INVALID_INPUT', 'Usage: npm run parity -- FOLDER');
  const { report, worstSingle } = await checkFolder(folder);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  const within = report.output.maxAbs <= BOUNDS.outputMaxAbs
    && (report.trace === null || report.trace.finalMaxAbs <= BOUNDS.traceFinalMaxAbs)
    && (report.gradients === null || (Math.max(report.gradients.mse.relL2, report.gradients.motion.relL2) <= BOUNDS.gradientRelL2 && worstSingle <= BOUNDS.singleGradientRelL2));
  if (!within) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${StudioError.from(error).message}\n`);
  process.exitCode = 1;
}
