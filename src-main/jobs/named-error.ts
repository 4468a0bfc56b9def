import { basename } from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** Uploads and copies wait under names of their own; what is said about them uses the name that their owner knows. */
export function underItsName(error: unknown, path: string, name: string | null | undefined): unknown {
  if (!StudioError.is(error) || name === null || name === undefined) return error;
  const message = error.message.replaceAll(path, name).replaceAll(basename(path), name);
  return new StudioError(error.code, message, { details: error.details, cause: error, retryable: error.retryable });
}
