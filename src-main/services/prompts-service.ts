import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { promptEventsOf } from '../../src-shared/build/scene-from-timeline.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { OpenProjects } from './open-projects.ts';

/** Remembers what a clip of one event was asked for: the event's own words where the whole begins with them. */
export function rememberPrompt(store: ProjectStore, prompt: string, promptEventId: string | null): void {
  const event = promptEventId === null ? undefined : store.timeline.get().document.records[promptEventId];
  const own = event?.type === 'promptEvent' ? event.prompt.trim() : '';
  store.prompts.remember([own !== '' && prompt.startsWith(own) ? own : prompt]);
}

/** Remembers the words of every event that a scene tells. */
export function rememberScene(store: ProjectStore): void {
  store.prompts.remember(promptEventsOf(store.timeline.get().document.records).map(({ prompt }) => prompt));
}

export function createPromptsService({ projects }: { readonly projects: OpenProjects }): StudioHandlers['prompts'] {
  const promptsOf = (projectId: string) => projects.get(projectId).store.prompts;
  return {
    list: async ({ projectId, search, starred, limit }) => {
      const { prompts, total } = promptsOf(projectId).list({ search, starred, limit });
      return { prompts: [...prompts], total };
    },
    star: async ({ projectId, words, starred }) => {
      promptsOf(projectId).star(words, starred);
      return {};
    },
    forget: async ({ projectId, words }) => {
      promptsOf(projectId).forget(words);
      return {};
    },
  };
}
