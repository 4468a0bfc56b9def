import { existsSync } from 'node:fs';
import { extname, isAbsolute, join, resolve } from 'node:path';

const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A file name for a title that every desktop accepts: no separators, wildcards, control characters or device names, no dots
 * or spaces at its ends, at most 80 characters.
 */
export function toFileName(title: string, fallback: string): string {
  const plain = title
    // eslint-disable-next-line no-control-regex -- file names must not hold control characters
    .replace(/[<>:"/\\|?*\u0000-\u001f\u007f]+/g, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, 80)
    .replace(/^[. ]+|[. ]+$/g, '');
  return plain === '' || RESERVED.test(plain.split('.')[0] ?? '') ? fallback : plain;
}

/** Where a new project of that name goes: `NAME.motif` in `folder`, with the first free number when the name is taken. */
export function freeProjectPath(folder: string, name: string): string {
  const base = toFileName(name, 'Untitled');
  for (let number = 1; ; number++) {
    const path = join(folder, `${base}${number === 1 ? '' : ` ${number}`}.motif`);
    if (!existsSync(path)) return path;
  }
}

/** A path that a person typed: relative ones are in `folder`, and a missing extension is added. */
export function typedProjectPath(folder: string, path: string): string {
  const absolute = isAbsolute(path) ? resolve(path) : resolve(folder, path);
  return extname(absolute) === '' ? `${absolute}.motif` : absolute;
}
