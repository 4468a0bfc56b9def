import Database from 'better-sqlite3';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** Turns what SQLite or the file system threw into an error that names the file and the mend. Other errors pass through. */
export function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof StudioError) return error;
  const code = errorCode(error);
  if (code === null) return error;
  const details = { path, sqlite: code };
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new StudioError('DISK_FULL', `The disk that holds ${path} is full. Nothing was lost: free some space and try again.`, { details, retryable: true, cause: error });
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return readOnlyError(path, error);
  }
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new StudioError('DB_CORRUPT', `${path} is damaged. Restore it from a backup copy; this file was left as it is.`, { details, cause: error });
  }
  if (code.startsWith('SQLITE_NOTADB')) return foreignError(path, error);
  if (code.startsWith('SQLITE_CANTOPEN') || code === 'ENOENT') {
    return new StudioError('NOT_FOUND', `${path} cannot be opened. Check that the file and its folder exist and may be read.`, { details, cause: error });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new StudioError('CONFLICT', `${path} is in use by another program. Close it there and try again.`, { details, retryable: true, cause: error });
  }
  // A write that failed half way on a full or failing volume often surfaces as an I/O error.
  if (code.startsWith('SQLITE_IOERR_WRITE') || code === 'SQLITE_IOERR_FSYNC') {
    return new StudioError('DISK_FULL', `${path} could not be written: the disk is full or failing. Free some space or check the disk, then try again.`, { details, retryable: true, cause: error });
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new StudioError('DB_CORRUPT', `${path} could not be read: the file is cut off or the disk is failing. Check the disk, or restore the file from a backup copy.`, { details, cause: error });
  }
  return error;
}

/** A project file that may be looked at but not changed. */
export function readOnlyError(path: string, cause?: unknown): StudioError {
  return new StudioError('DB_READONLY', `${path} is read-only. Make the file and its folder writable, or save a copy elsewhere and open that.`, { details: { path }, cause });
}

/** A file that no version of the studio wrote. */
export function foreignError(path: string, cause?: unknown): StudioError {
  return new StudioError('DB_FOREIGN', `${path} is not a Motif project. Choose a file that Motif Studio saved (.motif).`, { details: { path }, cause });
}

function errorCode(error: unknown): string | null {
  if (error instanceof Database.SqliteError) return error.code;
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}
