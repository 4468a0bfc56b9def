import { z } from 'zod';

/** The cascade's stages in the order they run (Show-1, arXiv 2309.15818, section 3). */
export const STAGE_NAMES = ['keyframes', 'interpolation', 'superResolution1', 'superResolution2'] as const;

export const StageName = z.enum(STAGE_NAMES);
export type StageName = z.infer<typeof StageName>;
