import type { Tensor } from '../tensor/tensor.ts';

/**
 * What a unet is given. Shapes: sample [batch, channels, frames, height, width], promptEmbeds [batch, tokens, width], or
 * [batch * frames, tokens, width] where frames have words of their own.
 */
export interface UnetInputs {
  readonly sample: Tensor;
  readonly timestep: number;
  readonly promptEmbeds: Tensor;
  /** Noise level of the condition, where the model has a class embedding. */
  readonly classLabel: number | null;
}

/** One forward pass: [batch, outChannels, frames, height, width]. Sessions are bound behind this; pipelines only call it. */
export type UnetRun = (inputs: UnetInputs) => Promise<Tensor>;

/** Encoded prompts, each [1, tokens, width], or [frames, tokens, width] where frames have words of their own. `negative` is null where the stage runs without guidance. */
export interface PromptEmbeds {
  readonly positive: Tensor;
  readonly negative: Tensor | null;
}
