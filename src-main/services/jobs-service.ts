import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { OpenProjects } from './open-projects.ts';

export function createJobsService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['jobs'] {
  const queueOf = (projectId: string) => projects.get(projectId).queue;
  return {
    list: async ({ projectId }) => ({ jobs: queueOf(projectId).list() }),
    get: async ({ projectId, jobId }) => queueOf(projectId).get(jobId),
    cancel: async ({ projectId, jobId }) => queueOf(projectId).cancel(jobId),
    pause: async ({ projectId, jobId }) => queueOf(projectId).pause(jobId),
    resume: async ({ projectId, jobId }) => queueOf(projectId).resume(jobId),
    retry: async ({ projectId, jobId }) => queueOf(projectId).retry(jobId),
    moveToFront: async ({ projectId, jobId }) => queueOf(projectId).moveToFront(jobId),
    move: async ({ projectId, jobId, before }) => queueOf(projectId).move(jobId, before),
    dismiss: async ({ projectId, jobId }) => {
      queueOf(projectId).dismiss(jobId);
      return {};
    },
    watch: ({ projectId }, { signal }) => queueOf(projectId).watch(signal),
  };
}
