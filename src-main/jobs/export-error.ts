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

/** ffmpeg's usual complaints in plain words, with what helps. */
const PLAIN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/Cannot allocate memory|malloc|out of memory/i, 'There was not enough memory. Close other programs, or choose a smaller height.'],
  [/Invalid data found|corrupt|error while decoding|moov atom not found/i, 'A clip on the timeline is damaged. Play it in the viewer to find it, and import its file again.'],
  [/opening encoder|incorrect parameters|not divisible|Invalid argument|does not support/i, 'The encoder refuses this size or these settings. Choose another height, quality or format.'],
  [/Broken pipe|Connection reset/i, 'The encoder stopped early. Export again; if it happens again, choose another format.'],
];

/** A failed ffmpeg as a person can use it; its own last line stays for those who know it. */
export function explainFfmpeg(error: unknown): unknown {
  if (!StudioError.is(error, 'FFMPEG_FAILED')) return error;
  const lines = error.details['stderr'];
  const text = Array.isArray(lines) ? lines.join('\n') : error.message;
  const words = PLAIN_WORDS.find(([pattern]) => pattern.test(text))?.[1];
  return words === undefined ? error : new StudioError('FFMPEG_FAILED', `${words} (${error.message})`, { details: error.details, cause: error });
}
