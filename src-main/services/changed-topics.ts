/** Longest wait between a change and its announcement: ten announcements a second per topic. */
const INTERVAL_MS = 100;

/**
 * Yields topics as they change, each at most ten times a second: the first at once, those that follow within the interval
 * together at its end. Ends when `signal` aborts; `finally` blocks of the caller then run without waiting for a change.
 */
export async function* changedTopics<T extends string>(subscribe: (listener: (topic: T) => void) => () => void, signal: AbortSignal): AsyncGenerator<T, void, void> {
  const changed = new Set<T>();
  let wake: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => wake();
  const unsubscribe = subscribe((topic) => {
    changed.add(topic);
    wake();
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal.aborted) {
      if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      const topics = [...changed];
      changed.clear();
      for (const topic of topics) if (!signal.aborted) yield topic;
      if (!signal.aborted) {
        await new Promise<void>((resolve) => {
          const onEarlyAbort = () => resolve();
          signal.addEventListener('abort', onEarlyAbort, { once: true });
          timer = setTimeout(() => {
            signal.removeEventListener('abort', onEarlyAbort);
            resolve();
          }, INTERVAL_MS);
        });
      }
    }
  } finally {
    clearTimeout(timer);
    unsubscribe();
    signal.removeEventListener('abort', onAbort);
  }
}
