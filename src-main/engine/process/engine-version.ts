/**
 * Version of what the engine computes, part of every recipe: raised whenever the same recipe may give other frames.
 */
export const ENGINE_VERSION = '3';
