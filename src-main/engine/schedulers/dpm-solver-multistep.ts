import { z } from 'zod';
import { assertSameShape } from '../tensor/tensor.ts';
import { thresholdPerFrame } from './dynamic-threshold.ts';
import { addNoiseAt, assertStepCount, createAlphasCumprod, noiseScheduleFields, parseSchedulerConfig, roundedLine, toDenoised } from './noise-schedule.ts';
import { INITIAL_STATE } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';

/** Configuration of DPM-Solver++ multistep. `lambdaMinClipped` null means no clip. */
export const dpmSolverConfig = z.object({
  ...noiseScheduleFields,
  solverOrder: z.union([z.literal(1), z.literal(2)]).default(2),
  algorithmType: z.literal('dpmsolver++').default('dpmsolver++'),
  solverType: z.enum(['midpoint', 'heun']).default('midpoint'),
  lowerOrderFinal: z.boolean().default(true),
  useKarrasSigmas: z.literal(false).nullish(),
  lambdaMinClipped: z.number().nullish().transform((value) => value ?? Number.NEGATIVE_INFINITY),
  timestepSpacing: z.enum(['linspace', 'leading', 'trailing']).default('linspace'),
  /** Where the last step lands: the level of t = 0 (Show-1), or no noise at all (newer diffusers). */
  finalSigmasType: z.enum(['sigma_min', 'zero']).default('sigma_min'),
});

export type DpmSolverConfig = z.output<typeof dpmSolverConfig>;

/** Below this many steps, the last one drops to first order when `lowerOrderFinal` is set. */
const FEW_STEPS = 15;

/** Number of the noisiest train steps whose lambda lies below the clip. */
function clippedSteps(lambdas: Float64Array, lambdaMinClipped: number): number {
  let clipped = 0;
  while (clipped < lambdas.length && lambdas[lambdas.length - 1 - clipped]! < lambdaMinClipped) clipped += 1;
  return clipped;
}

function chooseTimesteps(config: DpmSolverConfig, lambdas: Float64Array, count: number): Float64Array {
  const last = config.numTrainTimesteps - clippedSteps(lambdas, config.lambdaMinClipped);
  let timesteps: number[];
  if (config.timestepSpacing === 'linspace') timesteps = roundedLine(last - 1, count + 1).toReversed().slice(0, -1);
  else if (config.timestepSpacing === 'leading') {
    const ratio = Math.floor(last / (count + 1));
    timesteps = Array.from({ length: count }, (_, index) => (count - index) * ratio + config.stepsOffset);
  } else {
    const ratio = config.numTrainTimesteps / count;
    timesteps = Array.from({ length: Math.ceil(last / ratio) }, (_, index) => Math.round(last - index * ratio) - 1);
  }
  return Float64Array.from(new Set(timesteps));
}

/**
 * DPM-Solver++ multistep of order 1 or 2 (Lu et al. 2022b, arXiv 2211.01095, algorithm 2), data prediction form.
 * `lambda = ln(alpha / sigma)`, all coefficients in float64. The last update targets t = 0, not sigma = 0, as Show-1 does.
 */
export function createDpmSolverMultistep(json: unknown, numInferenceSteps: number, given?: Float64Array): Scheduler {
  const config = parseSchedulerConfig('DPMSolverMultistep', dpmSolverConfig, json);
  assertStepCount('DPMSolverMultistep', numInferenceSteps, config.numTrainTimesteps);
  const alphasCumprod = createAlphasCumprod(config);
  const alphaAt = (t: number): number => Math.sqrt(alphasCumprod[t]!);
  const sigmaAt = (t: number): number => Math.sqrt(1 - alphasCumprod[t]!);
  const lambdas = Float64Array.from(alphasCumprod, (abar) => Math.log(Math.sqrt(abar)) - Math.log(Math.sqrt(1 - abar)));
  const timesteps = given ?? chooseTimesteps(config, lambdas, numInferenceSteps);

  const isFirstOrder = (index: number, history: number): boolean => {
    if (config.solverOrder === 1 || history === 0) return true;
    if (index !== timesteps.length - 1) return false;
    return config.finalSigmasType === 'zero' || (config.lowerOrderFinal && timesteps.length < FEW_STEPS);
  };

  return {
    timesteps,
    initNoiseSigma: 1,
    predictionType: config.predictionType,
    usesNoise: false,
    usesLearnedVariance: false,
    scaleModelInput: (sample) => sample,
    addNoise: (sample, noise, timestep) => addNoiseAt(alphasCumprod[timestep]!, sample, noise),
    step(modelOutput, index, sample, { state = INITIAL_STATE } = {}) {
      assertSameShape(sample, modelOutput, 'model output');
      const current = timesteps[index]!;
      const next = timesteps[index + 1] ?? 0;
      const denoised = { data: toDenoised(config.predictionType, modelOutput.data, sample.data, alphaAt(current), sigmaAt(current)), shape: sample.shape };
      if (config.thresholding) thresholdPerFrame(denoised, config);
      const newState = { denoised: [denoised.data] };
      if (index === timesteps.length - 1 && config.finalSigmasType === 'zero') return { prevSample: denoised, denoised, state: newState };

      const h = lambdas[next]! - lambdas[current]!;
      const keep = sigmaAt(next) / sigmaAt(current);
      const pull = -alphaAt(next) * Math.expm1(-h);
      const [m0, x] = [denoised.data, sample.data];
      const data = new Float32Array(x.length);
      const m1 = state.denoised[0];
      if (isFirstOrder(index, state.denoised.length) || !m1) {
        for (let i = 0; i < data.length; i += 1) data[i] = keep * x[i]! + pull * m0[i]!;
      } else {
        const r0 = (lambdas[current]! - lambdas[timesteps[index - 1]!]!) / h;
        // D1 = (m0 - m1) / r0; the two variants differ in how its coefficient integrates e^lambda.
        const slope = (config.solverType === 'midpoint' ? 0.5 * pull : alphaAt(next) * (Math.expm1(-h) / h + 1)) / r0;
        for (let i = 0; i < data.length; i += 1) data[i] = keep * x[i]! + pull * m0[i]! + slope * (m0[i]! - m1[i]!);
      }
      return { prevSample: { data, shape: sample.shape }, denoised, state: newState };
    },
  };
}
