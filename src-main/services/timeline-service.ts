import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { OpenProjects } from './open-projects.ts';

export function createTimelineService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['timeline'] {
  const timelineOf = (projectId: string) => projects.get(projectId).store.timeline;
  const travelled = ({ document, diff, undoLabel, redoLabel }: ReturnType<ReturnType<typeof timelineOf>['undo']>) => ({ revision: document.revision, diff, undoLabel, redoLabel });
  return {
    get: async ({ projectId }) => timelineOf(projectId).get(),
    revision: async ({ projectId }) => ({ revision: timelineOf(projectId).revision() }),
    apply: async ({ projectId, baseRevision, label, diff }) => {
      const { document, undoLabel, redoLabel } = timelineOf(projectId).apply(baseRevision, label, diff);
      return { revision: document.revision, undoLabel, redoLabel };
    },
    undo: async ({ projectId }) => travelled(timelineOf(projectId).undo()),
    redo: async ({ projectId }) => travelled(timelineOf(projectId).redo()),
  };
}
