import type { Job } from '../../src-shared/contract/jobs.ts';

/** At most ten rows a second per job reach a watcher. */
const COALESCE_MS = 100;

/** Fans job changes out to any number of watchers, each at its own pace. */
export interface JobWatch {
  changed(jobId: string): void;
  /** The jobs in `first`, then every job that changes, until the caller leaves, `signal` aborts or the watch closes. */
  subscribe(first: readonly string[], read: (jobId: string) => Job | null, signal?: AbortSignal): AsyncGenerator<Job, void, void>;
  close(): void;
}

export function createJobWatch(): JobWatch {
  const watchers = new Set<{ readonly dirty: Set<string>; wake: () => void }>();
  let closed = false;
  return {
    changed: (jobId) => {
      for (const watcher of watchers) {
        watcher.dirty.add(jobId);
        watcher.wake();
      }
    },
    subscribe: async function* (first, read, signal) {
      const watcher = { dirty: new Set(first), wake: () => {} };
      const leave = () => watcher.wake();
      watchers.add(watcher);
      signal?.addEventListener('abort', leave);
      try {
        for (;;) {
          const ids = [...watcher.dirty];
          watcher.dirty.clear();
          for (const id of ids) {
            const job = read(id);
            if (job !== null) yield job;
          }
          if (closed || signal?.aborted === true) return;
          if (ids.length > 0) await new Promise((resolve) => setTimeout(resolve, COALESCE_MS));
          else if (watcher.dirty.size === 0) await new Promise<void>((resolve) => (watcher.wake = resolve));
        }
      } finally {
        signal?.removeEventListener('abort', leave);
        watchers.delete(watcher);
      }
    },
    close: () => {
      closed = true;
      for (const watcher of watchers) watcher.wake();
    },
  };
}
