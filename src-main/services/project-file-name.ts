import { existsSync } from 'node:fs';
import { extname, isAbsolute, join, resolve } from 'node:path';
import { toFileName } from '../../src-shared/export/file-name.ts';

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
