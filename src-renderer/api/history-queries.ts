import { useQuery } from '@tanstack/react-query';
import type { StudioClient } from '../../src-shared/contract/studio-contract.ts';
import type { TimelineMoment, TimelineVersion } from '../../src-shared/contract/timeline.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { useDocument, useEditor } from './studio-context.tsx';

export type History = Awaited<ReturnType<StudioClient['timeline']['history']>>;

/** The newest edits that are asked for at once; more are asked for by their number. */
export const HISTORY_PAGE = 100;

/** Edits of the timeline, newest first, up to `limit`; null until known. Read again after each edit. */
export function useHistory(limit: number): History | null {
  const { client, project } = useEditor();
  const revision = useDocument((state) => state.revision);
  return useQuery({ queryKey: [project.id, 'history', revision, limit], queryFn: () => client.timeline.history({ projectId: project.id, limit }), placeholderData: (previous) => previous }).data ?? null;
}

export const versionsKey = (projectId: string) => [projectId, 'versions'] as const;

/** Named moments of the timeline, newest first. */
export function useVersions(): readonly TimelineVersion[] {
  const { client, project } = useEditor();
  return useQuery({ queryKey: versionsKey(project.id), queryFn: async () => (await client.timeline.versions({ projectId: project.id })).versions }).data ?? [];
}

/** The timeline as it was at a moment; null while it is read, or without one. */
export function useMoment(moment: TimelineMoment | null): TimelineRecords | null {
  const { client, project } = useEditor();
  const { data } = useQuery({
    queryKey: [project.id, 'moment', moment],
    queryFn: async () => (moment === null ? null : (await client.timeline.at({ projectId: project.id, moment })).records),
    enabled: moment !== null,
    // What comes after a position may be undone and edited anew.
    gcTime: 0,
    retry: false,
  });
  return moment === null ? null : (data ?? null);
}
