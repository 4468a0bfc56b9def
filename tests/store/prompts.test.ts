import { describe, expect, it } from 'vitest';
import { newProject } from './project-bench.ts';

describe('the prompts of a project', () => {
  const words = (store: ReturnType<typeof newProject>, search = '', starred = false) => store.prompts.list({ search, starred, limit: 10 }).prompts.map((prompt) => prompt.words);

  it('are kept once each, the last used first, and found by all of their words in any case', () => {
    let now = Date.parse('2026-11-21T10:00:00Z');
    const store = newProject({ clock: () => (now += 1000) });
    store.prompts.remember(['A red Fish swims', '  ']);
    store.prompts.remember(['a blue bird', 'Über den Wolken']);
    store.prompts.remember([' A red Fish swims ']);
    expect(words(store)).toEqual(['A red Fish swims', 'Über den Wolken', 'a blue bird']);
    expect(store.prompts.list({ search: '', starred: false, limit: 1 })).toMatchObject({ total: 3, prompts: [{ uses: 2, starred: false }] });
    expect([words(store, 'fish RED'), words(store, 'über'), words(store, 'fish bird'), words(store, "%' --")]).toEqual([['A red Fish swims'], ['Über den Wolken'], [], []]);
  });

  it('are starred and forgotten by their words', () => {
    const store = newProject();
    store.prompts.remember(['a', 'b']);
    store.prompts.star('a', true);
    store.prompts.star('unknown', true);
    expect(words(store, '', true)).toEqual(['a']);
    // Used again, it keeps its star.
    store.prompts.remember(['a']);
    expect(words(store, '', true)).toEqual(['a']);
    store.prompts.forget('a');
    expect(words(store)).toEqual(['b']);
  });
});
