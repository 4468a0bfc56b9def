import { describe, expect, it } from 'vitest';
import { changedTopics } from '../../src-main/services/changed-topics.ts';

type Topic = 'assets' | 'jobs';

function source() {
  const listeners = new Set<(topic: Topic) => void>();
  return {
    listeners,
    change: (topic: Topic) => listeners.forEach((listener) => listener(topic)),
    subscribe: (listener: (topic: Topic) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

describe('changedTopics', () => {
  it('tells the first change at once and those of the next tenth of a second together', async () => {
    const { subscribe, change } = source();
    const controller = new AbortController();
    const topics = changedTopics(subscribe, controller.signal);
    const first = topics.next();
    change('assets');
    expect((await first).value).toBe('assets');
    const startedAt = performance.now();
    for (let repeat = 0; repeat < 1000; repeat++) change(repeat % 2 === 0 ? 'jobs' : 'assets');
    expect([(await topics.next()).value, (await topics.next()).value]).toEqual(['jobs', 'assets']);
    expect(performance.now() - startedAt).toBeGreaterThan(80);
    controller.abort();
    expect((await topics.next()).done).toBe(true);
  });

  it.each(['waiting for a change', 'holding a change back'])('ends and unsubscribes on abort while %s', async (moment) => {
    const { subscribe, change, listeners } = source();
    const controller = new AbortController();
    const topics = changedTopics(subscribe, controller.signal);
    let pending = topics.next();
    if (moment === 'holding a change back') {
      change('jobs');
      await pending;
      pending = topics.next();
      change('jobs');
    }
    expect(listeners.size).toBe(1);
    controller.abort();
    expect((await pending).done).toBe(true);
    expect(listeners.size).toBe(0);
  });
});
