import { useEffect, useState } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { useJobs } from '../../api/queries.ts';

const OVER: ReadonlySet<Job['state']> = new Set(['completed', 'cancelled', 'discarded', 'paused']);

/** The jobs of one export, followed to their end. */
export interface ExportRun {
  readonly jobs: readonly Job[];
  readonly isRunning: boolean;
  /** Why it failed, in the words of the first job that did. */
  readonly problem: string | null;
  begin(jobIds: readonly string[]): void;
}

export function useExportJobs(onDone: (jobs: readonly Job[]) => void): ExportRun {
  const [ids, setIds] = useState<readonly string[]>([]);
  const all = useJobs();
  const jobs = ids.flatMap((id) => all.find((job) => job.id === id) ?? []);
  const isRunning = ids.length > 0 && (jobs.length < ids.length || jobs.some(({ state }) => !OVER.has(state)));
  const isDone = ids.length > 0 && jobs.length === ids.length && jobs.every(({ state }) => state === 'completed');
  useEffect(() => {
    if (isDone) onDone(jobs);
    // Only the end counts, not what else changes about the jobs.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isDone]);
  return { jobs, isRunning, problem: isRunning ? null : (jobs.find(({ error }) => error !== null)?.error?.message ?? null), begin: setIds };
}
