import type { z } from 'zod';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';

/** Parses a config.json value; the first thing wrong is refused with its key. `origin` is the file, for messages. */
export function parseModelConfig<Schema extends z.ZodType>(schema: Schema, json: unknown, origin: string, family: string): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw configIncompatible(origin, issue?.path.join('.') ?? '', issue?.message ?? 'is not valid', family);
}

/** A configuration that cannot be built: says which key, why, and what would fit. */
export function configIncompatible(origin: string, key: string, why: string, family: string): StudioError {
  return new StudioError('MODEL_INCOMPATIBLE', `${origin}: ${key} ${why}. Use a ${family} configuration.`, { details: { key } });
}
