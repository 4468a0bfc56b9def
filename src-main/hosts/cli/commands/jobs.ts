import { resolve } from 'node:path';
import type { Job } from '../../../../src-shared/contract/jobs.ts';
import { finishJob, withStudio } from '../cli-studio.ts';
import { requirePositionals, type Command, type CommandContext } from '../command.ts';
import { formatDuration } from '../terminal.ts';

export const jobsCommand: Command = {
  name: 'jobs',
  summary: 'Lists the jobs of a project, newest first.',
  arguments: 'FILE',
  options: [{ name: 'run', help: 'let unfinished jobs go on and wait until each has ended' }],
  async run(input, context) {
    const [file = ''] = requirePositionals(jobsCommand, input, ['FILE']);
    const path = resolve(file);
    const { listJobs } = await import('../../../app/list-jobs.ts');
    const jobs = input.on('run') ? await runJobs(path, context) : listJobs(path);
    if (jobs.length === 0) context.terminal.line('No jobs.');
    for (const job of jobs) context.terminal.line(jobLine(job));
    return { path, jobs };
  },
};

async function runJobs(path: string, context: CommandContext): Promise<readonly Job[]> {
  return withStudio({}, async ({ client }) => {
    const { id: projectId } = await client.projects.open({ path });
    const { jobs } = await client.jobs.list({ projectId });
    for (const job of jobs.toReversed()) {
      if (job.state === 'paused') await client.jobs.resume({ projectId, jobId: job.id });
      if (job.finishedAt !== null) continue;
      await finishJob(client, projectId, job.id, context).catch((error: unknown) => {
        if (context.signal.aborted) throw error;
        // How it ended is in the list below.
      });
    }
    return (await client.jobs.list({ projectId })).jobs;
  });
}

function jobLine(job: Job): string {
  const time = job.elapsedMs > 0 ? ` ${formatDuration(job.elapsedMs)}` : '';
  const result = job.error === null ? (job.resultPath ?? job.resultAssetId ?? '') : job.error.message;
  return `${job.id}  ${job.kind.padEnd(8)} ${job.state.padEnd(9)}${time}  ${job.title}${result === '' ? '' : `  ${result}`}`;
}
