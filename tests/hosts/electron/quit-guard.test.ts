import { expect, test } from 'vitest';
import { mayQuit, type QuitChoice, type UnfinishedJob } from '../../../src-main/hosts/electron/quit-guard.ts';

const jobs: readonly UnfinishedJob[] = [
  { projectId: 'project:1', jobId: 'job:1', title: 'a red fish' },
  { projectId: 'project:2', jobId: 'job:2', title: 'import' },
];

async function close(unfinished: readonly UnfinishedJob[], choice: QuitChoice) {
  const asked: unknown[] = [];
  const cancelled: string[] = [];
  const quits = await mayQuit({
    unfinished: async () => unfinished,
    ask: async (running) => {
      asked.push(running);
      return choice;
    },
    cancel: async (job) => void cancelled.push(job.jobId),
  });
  return { quits, asked: asked.length, cancelled };
}

test('without work nothing is asked', async () => {
  expect(await close([], 'keepWorking')).toEqual({ quits: true, asked: 0, cancelled: [] });
});

test('keep working stays, pause leaves the jobs to the next start, cancel ends each of them', async () => {
  expect(await close(jobs, 'keepWorking')).toEqual({ quits: false, asked: 1, cancelled: [] });
  expect(await close(jobs, 'pauseAndQuit')).toEqual({ quits: true, asked: 1, cancelled: [] });
  expect(await close(jobs, 'cancelAndQuit')).toEqual({ quits: true, asked: 1, cancelled: ['job:1', 'job:2'] });
});
