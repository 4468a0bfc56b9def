import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { invalid } from './command.ts';

/**
 * The whole path of a clip to be written. Checked before any work, so that a typing error does not cost a generation. `maybeClear`: what is
 * written may be transparent, and then a WebM.
 */
export function outputClipPath(given: string, maybeClear = false): string {
  const path = resolve(given);
  const extension = extname(path).toLowerCase();
  if (extension !== '.mp4' && !(maybeClear && extension === '.webm')) throw invalid(`--out is "${given}": clips are written as MP4${maybeClear ? ', transparent ones as WebM' : ''}, so end the name with .mp4${maybeClear ? ' or .webm' : ''}.`);
  if (existsSync(path) && statSync(path).isDirectory()) throw invalid(`--out is "${given}", which is a folder: name a file in it.`);
  requireWritableFolder(given, dirname(path));
  return path;
}

/** Tells early when nothing can be written to `folder`. */
export function requireWritableFolder(given: string, folder: string): void {
  if (!existsSync(folder)) throw invalid(`--out is "${given}", but the folder ${folder} does not exist: make it first.`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new StudioError('INVALID_INPUT', `--out is "${given}", but nothing can be written to ${folder}: choose another folder.`, { cause: error });
  }
}

/** The path with the extension that fits what was made: MP4 cannot hold transparency. */
export function pathForType(path: string, mimeType: string): string {
  const fitting = mimeType === 'video/webm' ? '.webm' : '.mp4';
  return extname(path).toLowerCase() === fitting ? path : `${path.slice(0, -extname(path).length)}${fitting}`;
}
