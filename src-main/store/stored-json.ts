import type { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** A JSON column read back; DB_CORRUPT, naming file and column, when it is not what the studio wrote. */
export function parseStored<T>(path: string, column: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StudioError('DB_CORRUPT', `${path} is damaged: a stored ${column} cannot be read. Restore the file from a backup copy.`, { details: { path, column }, cause: error });
  }
}
