import { mseLoss, motionLoss } from '../../src-main/engine/autodiff/losses.ts';
import type { LossBuilder } from '../../src-main/engine/autodiff/losses.ts';
import { buildTrainingGraph } from '../../src-main/engine/autodiff/training-graph.ts';
import { weightsParameterSource } from '../../src-main/engine/nn/parameter-source.ts';
import { buildUnet3d } from '../../src-main/engine/nn/unet3d.ts';
import type { ClipShape } from '../../src-main/engine/nn/unet3d.ts';
import type { Unet3dConfig } from '../../src-main/engine/nn/unet3d-config.ts';
import { openSession } from '../../src-main/engine/session/engine-session.ts';
import type { TensorData } from '../../src-main/engine/session/engine-session.ts';
import { openWeights } from '../../src-main/engine/weights/open-weights.ts';
import type { WeightsIndex } from '../../src-main/engine/weights/weights-index.ts';
import { read } from './case-folder.ts';
import type { CaseResult, ParityReport } from './report.ts';

/** A tensor with a tiny gradient is compared with this share of an average one, so that rounding alone does not fail it. */
const NEGLIGIBLE_SHARE = 1e-3;

interface GradientCase {
  readonly arrays: WeightsIndex;
  readonly weights: WeightsIndex;
  readonly networkDir: string;
  readonly config: Unet3dConfig;
  readonly shape: ClipShape;
  readonly inputs: Readonly<Record<string, TensorData>>;
}

/**
 * Relative l2 over all recorded gradients of a loss together, and the worst single tensor. Null when none are recorded.
 * The gradients are computed with the portable lowering, which is the one that is trained.
 */
export async function checkGradients(
  arrays: WeightsIndex, networkDir: string, config: Unet3dConfig, { shape, inputs }: Pick<GradientCase, 'shape' | 'inputs'>,
): Promise<{ gradients: ParityReport['gradients'] } & Pick<CaseResult, 'worstSingleGradient'>> {
  if (!arrays.entries.has('noise')) return { gradients: null, worstSingleGradient: 0 };
  const weights = openWeights(networkDir);
  try {
    const channels = read(arrays, 'noise').shape[1] ?? 3;
    const given = { arrays, weights, networkDir, config, shape, inputs };
    const mse = await compareGradients(given, 'mse', mseLoss({ channels }));
    const motion = await compareGradients(given, 'motion', motionLoss({ channels }));
    if (mse === null || motion === null) return { gradients: null, worstSingleGradient: 0 };
    return { gradients: { mse: { relL2: mse.relL2 }, motion: { relL2: motion.relL2 } }, worstSingleGradient: Math.max(mse.worstSingle, motion.worstSingle) };
  } finally {
    weights.close();
  }
}

async function compareGradients({ arrays, weights, networkDir, config, shape, inputs }: GradientCase, kind: 'mse' | 'motion', loss: LossBuilder): Promise<{ relL2: number; worstSingle: number } | null> {
  const prefix = `grad.${kind}.`;
  const names = [...arrays.entries.keys()].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  if (names.length === 0) return null;
  const model = buildUnet3d(config, shape, 'portable', weightsParameterSource(weights, networkDir));
  const training = buildTrainingGraph({ graph: model.graph, loss, parameters: names });
  const session = await openSession(training.graph, { weightsDir: networkDir });
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
      if (relative > 1e-3) process.stderr.write(`${prefix}${each.name}: relative l2 ${relative}\n`);
    }
    return { relL2: Math.sqrt(error / norm), worstSingle };
  } finally {
    await session.release();
  }
}
