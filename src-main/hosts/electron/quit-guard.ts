/** What the creator chose when closing with work running. */
export type QuitChoice = 'keepWorking' | 'pauseAndQuit' | 'cancelAndQuit';

/** The buttons, in order; the index of the answer is the index of the choice. */
export const QUIT_CHOICES: readonly { readonly choice: QuitChoice; readonly label: string }[] = [
  { choice: 'pauseAndQuit', label: 'Pause and quit' },
  { choice: 'cancelAndQuit', label: 'Cancel the work and quit' },
  { choice: 'keepWorking', label: 'Keep working' },
];

export interface UnfinishedJob {
  readonly projectId: string;
  readonly jobId: string;
  readonly title: string;
}

export interface QuitGuard {
  unfinished(): Promise<readonly UnfinishedJob[]>;
  ask(jobs: readonly UnfinishedJob[]): Promise<QuitChoice>;
  cancel(job: UnfinishedJob): Promise<void>;
}

/**
 * True when the app may quit now. Pausing needs no call: closing the studio stops its jobs between two steps and the next
 * start goes on from there.
 */
export async function mayQuit(guard: QuitGuard): Promise<boolean> {
  const jobs = await guard.unfinished();
  if (jobs.length === 0) return true;
  const choice = await guard.ask(jobs);
  if (choice === 'keepWorking') return false;
  if (choice === 'cancelAndQuit') for (const job of jobs) await guard.cancel(job);
  return true;
}
