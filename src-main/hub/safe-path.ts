import { StudioError } from '../../src-shared/errors/studio-error.ts';

const MAX_PATH = 255;
const MAX_LEVELS = 8;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
/** What some file system forbids or reads in another way. */
// oxlint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f\\:*?"<>|]/;

/** What is wrong with a file's path in a repository, or null when it means the same place below a folder on every system. */
export function pathProblem(path: string): string | null {
  if (path === '' || path.length > MAX_PATH) return 'it is empty or too long';
  if (FORBIDDEN.test(path)) return 'it has characters that file systems read in other ways';
  const segments = path.split('/');
  if (segments.length > MAX_LEVELS) return 'it is nested too deep';
  for (const segment of segments) {
    if (segment === '' || segment === '.' || segment === '..') return 'it leads out of its folder';
    if (/[. ]$/.test(segment) || segment.startsWith(' ')) return 'it begins or ends with a dot or space';
    if (WINDOWS_DEVICE.test(segment)) return 'it is the name of a device';
    if (segment.normalize('NFC') !== segment) return 'its letters can be written in several ways';
  }
  return null;
}

/** Refuses a listing with a path that could leave its folder, or with two that mean the same place. */
export function checkPaths(repository: string, paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const key = path.toLowerCase();
    const problem = pathProblem(path) ?? (seen.has(key) ? 'another file has the same name' : null);
    if (problem !== null) throw new StudioError('HUB_ANSWER_INVALID', `${repository} is not downloaded: the file ${JSON.stringify(path.slice(0, 80))} has an unsafe name (${problem}). Tell the repository's owner.`, { details: { repository } });
    seen.add(key);
  }
}
