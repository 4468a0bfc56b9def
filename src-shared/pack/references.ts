import { z } from 'zod';
import { StageName } from '../recipe/stage-name.ts';

/** Name of the file that tells where the parts of an imported pack lie. Only folders that the studio writes may hold one. */
export const REFERENCES_FILE = 'references.json';

/** Absolute folders of an imported pack's parts: the stages, the text encoder that serves each, and the first frame's image model. */
export const References = z.object({
  format: z.literal(1),
  stages: z.partialRecord(StageName, z.string().min(1)),
  text: z.partialRecord(StageName, z.string().min(1)),
  firstFrame: z.string().min(1).nullable(),
});
export type References = z.infer<typeof References>;
