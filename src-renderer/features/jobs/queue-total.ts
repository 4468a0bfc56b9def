import type { Job } from '../../../src-shared/contract/jobs.ts';

/** Work that goes on without anybody: it runs, or waits for its turn. */
export const goesOn = ({ state }: Pick<Job, 'state'>): boolean => state === 'running' || state === 'available' || state === 'retryable';

/** Work that somebody waits for. Stand-ins were asked for by nobody: they rest when a project is left, and go on when it is opened again. */
export const isAwaited = (job: Pick<Job, 'state' | 'kind'>): boolean => goesOn(job) && job.kind !== 'proxy';

/** Time that all work that goes on by itself still takes: the known part in ms, and whether every job of it is known. Null: nothing works or waits. */
export function queueTotal(jobs: readonly Job[]): { readonly knownMs: number; readonly isWhole: boolean } | null {
  const going = jobs.filter(goesOn);
  if (going.length === 0) return null;
  return { knownMs: going.reduce((sum, { remainingMs }) => sum + (remainingMs ?? 0), 0), isWhole: going.every(({ remainingMs }) => remainingMs !== null) };
}
