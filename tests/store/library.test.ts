import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LibraryFilter } from '../../src-shared/contract/library.ts';
import { SceneScript } from '../../src-shared/recipe/scene-script.ts';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { PROJECT_MIGRATIONS } from '../../src-main/store/migrations/project-migrations.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { newProject, noise, opened, storeVideo, testFolder } from './project-bench.ts';

const RECIPE: Recipe = {
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'motif-mini', version: '1', sha256: 'a'.repeat(64) },
  prompt: '', negativePrompt: '', seed: 1, preset: 'draft', stages: [{ stage: 'keyframes', numInferenceSteps: 4, guidanceScale: 2 }], frameRate: { num: 8, den: 1 },
};
const FACTS = {
  name: 'Wave', caption: 'a hand waves', settings: { loss: 'motion' as const, rank: 4, steps: 2, learningRate: 1e-3, seed: 0 }, steps: 2, bestStep: 2, firstLoss: 1, bestLoss: 0.5,
  lossCurve: [], model: { packId: 'tiny', packName: 'Tiny', sha256: 'b'.repeat(64) }, source: { name: 'hand.mp4', fromSeconds: 0, toSeconds: 1, crop: null, reversed: false },
};

/** Makes a project file of today one of before the library's own rows, and runs statements on it. */
function backTo(path: string, version: number, statements: readonly (readonly [string, readonly string[]])[]): void {
  const db = new Database(path);
  db.exec('DROP TABLE prompts; DROP TABLE removedAssets');
  for (const column of ['place', 'label', 'rating']) db.exec(`ALTER TABLE takes DROP COLUMN ${column}`);
  const scratch = new Database(':memory:');
  for (const migration of PROJECT_MIGRATIONS.filter((step) => step.version <= version && step.name.startsWith('library'))) migration.up({ exec: (text: string) => scratch.exec('CREATE TABLE assets (id TEXT PRIMARY KEY, createdAt TEXT)').exec(text) } as never);
  db.exec('DROP TABLE libraryEntries; DROP INDEX assets_byBlob; CREATE INDEX assets_byBlob ON assets(blobId)');
  for (const { sql } of scratch.prepare("SELECT sql FROM sqlite_schema WHERE name IN ('assetMarks', 'assets_byCreated') ORDER BY type DESC").all() as { sql: string }[]) db.exec(sql);
  db.pragma(`user_version = ${version}`);
  for (const [text, values] of statements) db.prepare(text).run(...values);
  scratch.close();
  db.close();
}

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
    store.assets.setThumbnail(id, noise(700));
    expect(store.library.diskUse(100_000)).toMatchObject({ trash: 40_000, imported: 5000, previews: 700, other: 54_300 });
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

  it('knows one star of a clip, wherever it was put on', () => {
    const store = newProject();
    const id = generated(store, 'Clip', 'a fish');
    const takes = [null, null].map((promptEventId) => store.takes.add({ promptEventId, assetId: id, recipe: { ...RECIPE, prompt: 'a fish' }, recipeHash: 'b'.repeat(64) }));
    store.takes.star(takes[0]!.id, true);
    expect(names(store, { starred: true })).toEqual(['Clip']);
    expect(store.takes.list().map(({ starred }) => starred)).toEqual([true, true]);
    store.library.star([id], false);
    expect(store.takes.list().map(({ starred }) => starred)).toEqual([false, false]);
    store.library.star([id], true);
    expect(store.takes.get(takes[1]!.id).starred).toBe(true);
  });

  it('tells what nothing needs, and orders by length', () => {
    const store = newProject();
    const [spare, shown, taken] = ['spare', 'shown', 'taken'].map((name, index) => {
      const writer = store.assets.beginWrite({ kind: 'video', name, mimeType: 'video/mp4', origin: 'imported' });
      writer.write(noise(50 + index));
      return writer.finish({ frames: 8, durationMs: [1000, 3000, 2000][index]! }).id;
    });
    store.takes.add({ promptEventId: null, assetId: taken!, recipe: { ...RECIPE, prompt: 'x' }, recipeHash: 'b'.repeat(64) });
    store.timeline.apply(0, 'put', { added: [clipRecord(1, 0, 8, { assetId: shown! })], updated: [], removed: [] });
    expect(names(store, { unused: true })).toEqual(['spare']);
    expect(names(store, { unused: true, search: 'shown' })).toEqual([]);
    expect(names(store, { order: 'longest' })).toEqual(['shown', 'taken', 'spare']);
    // What is shown as unused can be thrown away, and the rest cannot.
    store.library.trash([spare!]);
    for (const id of [shown!, taken!]) expect(() => store.library.trash([id])).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
  });

  it('is findable by new names at once: of assets, and of the motions that clips were made with', () => {
    const store = newProject();
    const writer = store.assets.beginWrite({ kind: 'motion', name: 'Wave', mimeType: 'application/x-safetensors', origin: 'generated' });
    writer.write(noise(64, 9));
    const motion = writer.finish({});
    store.motions.add(motion.id, { facts: FACTS, hasNoise: false, frames: { count: 1, width: 1, height: 1, data: Uint8Array.of(1, 2, 3) } });
    const clip = store.assets.beginWrite({ kind: 'video', name: 'Clip', mimeType: 'video/mp4', origin: 'generated', recipe: { ...RECIPE, prompt: 'a sea', motions: [{ sha256: motion.sha256, strength: 1, noiseMix: 0 }] } });
    clip.write(noise(70, 3));
    clip.finish({ frames: 8 });
    expect(names(store, { search: 'wave sea' })).toEqual(['Clip']);
    expect(names(store, { search: 'hand waves', kinds: ['motion'] })).toEqual(['Wave']);
    store.motions.rename(motion.id, 'Größe');
    expect(names(store, { search: 'wave sea' })).toEqual([]);
    expect(names(store, { search: 'GRÖSSE'.replace('SS', 'ß') })).toEqual(['Clip']);
    expect(names(store, { search: 'größe', kinds: ['motion'] })).toEqual(['Größe']);
  });

  it('of an older project keeps its stars, tags and trash, and is found by what it was', () => {
    const path = join(testFolder(), 'old.motif');
    const old = openProjectStore(path, { create: { name: 'Old' } });
    const [first, second, third] = [generated(old, 'First', 'a Red fish'), generated(old, 'Second', 'a ball'), storeVideo(old, noise(900), 'Third.mp4').id];
    old.close();
    const before = PROJECT_MIGRATIONS.findIndex(({ name }) => name === 'library-index');
    backTo(path, PROJECT_MIGRATIONS[before - 1]!.version, [
      ['INSERT INTO assetMarks (assetId, starred, tags, trashedAt, words) VALUES (?, 1, ?, NULL, ?)', [first!, 'sea\nsummer', 'a red fish motif-mini draft']],
      ['INSERT INTO assetMarks (assetId, starred, tags, trashedAt, words) VALUES (?, 0, ?, ?, ?)', [third!, '', '2026-01-01T00:00:00.000Z', '']],
    ]);
    const store = opened(openProjectStore(path));
    expect(names(store, { order: 'oldest' })).toEqual(['First', 'Second']);
    expect(names(store, { starred: true, tag: 'summer', search: 'red mini' })).toEqual(['First']);
    // Nobody had looked at it, so no words of it were kept.
    expect(names(store, { search: 'ball DRAFT' })).toEqual(['Second']);
    expect(names(store, { trashed: true })).toEqual(['Third.mp4']);
    expect(store.library.get(second!)).toMatchObject({ starred: false, tags: [], trashedAt: null });
    expect(store.checkIntegrity()).toEqual([]);
  });

  it('is paged and counted from its indexes, without sorting and without reading rows', () => {
    const store = newProject();
    storeVideo(store, noise(300));
    const { path } = store;
    store.close();
    const db = new Database(path, { readonly: true });
    const rest = "FROM libraryEntries WHERE kind IN ('video', 'image', 'audio') AND trashedAt IS NULL";
    const planOf = (text: string) => (db.prepare(`EXPLAIN QUERY PLAN ${text}`).all() as { detail: string }[]).map(({ detail }) => detail).join('; ');
    for (const [order, index] of [['createdAt DESC, id DESC', 'byCreated'], ['createdAt, id', 'byCreated'], ['lowerName, id', 'byName'], ['sizeBytes DESC, id DESC', 'bySize'], ['durationMs DESC, id DESC', 'byDuration']] as const) {
      const plan = planOf(`SELECT id ${rest} ORDER BY ${order} LIMIT 60 OFFSET 0`);
      expect(plan).toContain(`COVERING INDEX libraryEntries_${index}`);
      expect(plan).not.toMatch(/TEMP B-TREE FOR ORDER BY/);
    }
    expect(planOf(`SELECT count(*) ${rest}`)).toContain('COVERING INDEX');
    db.close();
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

describe('marks on takes', () => {
  const SCENE = SceneScript.parse({ globalPrompt: '', events: [{ id: 'promptEvent:a', durationFrames: 16, prompt: 'a fish', negativePrompt: '', strength: 1, blendIn: 0, blendOut: 0, seedOffset: 0 }] });
  const add = (store: ProjectStore, promptEventId: string | null, name: string) => store.takes.add({ promptEventId, assetId: generated(store, name, 'a fish'), recipe: { ...RECIPE, prompt: 'a fish' }, recipeHash: 'b'.repeat(64) }).id;
  const marks = (store: ProjectStore) => store.takes.list().map(({ rating, label, place }) => [rating, label, place]).toReversed();

  it('come with a recipe that is read once, however often takes are listed', () => {
    const store = newProject();
    const first = add(store, 'promptEvent:a', '1');
    const before = store.takes.recipes();
    expect(before).toEqual([{ id: first, promptEventId: 'promptEvent:a', recipe: { ...RECIPE, prompt: 'a fish' } }]);
    const second = add(store, 'promptEvent:b', '2');
    const after = store.takes.recipes();
    expect(after.map(({ id }) => id)).toEqual([second, first]);
    // Not an equal one: the very one.
    expect(after[1]!.recipe).toBe(before[0]!.recipe);
    expect(store.takes.list()[1]!.recipe).toBe(before[0]!.recipe);
    store.takes.remove(second);
    expect(store.takes.recipes().map(({ id }) => id)).toEqual([first]);
  });

  it('are kept in the file, each by itself', () => {
    const path = join(testFolder(), 'marks.motif');
    const store = openProjectStore(path, { create: { name: 'Marks' } });
    const [first, second] = ['1', '2'].map((name) => add(store, 'promptEvent:a', name));
    expect(store.takes.mark(first!, { rating: 4 })).toMatchObject({ rating: 4, label: '' });
    expect(store.takes.mark(first!, { label: 'calm' })).toMatchObject({ rating: 4, label: 'calm' });
    store.takes.mark(second!, { rating: 2 });
    store.close();
    expect(marks(opened(openProjectStore(path)))).toEqual([[4, 'calm', null], [2, '', null]]);
  });

  it('hold one order for each event; a new one takes the place of the old', () => {
    const store = newProject();
    const [a, b, c, elsewhere] = [add(store, 'promptEvent:a', '1'), add(store, 'promptEvent:a', '2'), add(store, 'promptEvent:a', '3'), add(store, 'promptEvent:b', '4')];
    const places = () => store.takes.list().map(({ place }) => place).toReversed();
    store.takes.rank([c, a, b]);
    expect(places()).toEqual([2, 3, 1, null]);
    store.takes.rank([b, a]);
    expect(places()).toEqual([2, 1, null, null]);
    // Whole scenes are a kind of their own; clips of nothing are none.
    const sceneOf = (name: string) => store.takes.add({ promptEventId: null, assetId: generated(store, name, 'a fish'), recipe: { ...RECIPE, prompt: 'a fish', scene: SCENE }, recipeHash: 'b'.repeat(64) }).id;
    const [early, late, loose] = [sceneOf('5'), sceneOf('6'), add(store, null, '7')];
    store.takes.rank([late, early]);
    expect(places()).toEqual([2, 1, null, null, 2, 1, null]);
    expect(() => store.takes.rank([early, loose])).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    for (const id of [loose, late, early]) store.takes.remove(id);
    for (const wrong of [[a, elsewhere], [a, a], []]) expect(() => store.takes.rank(wrong)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(places()).toEqual([2, 1, null, null]);
  });
});
