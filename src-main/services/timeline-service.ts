import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { OpenProjects } from './open-projects.ts';

export function createTimelineService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['timeline'] {
  const timelineOf = (projectId: string) => projects.get(projectId).store.timeline;
  return {
    get: async ({ projectId }) => timelineOf(projectId).get(),
    apply: async ({ projectId, baseRevision, label, diff }) => timelineOf(projectId).apply(baseRevision, label, diff),
    undo: async ({ projectId }) => timelineOf(projectId).undo(),
    redo: async ({ projectId }) => timelineOf(projectId).redo(),
  };
}
