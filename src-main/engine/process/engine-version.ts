/**
 * Version of what the engine computes, part of every recipe: raised whenever the same recipe may give other frames.
 */
export const ENGINE_VERSION = '2';

/** Providers this engine runs on. One is enough for bit-identical repeats on every machine of the same kind. */
export const EXECUTION_PROVIDERS: readonly string[] = ['cpu'];
