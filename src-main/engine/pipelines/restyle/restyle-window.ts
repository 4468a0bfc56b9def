import type { ModelIndex } from '../../../../src-shared/pack/model-index.ts';

/** Frames of a window, where the pack's unet takes whole clips, and how many neighbouring windows share. Six of Show-1's size keep a run within two gigabytes. */
const WINDOW = 6;
const OVERLAP = 2;

/** Window and stride, in frames, of a pack's restyling. */
export function restyleWindow(sizes: ModelIndex['sizes']): { readonly window: number; readonly stride: number } {
  const size = sizes.superResolution2;
  const window = size?.window ?? Math.min(WINDOW, size?.frames ?? WINDOW);
  return { window, stride: size?.window !== undefined && size.stride !== undefined ? size.stride : Math.max(1, window - OVERLAP) };
}
