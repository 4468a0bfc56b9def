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

/** Measured adherence by event: per keyframe, the share of attention that its own words got. */
export function useAdherence(preset: Preset): ReadonlyMap<string, readonly number[]> {
  const { client, project } = useEditor();
  const revision = useDocument((state) => state.revision);
  const choice = packChoice(usePacks());
  const { data } = useQuery({
    queryKey: [...projectKeys.assets(project.id), 'adherence', preset, choice.packId, revision],
    queryFn: async () => (await client.scenes.adherence({ projectId: project.id, preset, ...choice })).events,
    retry: false,
  });
  return new Map((data ?? []).flatMap(({ promptEventId, shares }) => (shares === null ? [] : [[promptEventId, shares] as const])));
}
