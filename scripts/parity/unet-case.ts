import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { weightsParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import type { ClipShape } from '../../src-main/engine/nn/unet3d.ts';
import { isImageUnet, parseUnet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import type { Unet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { readConfig } from '../../src-main/engine/pipelines/open-pack.ts';
import { createDpmSolverMultistep } from '../../src-main/engine/schedulers/dpm-solver-multistep.ts';
import { INITIAL_STATE } from '../../src-main/engine/schedulers/scheduler.ts';
import { openSession } from '../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../src-main/engine/session/engine-session.ts';
import { tensorOf } from '../../src-main/engine/tensor/tensor.ts';
import type { Tensor } from '../../src-main/engine/tensor/tensor.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import type { WeightsIndex } from '../../src-main/engine/weights/weights-index.ts';
import { integers, read } from './case-folder.ts';
import type { CaseFolder } from './case-folder.ts';
import { checkGradients } from './gradients.ts';
import { maxAbsDifference, meanSquaredError, measuredMotionLoss } from './measures.ts';
import type { CaseResult, ParityReport } from './report.ts';

/** Guidance of recorded runs that do not say theirs. */
const GUIDANCE_SCALE = 9;

/** Schedule of the keyframe stage, which recorded runs without one of their own follow. */
const KEYFRAME_SCHEDULE = {
  num_train_timesteps: 1000, beta_schedule: 'squaredcos_cap_v2', prediction_type: 'epsilon', algorithm_type: 'dpmsolver++', solver_order: 2,
  solver_type: 'midpoint', thresholding: true, dynamic_thresholding_ratio: 0.95, sample_max_value: 1.5, lambda_min_clipped: -5.1,
  timestep_spacing: 'linspace', lower_order_final: true,
};

type RunUnet = (shape: ClipShape, inputs: Readonly<Record<string, TensorData>>) => Promise<Float32Array>;

/** Runs the case's UNet at any size, with a session per size. */
function unetRunner(weightsDir: string, config: Unet3dConfig): { run: RunUnet; close: () => Promise<void> } {
  const weights = openWeights(weightsDir);
  const sessions = new Map<string, ReturnType<typeof openSession>>();
  const run: RunUnet = async (shape, inputs) => {
    const key = JSON.stringify(shape);
    if (!sessions.has(key)) {
      const model = buildUnet3d(config, shape, 'ort-cpu', weightsParameterSource(weights, weightsDir));
      if (model.unused.length > 0) process.stderr.write(`${model.unused.length} tensors of the weights are not used: ${model.unused.slice(0, 5).join(', ')}\n`);
      sessions.set(key, openSession(model.graph, { weightsDir }));
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

/** The concrete sizes of a sample; a picture is a clip of one frame. */
function shapeOf(sample: Tensor, text: Tensor): ClipShape {
  const [batch = 1, , ...rest] = sample.shape;
  const [frames = 1, height = 1, width = 1] = rest.length === 2 ? [1, ...rest] : rest;
  return { batch, frames, height, width, tokens: text.shape[1] ?? 1 };
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

/** Inputs of the UNet as the case recorded them. */
function caseInputs(arrays: WeightsIndex): { shape: ClipShape; inputs: Record<string, TensorData> } {
  const sample = read(arrays, 'sample');
  const text = read(arrays, 'encoder_hidden_states');
  const shape = shapeOf(sample, text);
  const perEntry = (name: string): BigInt64Array => {
    const values = integers(read(arrays, name).data);
    return values.length === shape.batch ? values : new BigInt64Array(shape.batch).fill(values[0] ?? 0n);
  };
  const inputs: Record<string, TensorData> = { sample: sample.data, encoder_hidden_states: text.data, timestep: perEntry('timestep') };
  if (arrays.entries.has('class_labels')) inputs['class_labels'] = perEntry('class_labels');
  return { shape, inputs };
}

async function checkOutput(arrays: WeightsIndex, run: RunUnet): Promise<Pick<ParityReport, 'output' | 'loss'>> {
  const { shape, inputs } = caseInputs(arrays);
  const expected = read(arrays, 'output');
  const output = await run(shape, inputs);
  const report = { output: { maxAbs: maxAbsDifference(output, expected.data) }, loss: null };
  if (!arrays.entries.has('noise')) return report;
  const noise = read(arrays, 'noise');
  const predicted = firstChannels(tensorOf(output, expected.shape), noise.shape[1] ?? 3);
  return { ...report, loss: { mse: meanSquaredError(predicted, noise), motion: measuredMotionLoss(predicted, noise) } };
}

const joined = (...parts: readonly Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));

/**
 * A guided run: batch [negative, positive], noise = negative + scale * (positive - negative), one solver step per timestep. `condition`
 * holds channels that are seen behind the sample's, `class_labels` the noise level.
 */
async function checkTrace(folder: string, run: RunUnet, outChannels: number): Promise<ParityReport['trace']> {
  const path = join(folder, 'trace.safetensors');
  if (!existsSync(path)) return null;
  const arrays = openWeights(path);
  try {
    const has = (name: string): boolean => arrays.entries.has(name);
    const negative = read(arrays, 'negative');
    const text = joined(negative.data, read(arrays, 'positive').data);
    const condition = has('condition') ? read(arrays, 'condition').data : new Float32Array();
    const labels: Record<string, TensorData> = has('class_labels') ? { class_labels: new BigInt64Array(2).fill(integers(read(arrays, 'class_labels').data)[0] ?? 0n) } : {};
    const guidanceScale = has('guidance_scale') ? read(arrays, 'guidance_scale').data[0] ?? GUIDANCE_SCALE : GUIDANCE_SCALE;
    let sample = read(arrays, 'initial_noise');
    const recorded = read(arrays, 'timesteps').data;
    const scheduler = createDpmSolverMultistep(scheduleFor(folder), recorded.length);
    if (scheduler.timesteps.some((timestep, index) => timestep !== recorded[index])) {
      process.stderr.write(`The schedule visits ${[...scheduler.timesteps].join(', ')}; the trace visited ${[...recorded].join(', ')}.\n`);
    }
    const shape = { ...shapeOf(sample, negative), batch: 2 };
    let state = INITIAL_STATE;
    for (const [index, timestep] of scheduler.timesteps.entries()) {
      const { data } = sample;
      const seen = joined(data, condition);
      const output = await run(shape, { sample: joined(seen, seen), encoder_hidden_states: text, timestep: BigInt64Array.of(BigInt(timestep), BigInt(timestep)), ...labels });
      const both = firstChannels(tensorOf(output, [2, outChannels, shape.frames, shape.height, shape.width]), sample.shape[1] ?? 3).data;
      const guided = Float32Array.from(data, (_, at) => {
        const base = both[at] ?? 0;
        return base + guidanceScale * ((both[at + data.length] ?? 0) - base);
      });
      const step = scheduler.step(tensorOf(guided, sample.shape), index, sample, { state });
      sample = step.prevSample;
      ({ state } = step);
      const recordedStep = `after_step_${index}`;
      if (has(recordedStep)) process.stderr.write(`${recordedStep}: max difference ${maxAbsDifference(sample.data, read(arrays, recordedStep).data)}\n`);
    }
    return { finalMaxAbs: maxAbsDifference(sample.data, read(arrays, 'final').data) };
  } finally {
    arrays.close();
  }
}

/** The folder's own schedule where it has one. */
function scheduleFor(folder: string): unknown {
  const path = join(folder, 'scheduler', 'scheduler_config.json');
  return existsSync(path) ? readConfig(path) : KEYFRAME_SCHEDULE;
}

/** A UNet's output, losses, gradients and guided run against what was recorded. */
export async function checkUnetCase({ folder, networkDir, config: json, configPath }: CaseFolder): Promise<CaseResult> {
  const config = parseUnet3dConfig(json, configPath);
  const arrays = openWeights(join(folder, 'case.safetensors'));
  const { run, close } = unetRunner(networkDir, config);
  try {
    const compared = await checkOutput(arrays, run);
    const { gradients, worstSingleGradient } = isImageUnet(config) ? { gradients: null, worstSingleGradient: 0 } : await checkGradients(arrays, networkDir, config, caseInputs(arrays));
    return { report: { ...compared, gradients, trace: await checkTrace(folder, run, config.out_channels) }, worstSingleGradient };
  } finally {
    await close();
    arrays.close();
  }
}
