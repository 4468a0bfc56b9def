import { z } from 'zod';
import { StageName } from '../recipe/stage-name.ts';

/** Name of the file that tells where the parts of an imported pack lie. Only folders that the studio writes may hold one. */
export const REFERENCES_FILE = 'references.json';

/** Folders of a text encoder (`config.json` and weights) and of its tokenizer. */
export const TextPlace = z.object({ encoder: z.string().min(1), tokenizer: z.string().min(1) });
export type TextPlace = z.infer<typeof TextPlace>;

/** Absolute folders of an imported pack's parts: the stages, what reads the prompt of each, the autoencoders of latent stages, and the first frame's image model. */
export const References = z.object({
  format: z.literal(2),
  stages: z.partialRecord(StageName, z.string().min(1)),
  text: z.partialRecord(StageName, TextPlace),
  vae: z.partialRecord(StageName, z.string().min(1)),
  firstFrame: z.string().min(1).nullable(),
});
export type References = z.infer<typeof References>;
