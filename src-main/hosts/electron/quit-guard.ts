/** What the creator chose when closing with work running. */
export type QuitChoice = 'background' | 'keepWorking' | 'pauseAndQuit' | 'cancelAndQuit';

/** The buttons, in order; the index of the answer is the index of the choice. */
export const QUIT_CHOICES: readonly { readonly choice: QuitChoice; readonly label: string }[] = [
  { choice: 'background', label: 'Continue in the background' },
  { choice: 'pauseAndQuit', label: 'Pause and quit' },
  { choice: 'cancelAndQuit', label: 'Cancel the work and quit' },
  { choice: 'keepWorking', label: 'Keep the window open' },
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

/** What happens to the app now: it ends, its window stays, or its work goes on without a window. */
export type QuitDecision = 'quit' | 'stay' | 'background';

/**
 * What closing the window means. Pausing needs no call: closing the studio stops its jobs between two steps and the next start
 * goes on from there.
 */
export async function decideQuit(guard: QuitGuard): Promise<QuitDecision> {
  const jobs = await guard.unfinished();
  if (jobs.length === 0) return 'quit';
  const choice = await guard.ask(jobs);
  if (choice === 'keepWorking') return 'stay';
  if (choice === 'background') return 'background';
  if (choice === 'cancelAndQuit') for (const job of jobs) await guard.cancel(job);
  return 'quit';
}
