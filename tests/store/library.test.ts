import { describe, expect, it } from 'vitest';
import { LibraryFilter } from '../../src-shared/contract/library.ts';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { newProject, noise, opened, storeVideo } from './project-bench.ts';

const RECIPE: Recipe = {
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'motif-mini', version: '1', sha256: 'a'.repeat(64) },
  prompt: '', negativePrompt: '', seed: 1, preset: 'draft', stages: [{ stage: 'keyframes', numInferenceSteps: 4, guidanceScale: 2 }], frameRate: { num: 8, den: 1 },
};
const filter = (override: Partial<LibraryFilter> = {}): LibraryFilter => LibraryFilter.parse(override);
const names = (store: ProjectStore, override: Partial<LibraryFilter> = {}): string[] => store.library.page(filter(override), 0, 100).entries.map(({ asset }) => asset.name);

function generated(store: ProjectStore, name: string, prompt: string): string {
  const writer = store.assets.beginWrite({ kind: 'video', name, mimeType: 'video/mp4', origin: 'generated', recipe: { ...RECIPE, prompt } });
  writer.write(noise(1000));
  return writer.finish({ width: 64, height: 40, frames: 8, frameRate: { num: 8, den: 1 } }).id;
}

describe('a library', () => {
  it('finds by name, prompt, model, tag and date, every word of them, in any case', () => {
    const store = newProject();
    const fish = generated(store, 'Clip 1', 'A red Fish swims');
    generated(store, 'Clip 2', 'a blue ball rolls');
    storeVideo(store, noise(500), 'Holiday_100%.mp4');
    store.library.tag([fish], ['best of'], []);
    expect(names(store, { search: 'fish RED' })).toEqual(['Clip 1']);
    expect(names(store, { search: 'fish ball' })).toEqual([]);
    expect(names(store, { search: 'clip' })).toEqual(['Clip 2', 'Clip 1']);
    expect(names(store, { search: 'MOTIF-mini' })).toHaveLength(2);
    expect(names(store, { search: 'best' })).toEqual(['Clip 1']);
    expect(names(store, { search: store.assets.get(fish).createdAt.slice(0, 10) })).toHaveLength(3);
    // What SQL reads as a pattern is a letter like any other.
    expect(names(store, { search: '100%' })).toEqual(['Holiday_100%.mp4']);
    expect(names(store, { search: 'day_1' })).toEqual(['Holiday_100%.mp4']);
    expect(names(store, { search: "'; DROP TABLE assets; --" })).toEqual([]);
    store.assets.rename(fish, 'Salmon');
    expect(names(store, { search: 'salmon' })).toEqual(['Salmon']);
  });

  it('is looked through in pages that add up, in every order', () => {
    const store = newProject();
    for (let i = 0; i < 23; i += 1) storeVideo(store, noise(100 + ((i * 7) % 23) * 50), `clip ${String((i * 5) % 23).padStart(2, '0')}`);
    const all = (order: LibraryFilter['order']) => [0, 10, 20].flatMap((offset) => store.library.page(filter({ order }), offset, 10).entries.map(({ asset }) => asset));
    expect(store.library.page(filter(), 20, 10)).toMatchObject({ total: 23, entries: { length: 3 } });
    expect(new Set(all('newest').map(({ id }) => id)).size).toBe(23);
    expect(all('newest').map(({ id }) => id)).toEqual(all('oldest').map(({ id }) => id).reverse());
    expect(all('name').map(({ name }) => name)).toEqual(all('name').map(({ name }) => name).sort());
    const sizes = all('largest').map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('stars and tags many at once, and counts its tags', () => {
    const store = newProject();
    const ids = ['a', 'b', 'c'].map((name) => storeVideo(store, noise(300), name).id);
    store.library.star(ids.slice(0, 2), true);
    store.library.tag(ids, ['draft', 'sea'], []);
    store.library.tag([ids[0]!], ['final'], ['draft']);
    expect(names(store, { starred: true })).toEqual(['b', 'a']);
    expect(names(store, { tag: 'draft' })).toEqual(['c', 'b']);
    // A tag is found whole, not by its beginning.
    expect(names(store, { tag: 'dra' })).toEqual([]);
    expect(store.library.tags()).toEqual([{ tag: 'draft', count: 2 }, { tag: 'final', count: 1 }, { tag: 'sea', count: 3 }]);
    expect(store.library.page(filter({ starred: true }), 1, 1).entries[0]).toMatchObject({ starred: true, tags: ['final', 'sea'], trashedAt: null });
    expect(() => store.library.star([...ids, 'asset:00000000-0000-0000-0000-000000000000'], false)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(names(store, { starred: true })).toEqual(['b', 'a']);
  });

  it('keeps what was thrown away until the trash is emptied, out of sight and out of reuse', () => {
    const store = newProject();
    const bytes = noise(40_000);
    const { id, sha256 } = storeVideo(store, bytes, 'clip');
    storeVideo(store, noise(5000), 'other');
    store.library.trash([id]);
    expect(names(store)).toEqual(['other']);
    expect(names(store, { trashed: true })).toEqual(['clip']);
    expect(store.assets.list().map(({ name }) => name)).toEqual(['other']);
    expect(store.assets.findBySha256(sha256)).toBeNull();
    expect(Buffer.compare(store.assets.readAll(id), bytes)).toBe(0);
    expect(store.library.diskUse(100_000)).toMatchObject({ trash: 40_000, imported: 5000, other: 55_000 });
    store.library.restore([id]);
    expect(names(store)).toEqual(['other', 'clip']);
    store.library.trash([id]);
    const { path } = store;
    store.close();
    const again = opened(openProjectStore(path));
    expect(again.library.emptyTrash()).toEqual({ removed: 1, freedBytes: 40_000 });
    expect(names(again, { trashed: true })).toEqual([]);
    expect(again.assets.find(id)).toBeNull();
    expect(again.checkIntegrity()).toEqual([]);
  });

  it('refuses to throw away what is a take, and then moves nothing', () => {
    const store = newProject();
    const [free, used] = [storeVideo(store, noise(300), 'free').id, storeVideo(store, noise(300), 'used').id];
    store.takes.add({ promptEventId: null, assetId: used, recipe: { ...RECIPE, prompt: 'x' }, recipeHash: 'b'.repeat(64) });
    expect(() => store.library.trash([free, used])).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(names(store, { trashed: true })).toEqual([]);
    store.library.trash([free]);
    expect(names(store)).toEqual(['used']);
  });

  it('with thousands of assets finds among them without reading them all', () => {
    const store = newProject();
    const count = Number(process.env['MOTIF_LIBRARY_ASSETS'] ?? 1500);
    store.transaction(() => {
      for (let i = 0; i < count; i += 1) generated(store, `Clip ${i}`, `a ${['red', 'blue', 'green'][i % 3]} ball number${i} rolls over the hills and far away`);
    });
    const time = (work: () => void): number => {
      const beganAt = performance.now();
      work();
      return performance.now() - beganAt;
    };
    store.library.page(filter(), 0, 100);
    const times = Array.from({ length: 9 }, (_, i) => time(() => expect(store.library.page(filter({ search: `number${1000 + i} ball` }), 0, 100).total).toBe(1))).sort((a, b) => a - b);
    const whole = time(() => store.assets.list());
    // A ratio in one run, because machines are shared: reading everything is what a search must not do.
    expect(times[4]!).toBeLessThan(whole);
    process.stdout.write(`${JSON.stringify({ count, searchMs: Math.round(times[4]!), readEverythingMs: Math.round(whole) })}\n`);
  });
});
