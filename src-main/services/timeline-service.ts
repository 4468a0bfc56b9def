import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { OpenProjects } from './open-projects.ts';

export function createTimelineService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['timeline'] {
  const timelineOf = (projectId: string) => projects.get(projectId).store.timeline;
  const historyOf = (projectId: string) => projects.get(projectId).store.history;
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
    history: async ({ projectId, before, limit }) => {
      const { entries, position } = historyOf(projectId).list({ before, limit });
      return { entries: [...entries], position };
    },
    at: async ({ projectId, moment }) => ({ records: { ...historyOf(projectId).at(moment) } }),
    versions: async ({ projectId }) => ({ versions: [...historyOf(projectId).versions()] }),
    saveVersion: async ({ projectId, name }) => historyOf(projectId).save(name),
    removeVersion: async ({ projectId, versionId }) => {
      historyOf(projectId).remove(versionId);
      return {};
    },
  };
}
