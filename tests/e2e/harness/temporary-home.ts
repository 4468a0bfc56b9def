import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** The folders of one studio under test; nothing of it outlives the test. */
export interface TemporaryHome {
  readonly root: string;
  /** Settings and recent projects. */
  readonly dataDir: string;
  /** Where new projects go. */
  readonly projectsFolder: string;
  /** The browser's profile. */
  readonly profile: string;
  remove(): Promise<void>;
}

/** Makes the folders below the system's temporary folder. */
export async function createTemporaryHome(): Promise<TemporaryHome> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'motif-e2e-'));
  const [dataDir, projectsFolder, profile] = ['data', 'projects', 'profile'].map((name) => path.join(root, name)) as [string, string, string];
  for (const folder of [dataDir, projectsFolder, profile]) await mkdir(folder);
  // A browser that has just ended may still be writing its profile.
  const remove = () => rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  return { root, dataDir, projectsFolder, profile, remove };
}
