import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { OpenProjects } from './open-projects.ts';

/** One undoable edit: shows a take at some prompt events. */
function setActiveTake(store: ProjectStore, events: readonly PromptEvent[], takeId: string | null, label: string): void {
  if (events.length === 0) return;
  const { revision } = store.timeline.get().document;
  store.timeline.apply(revision, label, { added: [], removed: [], updated: events.map((event) => ({ from: event, to: { ...event, activeTakeId: takeId } })) });
}

const promptEvents = (store: ProjectStore): PromptEvent[] =>
  Object.values(store.timeline.get().document.records).filter((record) => record.type === 'promptEvent');

/**
 * Shows each new take at its prompt event, and a new scene at all of its events that are still there, as an undoable edit.
 * Returns how to stop.
 *
 * It listens to commits, not to jobs: a clip that the project already had becomes a take without running.
 */
export function showNewTakes(store: ProjectStore, log: (line: string) => void): () => void {
  const known = new Set(store.takes.list().map(({ id }) => id));
  const show = (): void => {
    for (const take of store.takes.list()) {
      if (known.has(take.id)) continue;
      known.add(take.id);
      const { scene } = take.recipe;
      // Variants of an event inside a scene wait to be picked: the timeline says another seed.
      if (scene !== undefined && take.promptEventId !== null) continue;
      const shown = new Set(scene === undefined ? [take.promptEventId] : scene.events.map(({ id }) => id));
      setActiveTake(store, promptEvents(store).filter(({ id, activeTakeId }) => shown.has(id) && activeTakeId !== take.id), take.id, scene === undefined ? 'New take' : 'New scene');
    }
  };
  return store.onChange((topic) => {
    if (topic !== 'takes') return;
    try {
      show();
    } catch (error) {
      // The take itself is stored and listed; a full disk must not undo the job that made it.
      log(`[takes] a new take could not be shown: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

export function createTakesService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['takes'] {
  return {
    // A take has its recipe; its clip would say the same again, half of all that is sent.
    list: async ({ projectId }) => ({ takes: projects.get(projectId).store.takes.list().map((take) => ({ ...take, asset: { ...take.asset, recipe: null } })) }),
    star: async ({ projectId, takeId, starred }) => projects.get(projectId).store.takes.star(takeId, starred),
    mark: async ({ projectId, takeId, rating, label }) => projects.get(projectId).store.takes.mark(takeId, { rating, label }),
    rank: async ({ projectId, takeIds }) => {
      projects.get(projectId).store.takes.rank(takeIds);
      return {};
    },
    remove: async ({ projectId, takeId }) => {
      const { store } = projects.get(projectId);
      store.transaction(() => {
        const { promptEventId } = store.takes.get(takeId);
        store.takes.remove(takeId);
        const next = promptEventId === null ? undefined : store.takes.list().find((take) => take.promptEventId === promptEventId);
        // An event must not point at a take that is gone; the newest of the others takes its place.
        setActiveTake(store, promptEvents(store).filter(({ activeTakeId }) => activeTakeId === takeId), next?.id ?? null, 'Remove take');
      });
      return {};
    },
  };
}
