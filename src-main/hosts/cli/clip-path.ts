import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { invalid } from './command.ts';

/** The whole path of a clip to be written. Checked before any work, so that a typing error does not cost a generation. */
export function outputClipPath(given: string): string {
  const path = resolve(given);
  if (extname(path).toLowerCase() !== '.mp4') throw invalid(`--out is "${given}": clips are written as MP4, so end the name with .mp4.`);
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
