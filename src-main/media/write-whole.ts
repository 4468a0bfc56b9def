import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

const REFUSED = new Set<unknown>(['EACCES', 'EROFS', 'EISDIR', 'EPERM', 'ENOENT', 'ENOTDIR']);

/**
 * Runs `write` on a temporary name beside `file` and moves the result into place when it is whole, so that `file` is at every
 * moment either what it was or complete. Returns its size in bytes. A `temporaryName` that is the same for every attempt lets the next
 * one replace what a killed one left.
 */
export async function writeWhole(file: string, write: (temporary: string) => Promise<void>, { temporaryName = `.${randomUUID()}.part` }: { readonly temporaryName?: string } = {}): Promise<number> {
  const folder = path.dirname(file);
  const reachable = await stat(folder).then((stats) => stats.isDirectory(), () => false);
  if (!reachable) throw new StudioError('INVALID_INPUT', `${file} cannot be written: the folder ${folder} does not exist. Create it, or choose another one.`, { details: { path: file } });
  let temporary = path.join(folder, temporaryName);
  // A writer that outlived its studio may still hold the old file: ours is another one, whatever becomes of it.
  await rm(temporary, { force: true }).catch(() => {
    temporary = path.join(folder, `.${randomUUID()}.part`);
  });
  try {
    await write(temporary);
    const { size } = await stat(temporary);
    await rename(temporary, file);
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    const refused = StudioError.is(error, 'FFMPEG_FAILED') ? /Permission denied|Read-only file system/.test(String(error.details['stderr'] ?? '')) : error instanceof Error && 'code' in error && REFUSED.has(error.code);
    if (refused) throw new StudioError('INVALID_INPUT', `${file} cannot be written: choose another folder or name.`, { details: { path: file }, cause: error });
    throw error;
  }
}
