import { openProjectStore } from '../store/project-store.ts';

/** What `motif check` found. */
export interface ProjectReport {
  readonly path: string;
  readonly projectId: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** In words; empty when the file is sound. */
  readonly problems: readonly string[];
  readonly assets: number;
  readonly takes: number;
  readonly jobs: number;
}

/** Reads every byte of a project file without changing it. */
export function checkProject(path: string): ProjectReport {
  const store = openProjectStore(path, { readOnly: true });
  try {
    const problems = store.checkIntegrity();
    const { id, name } = store.project();
    return { path, projectId: id, name, problems, sizeBytes: store.sizeBytes(), assets: store.assets.list().length, takes: store.takes.list().length, jobs: store.jobs.list().length };
  } finally {
    store.close();
  }
}
