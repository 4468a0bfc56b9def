import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { useStore } from 'zustand';
import type { Download } from '../../src-shared/contract/hub.ts';
import { useStudio } from './studio-context.tsx';

const KEY = ['downloads'];
const NONE: readonly Download[] = [];

/** A row that changed in place of its earlier self, a new one at the end. */
const merge = (rows: readonly Download[], row: Download): readonly Download[] => (rows.some(({ id }) => id === row.id) ? rows.map((other) => (other.id === row.id ? row : other)) : [...rows, row]);

/** Shows a row at once, before the stream brings it. */
export const putDownload = (queryClient: QueryClient, row: Download): void => void queryClient.setQueryData<readonly Download[]>(KEY, (rows) => merge(rows ?? NONE, row));

/** Forgets a row that was dismissed. */
export const dropDownload = (queryClient: QueryClient, id: string): void => void queryClient.setQueryData<readonly Download[]>(KEY, (rows) => (rows ?? NONE).filter((row) => row.id !== id));

/** Every download, as `useFollowDownloads` keeps it true. */
export function useDownloads(): readonly Download[] {
  const { client } = useStudio();
  return useQuery({ queryKey: KEY, queryFn: async (): Promise<readonly Download[]> => (await client.hub.list({})).downloads }).data ?? NONE;
}

const isUnderWay = ({ state }: Download): boolean => state === 'running' || state === 'available';

/** Keeps downloads true for as long as the window is open; `onEnd` is told once of each that stops being under way. */
export function useFollowDownloads(onEnd: (row: Download) => void): void {
  const { client, state } = useStudio();
  const generation = useStore(state, (connection) => connection.generation);
  const queryClient = useQueryClient();
  const tellEnd = useEffectEvent(onEnd);

  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      const { downloads } = await client.hub.list({}, { signal: stop.signal });
      queryClient.setQueryData<readonly Download[]>(KEY, downloads);
      // What had ended before this window looked is old news.
      const ended = new Set(downloads.filter((row) => !isUnderWay(row)).map(({ id }) => id));
      for await (const row of client.hub.watch({}, { signal: stop.signal })) {
        putDownload(queryClient, row);
        if (isUnderWay(row)) ended.delete(row.id);
        else if (!ended.has(row.id)) {
          ended.add(row.id);
          if (row.state === 'completed') void queryClient.invalidateQueries({ queryKey: ['models'] });
          tellEnd(row);
        }
      }
    };
    // A line that breaks is tied again with the next connection.
    void follow().catch(() => undefined);
    return () => stop.abort();
    // Each connection has a stream of its own.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies, react-hooks/exhaustive-deps
  }, [client, queryClient, generation]);
}
