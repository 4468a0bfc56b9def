/** Settings of AdamW. */
export interface AdamWSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Largest l2 norm of all gradients together; longer ones are shortened to it. */
  readonly maxGradientNorm: number;
}

/** VMC's settings (show1.md 4.3), except for the learning rate, which the request brings. */
export const ADAM_W: Omit<AdamWSettings, 'learningRate'> = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2, maxGradientNorm: 1 };

/** Trained values with their running moments, all of one length. Changed in place by `adamWStep`. */
export interface TrainedValues {
  readonly values: Float32Array;
  /** Where weight decay pulls to: the values before learning, so that an unused change fades instead of the model. */
  readonly origin: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Factor on the learning rate. */
  readonly rate: number;
}

/** l2 norm over all gradients. */
export function gradientNorm(gradients: readonly Float32Array[]): number {
  let sum = 0;
  for (const gradient of gradients) for (let i = 0; i < gradient.length; i += 1) sum += gradient[i]! * gradient[i]!;
  return Math.sqrt(sum);
}

/**
 * One step of AdamW with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2); `count` numbers the step from 1. Plain loops:
 * for the few parameters of a motion they take a hundredth of the gradient's time.
 */
export function adamWStep(parameters: readonly TrainedValues[], gradients: readonly Float32Array[], count: number, settings: AdamWSettings): void {
  const { learningRate, beta1, beta2, epsilon, weightDecay, maxGradientNorm } = settings;
  const norm = gradientNorm(gradients);
  const shorten = norm > maxGradientNorm ? maxGradientNorm / norm : 1;
  const correction1 = 1 - beta1 ** count;
  const correction2 = Math.sqrt(1 - beta2 ** count);
  for (const [index, { values, origin, first, second, rate }] of parameters.entries()) {
    const gradient = gradients[index]!;
    const step = learningRate * rate;
    const decay = step * weightDecay;
    for (let i = 0; i < values.length; i += 1) {
      const g = gradient[i]! * shorten;
      const m = beta1 * first[i]! + (1 - beta1) * g;
      const v = beta2 * second[i]! + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      const value = values[i]!;
      values[i] = value - decay * (value - origin[i]!) - (step * (m / correction1)) / (Math.sqrt(v) / correction2 + epsilon);
    }
  }
}
