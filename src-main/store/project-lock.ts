import Database from 'better-sqlite3';
import { closeSync, openSync, realpathSync, rmSync, statSync } from 'node:fs';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { toStoreError } from './store-errors.ts';

/**
 * Keeps a project with one writing process. The lock is an exclusive SQLite transaction on a file beside the project: the
 * operating system drops it with the process, so a killed studio never blocks the next one.
 */
export interface ProjectLock {
  release(): void;
}

const heldHere = new Set<string>();

/**
 * True while this process writes to the project. Its files must then not be opened and closed by other means: closing any
 * descriptor of a file drops all POSIX locks that the process has on it (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
export function isHeldHere(projectPath: string): boolean {
  try {
    return heldHere.has(realpathSync.native(projectPath));
  } catch {
    return false;
  }
}

export function acquireProjectLock(projectPath: string): ProjectLock {
  const realPath = realpathSync.native(projectPath);
  if (heldHere.has(realPath)) throw inUseError(projectPath);
  const lockPath = `${realPath}-lock`;
  for (;;) {
    const connection = tryLock(lockPath, projectPath);
    if (connection === null) continue;
    heldHere.add(realPath);
    return {
      release: () => {
        if (!connection.open) return;
        heldHere.delete(realPath);
        // Removed while still held; whoever opened the old file meanwhile sees the change below and starts over.
        rmSync(lockPath, { force: true });
        connection.close();
      },
    };
  }
}

/** Null when the lock file was replaced between opening and locking. */
function tryLock(lockPath: string, projectPath: string): Database.Database | null {
  let connection: Database.Database | null = null;
  try {
    closeSync(openSync(lockPath, 'a'));
    const before = statSync(lockPath, { throwIfNoEntry: false })?.ino;
    connection = new Database(lockPath, { timeout: 0 });
    // Nothing is ever written, so no journal file need appear.
    connection.pragma('journal_mode = MEMORY');
    connection.exec('BEGIN EXCLUSIVE');
    if (before !== undefined && statSync(lockPath, { throwIfNoEntry: false })?.ino === before) return connection;
    connection.close();
    return null;
  } catch (error) {
    connection?.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw inUseError(projectPath, error);
    }
    throw toStoreError(error, projectPath);
  }
}

function inUseError(path: string, cause?: unknown): StudioError {
  return new StudioError('CONFLICT', `${path} is open in another Motif Studio. Close it there, then open it here.`, { details: { path }, cause });
}
