import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** What went wrong with the place of an export, in plain words; other errors pass. */
export function toExportError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const details = { path };
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StudioError('DISK_FULL', `There is no room for ${path}. Free some space or choose another disk, then export again.`, { details, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StudioError('INVALID_INPUT', `${path} may not be written. Choose another folder.`, { details, cause: error });
  if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG' || code === 'EEXIST') return new StudioError('INVALID_INPUT', `${path} is not a place for a file. Choose another name.`, { details, cause: error });
  return error;
}
