import { expect, test } from 'vitest';
import { createBackground } from '../../../src-main/hosts/electron/background.ts';
import { decideQuit, type QuitChoice, type UnfinishedJob } from '../../../src-main/hosts/electron/quit-guard.ts';

const jobs: readonly UnfinishedJob[] = [
  { projectId: 'project:1', jobId: 'job:1', title: 'a red fish' },
  { projectId: 'project:2', jobId: 'job:2', title: 'import' },
];

async function close(unfinished: readonly UnfinishedJob[], choice: QuitChoice) {
  const asked: unknown[] = [];
  const cancelled: string[] = [];
  const decision = await decideQuit({
    unfinished: async () => unfinished,
    ask: async (running) => {
      asked.push(running);
      return choice;
    },
    cancel: async (job) => void cancelled.push(job.jobId),
  });
  return { decision, asked: asked.length, cancelled };
}

test('without work nothing is asked', async () => {
  expect(await close([], 'keepWorking')).toEqual({ decision: 'quit', asked: 0, cancelled: [] });
});

test('keep working stays, background goes on without a window, pause leaves the jobs to the next start, cancel ends each of them', async () => {
  expect(await close(jobs, 'keepWorking')).toEqual({ decision: 'stay', asked: 1, cancelled: [] });
  expect(await close(jobs, 'background')).toEqual({ decision: 'background', asked: 1, cancelled: [] });
  expect(await close(jobs, 'pauseAndQuit')).toEqual({ decision: 'quit', asked: 1, cancelled: [] });
  expect(await close(jobs, 'cancelAndQuit')).toEqual({ decision: 'quit', asked: 1, cancelled: ['job:1', 'job:2'] });
});

test('in the background the app ends behind the last job, unless someone brought the window back', () => {
  const said: unknown[] = [];
  let left = [{ share: 0.5 }, { share: 0 }];
  let look = (): void => {};
  const background = createBackground(
    { unfinished: () => left, hide: () => said.push('hide'), show: () => said.push('show'), finish: () => said.push('finish'), progress: (share) => said.push(share) },
    (work) => {
      look = work;
      return () => {};
    },
  );
  look();
  background.enter();
  look();
  left = [];
  background.leave();
  look();
  expect(said.splice(0)).toEqual([0.25, 'hide', 0.25, 'show', null]);
  background.enter();
  look();
  look();
  expect(said).toEqual(['hide', null, 'finish', null]);
});
