import { z } from 'zod';
import { Preset, StageSettings } from '../recipe/recipe.ts';
import { method } from '../rpc/contract-types.ts';

export const ModelPack = z.object({
  id: z.string(),
  name: z.string(),
  version: z.string(),
  licence: z.string(),
  description: z.string(),
  path: z.string(),
  embedded: z.boolean(),
  sizeBytes: z.number(),
  sha256: z.string(),
  presets: z.record(Preset, z.array(StageSettings)),
  output: z.object({ frames: z.number().int(), keyframes: z.number().int(), width: z.number().int(), height: z.number().int() }),
  /** Null when usable; otherwise what is wrong and how to mend it. */
  problem: z.string().nullable(),
});
export type ModelPack = z.infer<typeof ModelPack>;

export const modelsContract = {
  list: method(z.object({}), z.object({ packs: z.array(ModelPack) })),
};
