import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectStore } from '../store/project-store.ts';

/** Pictures of recent projects, so that the first screen can show them without opening a file. They can be lost at no cost. */
export interface Posters {
  /** Takes the picture of the project's newest take. */
  update(store: ProjectStore): void;
  /** Name of a project's picture, or null while there is none. */
  keyOf(projectPath: string): string | null;
  /** JPEG bytes, or null for a name that is not one. */
  read(key: string): Uint8Array | null;
  remove(projectPath: string): void;
}

export function createPosters(folder: string): Posters {
  const keyFor = (projectPath: string) => createHash('sha256').update(projectPath).digest('hex');
  const fileOf = (key: string) => join(folder, `${key}.jpg`);
  return {
    update(store) {
      const newest = store.takes.newest();
      const thumbnail = newest === null ? null : store.assets.thumbnail(newest.asset.id);
      if (thumbnail === null || thumbnail.mimeType !== 'image/jpeg') return;
      mkdirSync(folder, { recursive: true });
      const file = fileOf(keyFor(store.path));
      writeFileSync(`${file}.part`, thumbnail.bytes);
      renameSync(`${file}.part`, file);
    },
    keyOf(projectPath) {
      const key = keyFor(projectPath);
      return existsSync(fileOf(key)) ? key : null;
    },
    read: (key) => (/^[0-9a-f]{64}$/.test(key) && existsSync(fileOf(key)) ? new Uint8Array(readFileSync(fileOf(key))) : null),
    remove: (projectPath) => rmSync(fileOf(keyFor(projectPath)), { force: true }),
  };
}
