import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { LibraryFilter, type DiskUse, type LibraryEntry } from '../../src-shared/contract/library.ts';
import { projectKeys } from '../editor/editor.ts';
import { useEditor } from './studio-context.tsx';

/** Entries that are asked for at once. */
const PAGE = 60;

type Page = { readonly filter: LibraryFilter; readonly entries: readonly LibraryEntry[]; readonly total: number };

function usePageQuery(filter: LibraryFilter) {
  const { client, project, noteAssets } = useEditor();
  return (page: number) => ({
    queryKey: [...projectKeys.assets(project.id), 'library', filter, page] as const,
    queryFn: async (): Promise<Page> => {
      const found = await client.library.page({ projectId: project.id, filter, offset: page * PAGE, limit: PAGE });
      noteAssets(found.entries.map(({ asset }) => asset));
      return { filter, ...found };
    },
    staleTime: 60_000,
  });
}

/** How much a filter leaves, null before the first answer. While a new one is asked for, the one before and what it left stay: `filter` says which is shown. */
export function useLibraryTotal(filter: LibraryFilter): { readonly filter: LibraryFilter; readonly total: number | null } {
  const query = usePageQuery(filter);
  const { data } = useQuery({ ...query(0), placeholderData: keepPreviousData });
  return data === undefined ? { filter, total: null } : { filter: data.filter, total: data.total };
}

/** Entries `first` to `last` of what a filter leaves, by their number; undefined while their page is on its way. */
export function useLibraryEntries(filter: LibraryFilter, first: number, last: number): (index: number) => LibraryEntry | undefined {
  const query = usePageQuery(filter);
  const from = Math.floor(Math.max(0, first) / PAGE);
  const pages = Array.from({ length: Math.floor(Math.max(0, last) / PAGE) - from + 1 }, (_, i) => query(from + i));
  const answers = useQueries({ queries: pages });
  return (index) => answers[Math.floor(index / PAGE) - from]?.data?.entries[index % PAGE];
}

const VIDEOS = LibraryFilter.parse({ kinds: ['video'] });

/** The clips to choose from where one is enough: the newest of the library. */
export function useNewestVideos(): readonly Asset[] {
  const query = usePageQuery(VIDEOS);
  return useQuery(query(0)).data?.entries.map(({ asset }) => asset) ?? [];
}

/** One asset with what the creator says about it; null until known, and for what is no asset. */
export function useLibraryEntry(assetId: string | null): LibraryEntry | null {
  const { client, project, noteAssets } = useEditor();
  const queryFn = async (): Promise<LibraryEntry> => {
    const entry = await client.library.get({ projectId: project.id, assetId: assetId ?? '' });
    noteAssets([entry.asset]);
    return entry;
  };
  return useQuery({ queryKey: [...projectKeys.assets(project.id), 'entry', assetId], queryFn, enabled: assetId?.startsWith('asset:') === true, retry: false }).data ?? null;
}

/** The creator's own words for things, with how often each is used. */
export function useTags(): readonly { readonly tag: string; readonly count: number }[] {
  const { client, project } = useEditor();
  return useQuery({ queryKey: [...projectKeys.assets(project.id), 'tags'], queryFn: async () => (await client.library.tags({ projectId: project.id })).tags }).data ?? [];
}

/** What the project takes on disk; null until known. */
export function useDiskUse(): DiskUse | null {
  const { client, project } = useEditor();
  return useQuery({ queryKey: [...projectKeys.assets(project.id), 'diskUse'], queryFn: () => client.library.diskUse({ projectId: project.id }) }).data ?? null;
}
