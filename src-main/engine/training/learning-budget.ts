import { LARGE_WEIGHTS_BYTES } from '../pipelines/memory-habits.ts';

/** Live activations and gradients may take so much; above, parts of the forward pass run twice. */
const SMALL_MODEL_BYTES = 900 * 2 ** 20;
/** The gradients of a full-size keyframe model alone take half a gigabyte. */
const LARGE_MODEL_BYTES = 1.5 * 2 ** 30;

/** Most bytes of live activations and gradients while learning on a UNet of so many stored bytes. It follows from the model alone. */
export const learningBudget = (weightBytes: number): number => (weightBytes < LARGE_WEIGHTS_BYTES ? SMALL_MODEL_BYTES : LARGE_MODEL_BYTES);
