import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** An upload whose import failed can be tried again for this long. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

/** Removes uploads that no import wants any more, as a killed studio may have left them, and files that were dragged out long ago. */
export function sweepUploads(folder: string, now = Date.now()): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  for (const name of names) {
    const path = join(folder, name);
    if (now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > KEPT_MS) rmSync(path, { recursive: true, force: true });
  }
}
