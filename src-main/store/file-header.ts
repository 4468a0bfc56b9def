import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { foreignError, toStoreError } from './store-errors.ts';

/** What the first hundred bytes of a SQLite file say (https://sqlite.org/fileformat.html, section 1.3). */
export interface FileHeader {
  readonly applicationId: number;
  readonly userVersion: number;
}

const MAGIC = 'SQLite format 3\0';

/** Reads the header without SQLite, so that a foreign or newer file is not touched at all. */
export function readFileHeader(path: string): FileHeader {
  const bytes = Buffer.alloc(100);
  let length: number;
  try {
    if (statSync(path).isDirectory()) throw foreignError(path);
    const file = openSync(path, 'r');
    try {
      length = readSync(file, bytes, 0, 100, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw toStoreError(error, path);
  }
  if (length === 0) {
    throw new StudioError('DB_CORRUPT', `${path} is empty (0 bytes). Restore it from a backup copy, or delete it and make a new project.`, { details: { path } });
  }
  if (bytes.toString('latin1', 0, 16) !== MAGIC.slice(0, 16)) throw foreignError(path);
  if (length < 100) throw new StudioError('DB_CORRUPT', `${path} is cut off after ${length} bytes. Restore it from a backup copy.`, { details: { path, length } });
  return { applicationId: bytes.readUInt32BE(68), userVersion: bytes.readUInt32BE(60) };
}

/**
 * True when the file may be changed. A file without any write bit counts as read-only for everyone, the superuser included:
 * whoever took the bits away meant it.
 */
export function isWritable(path: string): boolean {
  if ((statSync(path).mode & 0o222) === 0) return false;
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
