import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Download } from '../../src-shared/contract/hub.ts';
import { useStudio } from './studio-context.tsx';

/** A row that changed in place of its earlier self, a new one at the end. */
const merge = (rows: readonly Download[], row: Download): readonly Download[] => (rows.some(({ id }) => id === row.id) ? rows.map((other) => (other.id === row.id ? row : other)) : [...rows, row]);

/** Every download as it goes, and the ways to act on one; packs are looked at again when one is complete. */
export function useDownloads(): { downloads: readonly Download[]; put: (row: Download) => void; drop: (id: string) => void } {
  const { client, state } = useStudio();
  const generation = useStore(state, (connection) => connection.generation);
  const queryClient = useQueryClient();
  const [downloads, setDownloads] = useState<readonly Download[]>([]);

  useEffect(() => {
    const stop = new AbortController();
    const completed = new Set<string>();
    const follow = async () => {
      for await (const row of client.hub.watch({}, { signal: stop.signal })) {
        setDownloads((rows) => merge(rows, row));
        if (row.state !== 'completed' || completed.has(row.id)) continue;
        completed.add(row.id);
        void queryClient.invalidateQueries({ queryKey: ['models'] });
      }
    };
    // A line that breaks is tied again with the next connection.
    void follow().catch(() => undefined);
    return () => stop.abort();
    // Each connection has a stream of its own.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies, react-hooks/exhaustive-deps
  }, [client, queryClient, generation]);

  return {
    downloads,
    put: (row) => setDownloads((rows) => merge(rows, row)),
    drop: (id) => setDownloads((rows) => rows.filter((row) => row.id !== id)),
  };
}
