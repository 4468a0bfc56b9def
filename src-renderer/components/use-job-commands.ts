import { useState } from 'react';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { mergeJob } from '../api/project-events.ts';
import { projectKeys, type Editor } from '../editor/editor.ts';
import { notifyError } from '../editor/notices.ts';

export type JobCommand = 'cancel' | 'pause' | 'resume' | 'retry' | 'moveToFront' | 'dismiss' | 'keepDraft';

/** Commands to jobs, with what is under way per job so that a button answers at once. */
export function useJobCommands(editor: Editor): { pending: ReadonlyMap<string, JobCommand>; run: (command: JobCommand, jobId: string) => void } {
  const [pending, setPending] = useState<ReadonlyMap<string, JobCommand>>(new Map());
  const { client, queryClient, project } = editor;

  const run = (command: JobCommand, jobId: string) => {
    const input = { projectId: project.id, jobId };
    setPending((before) => new Map(before).set(jobId, command));
    const work = async () => {
      if (command === 'dismiss') {
        await client.jobs.dismiss(input);
        queryClient.setQueryData<Job[]>(projectKeys.jobs(project.id), (jobs) => (jobs ?? []).filter((job) => job.id !== jobId));
        return;
      }
      if (command === 'keepDraft') {
        await client.generation.keepDraft(input);
        await queryClient.invalidateQueries({ queryKey: projectKeys.jobs(project.id) });
        return;
      }
      const job = await client.jobs[command](input);
      queryClient.setQueryData<Job[]>(projectKeys.jobs(project.id), (jobs) => mergeJob(jobs ?? [], job));
      if (command === 'moveToFront') await queryClient.invalidateQueries({ queryKey: projectKeys.jobs(project.id) });
    };
    void work().catch(notifyError).finally(() => {
      setPending((before) => {
        const rest = new Map(before);
        rest.delete(jobId);
        return rest;
      });
    });
  };
  return { pending, run };
}
