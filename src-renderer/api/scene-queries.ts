import { useQuery } from '@tanstack/react-query';
import type { ScenePlan } from '../../src-shared/contract/scenes.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import { packChoice } from '../editor/generate.ts';
import { projectKeys } from '../editor/editor.ts';
import { usePacks } from './queries.ts';
import { useDocument, useEditor } from './studio-context.tsx';

/** What rendering the timeline would make, and at what cost; null while unknown or while there is nothing to render. */
export function useScenePlan(preset: Preset): { readonly plan: ScenePlan | null; readonly problem: string | null } {
  const { client, project } = useEditor();
  const revision = useDocument((state) => state.revision);
  const choice = packChoice(usePacks());
  const { data, error } = useQuery({
    // Below the assets: finished work changes what is stale.
    queryKey: [...projectKeys.assets(project.id), 'scenePlan', preset, choice.packId, revision],
    queryFn: () => client.scenes.plan({ projectId: project.id, preset, ...choice }),
    retry: false,
    placeholderData: (previous) => previous,
  });
  return { plan: error ? null : (data ?? null), problem: error?.message ?? null };
}

/** How strongly an event's keyframes attended to its words. */
export interface EventAdherence {
  /** Per keyframe, the share of attention to text that the event's own words got. */
  readonly shares: readonly number[];
  /** The strongest share of all events: strips are drawn against it, so that a weak event looks weak. */
  readonly most: number;
}

const UNMEASURED: ReadonlyMap<string, EventAdherence> = new Map();

/** Measured adherence by event. */
export function useAdherence(preset: Preset): ReadonlyMap<string, EventAdherence> {
  const { client, project } = useEditor();
  const revision = useDocument((state) => state.revision);
  const choice = packChoice(usePacks());
  const { data } = useQuery({
    queryKey: [...projectKeys.assets(project.id), 'adherence', preset, choice.packId, revision],
    queryFn: async () => {
      const { events } = await client.scenes.adherence({ projectId: project.id, preset, ...choice });
      const most = Math.max(1e-9, ...events.flatMap(({ shares }) => shares ?? []));
      return new Map(events.flatMap(({ promptEventId, shares }) => (shares === null ? [] : [[promptEventId, { shares, most }] as const])));
    },
    retry: false,
    // An edit asks again; what it did not reach stays in sight until the answer comes.
    placeholderData: (previous) => previous,
  });
  return data ?? UNMEASURED;
}
