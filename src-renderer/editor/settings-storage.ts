import type { StudioClient } from '../../src-shared/contract/studio-contract.ts';
import type { LayoutStorage } from './session-store.ts';

/** The host hears of a change at once, and of those that follow it so soon together: dragging a splitter changes the layout on every move. */
const GATHER_MS = 300;

/**
 * What this person chose, as the host keeps it: read once, then answered from memory. The host is told of changes; one that it cannot keep costs the memory of it, nothing else.
 */
export async function openSettingsStorage(client: Pick<StudioClient, 'settings'>): Promise<LayoutStorage & { flush(): Promise<void> }> {
  const values = new Map(Object.entries((await client.settings.all({})).values));
  const changed = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = async (): Promise<void> => {
    const keys = [...changed];
    changed.clear();
    for (const key of keys) await client.settings.set({ key, value: values.get(key) ?? null }).catch(() => undefined);
  };
  const gather = (): void => {
    timer = setTimeout(() => {
      timer = null;
      if (changed.size === 0) return;
      void flush();
      gather();
    }, GATHER_MS);
  };
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      if (values.get(key) === value) return;
      values.set(key, value);
      changed.add(key);
      if (timer !== null) return;
      void flush();
      gather();
    },
    flush,
  };
}
