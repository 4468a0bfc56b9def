import type { Job } from '../../src-shared/contract/jobs.ts';
import { toJobView } from '../jobs/job-view.ts';
import { openProjectStore } from '../store/project-store.ts';

/** The jobs of a project file as they are stored, newest first, without letting any of them go on. */
export function listJobs(path: string): Job[] {
  const store = openProjectStore(path, { readOnly: true });
  try {
    return store.jobs.list().map((row) => toJobView(row, null, 0));
  } finally {
    store.close();
  }
}
