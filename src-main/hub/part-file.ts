import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, statfs, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { HubFile, RecordedRange } from '../../src-shared/hub/download-record.ts';

/** Bytes per read while a file is checked. */
const READ_BYTES = 1 << 20;

/** Room that is left on the disk beside the files themselves, in bytes. */
export const SPARE_BYTES = 64 * 2 ** 20;

/** What a check of a file's bytes found. */
export interface CheckResult {
  /** Recorded ranges whose bytes on disk are no longer those that arrived. */
  readonly damaged: readonly RecordedRange[];
  /** Whether the whole is what the hub stated; true where it stated nothing. */
  readonly whole: boolean;
}

/** Turns a full or forbidden disk into an error that names the file and the mend. */
export function fileError(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const details = { path: file };
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return new StudioError('DISK_FULL', `The disk that holds ${file} is full. Nothing was lost: free some space, then resume.`, { details, retryable: true, cause: error });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return new StudioError('INVALID_INPUT', `${file} cannot be written. Make its folder writable, or choose another folder.`, { details, cause: error });
  if (code === 'ELOOP' || code === 'ENOTDIR' || code === 'EISDIR') return new StudioError('INVALID_INPUT', `${file} cannot be written: a link, file or folder is in its way. Move that away, or choose another folder.`, { details, cause: error });
  // Anything else that the system says about a file: a disk that was pulled out, or one that fails.
  if (code !== '' && error instanceof Error && 'syscall' in error) return new StudioError('NOT_FOUND', `${file} cannot be reached (${code}). Check that its disk is connected and sound, then resume; what has arrived is kept.`, { details, cause: error });
  return error;
}

/** Size, change time and kind of what lies at a path, links not followed; null where there is nothing. */
export async function fileFacts(file: string): Promise<{ sizeBytes: number; mtimeMs: number; isFile: boolean } | null> {
  const facts = await lstat(file).catch(() => null);
  return facts === null ? null : { sizeBytes: facts.size, mtimeMs: facts.mtimeMs, isFile: facts.isFile() };
}

/** Makes the folder of a repository's file and makes sure that no link leads out of the repository's folder. */
export async function makeParent(folder: string, relativePath: string): Promise<string> {
  const file = path.join(folder, ...relativePath.split('/'));
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const [root, parent] = await Promise.all([realpath(folder), realpath(path.dirname(file))]);
    if (parent !== path.join(root, ...relativePath.split('/').slice(0, -1))) throw new StudioError('INVALID_INPUT', `${path.dirname(file)} is reached through a link. Remove the link, or choose another folder.`, { details: { path: file } });
    return file;
  } catch (error) {
    throw fileError(error, file);
  }
}

/** A file that is being received under a temporary name. */
export class PartFile {
  readonly path: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle) {
    this.path = file;
    this.#handle = handle;
  }

  /** Opens or makes it; never through a link. */
  static async open(file: string): Promise<PartFile> {
    try {
      return new PartFile(file, await open(file, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o644));
    } catch (error) {
      throw fileError(error, file);
    }
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      for (let done = 0; done < bytes.byteLength; ) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      throw fileError(error, this.path);
    }
  }

  /** Returns once everything written is on the disk itself. */
  async sync(): Promise<void> {
    try {
      await this.#handle.datasync();
    } catch (error) {
      throw fileError(error, this.path);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** Gives a finished part its own name. Nothing that is already there is replaced. */
export async function putInPlace(part: string, file: string): Promise<number> {
  if ((await fileFacts(file)) !== null) throw alreadyThere(file);
  try {
    await rename(part, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    throw fileError(error, file);
  }
  return (await fileFacts(file))?.mtimeMs ?? 0;
}

/** A file that is in the way. */
export const alreadyThere = (file: string): StudioError => new StudioError('CONFLICT', `${file} is already there with other content, and is left as it is. Move it away, or choose another folder.`, { details: { path: file } });

/** So that a rename outlives a power cut; Windows does this by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const wholeHash = (file: HubFile): { hash: Hash; expected: string } | null => {
  if (file.sha256 !== null) return { hash: createHash('sha256'), expected: file.sha256 };
  if (file.gitSha1 === null) return null;
  return { hash: createHash('sha1').update(`blob ${file.sizeBytes}\0`), expected: file.gitSha1 };
};

/** Reads a file through once: its whole hash against the hub's, and every recorded range against what arrived. */
export async function checkFile(place: string, file: HubFile, ranges: readonly RecordedRange[], signal: AbortSignal): Promise<CheckResult> {
  const whole = wholeHash(file);
  const damaged: RecordedRange[] = [];
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const handle = await open(place, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
    throw fileError(error, place);
  });
  const pending = [...ranges].sort((a, b) => a.start - b.start);
  let current: { range: RecordedRange; hash: Hash } | null = null;
  try {
    if ((await handle.stat()).size !== file.sizeBytes) return { damaged: [...ranges], whole: false };
    for (let at = 0; at < file.sizeBytes; ) {
      signal.throwIfAborted();
      if (current === null && pending[0]?.start === at) current = { range: pending.shift()!, hash: createHash('sha256') };
      // A read never crosses the end of a range, so that each has a hash of its own.
      const until: number = current === null ? (pending[0]?.start ?? file.sizeBytes) : current.range.end;
      const { bytesRead } = await handle.read(buffer, 0, Math.min(READ_BYTES, until - at), at);
      if (bytesRead === 0) return { damaged: [...ranges], whole: false };
      const bytes = buffer.subarray(0, bytesRead);
      whole?.hash.update(bytes);
      current?.hash.update(bytes);
      at += bytesRead;
      if (current !== null && at === current.range.end) {
        if (current.hash.digest('hex') !== current.range.sha256) damaged.push(current.range);
        current = null;
      }
    }
  } catch (error) {
    throw fileError(error, place);
  } finally {
    await handle.close();
  }
  return { damaged, whole: damaged.length === 0 && (whole === null || whole.hash.digest('hex') === whole.expected) };
}

/** The file system's room at a path that may not exist yet, in bytes. */
export async function freeBytesAt(place: string): Promise<number> {
  for (let at = place; ; at = path.dirname(at)) {
    const facts = await statfs(at).catch(() => null);
    if (facts !== null) return facts.bavail * facts.bsize;
    if (path.dirname(at) === at) return 0;
  }
}
