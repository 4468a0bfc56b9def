import { goesOn, type Job } from '../../../src-shared/contract/jobs.ts';

/** Time that all work that goes on by itself still takes: the known part in ms, and whether every job of it is known. Null: nothing works or waits. */
export function queueTotal(jobs: readonly Job[]): { readonly knownMs: number; readonly isWhole: boolean } | null {
  const going = jobs.filter(goesOn);
  if (going.length === 0) return null;
  return { knownMs: going.reduce((sum, { remainingMs }) => sum + (remainingMs ?? 0), 0), isWhole: going.every(({ remainingMs }) => remainingMs !== null) };
}
