import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAssetRepository } from '../../src-main/store/asset-repository.ts';
import { createBlobRepository } from '../../src-main/store/blob-repository.ts';
import { StoreDatabase } from '../../src-main/store/database.ts';
import { migrate } from '../../src-main/store/migration.ts';
import { PROJECT_MIGRATIONS } from '../../src-main/store/migrations/project-migrations.ts';
import { openProjectStore, PROJECT_APPLICATION_ID, type ProjectStore } from '../../src-main/store/project-store.ts';
import { createTakeRepository } from '../../src-main/store/take-repository.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'motif-motions-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RECIPE: Recipe = {
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'tiny', version: '1', sha256: 'a'.repeat(64) }, prompt: 'a red fish', negativePrompt: '', seed: 1,
  preset: 'draft', stages: [{ stage: 'keyframes', numInferenceSteps: 4, guidanceScale: 2 }], frameRate: { num: 8, den: 1 },
};

type OldProject = Pick<ProjectStore, 'assets' | 'takes' | 'close'>;

/** A project file as it was made before there were motions: only what is asked for here. */
function openOldProject(path: string): OldProject {
  const db = new StoreDatabase(path, { mustExist: false });
  db.pragma('page_size = 16384');
  db.pragma('auto_vacuum = INCREMENTAL');
  db.pragma(`application_id = ${PROJECT_APPLICATION_ID}`);
  migrate(db, PROJECT_MIGRATIONS.slice(0, PROJECT_MIGRATIONS.findIndex(({ name }) => name === 'motions')), { backup: false });
  db.transaction(() => {
    db.prepare('INSERT INTO project (id, name, createdAt) VALUES (?, ?, ?)').run(['project:00000000-0000-4000-8000-000000000001', 'Old', db.timestamp()]);
  });
  // Later than the file: nothing of them is written, but the code of today asks for them.
  db.exec('CREATE TEMP TABLE assetPreviews (assetId, kind, facts, ready); CREATE TEMP TABLE libraryEntries (assetId, kind, origin, lowerName, createdAt, sizeBytes, durationMs, starred, words, trashedAt);');
  const assets = createAssetRepository(db, createBlobRepository(db));
  return { assets, takes: createTakeRepository(db, assets), close: () => db.close() };
}

function addTake(store: OldProject, name: string): Take {
  const writer = store.assets.beginWrite({ kind: 'video', name, mimeType: 'video/mp4', origin: 'generated', recipe: RECIPE, recipeHash: name });
  writer.write(new TextEncoder().encode(name));
  const { id } = writer.finish({ frames: 8, width: 64, height: 40 });
  store.assets.setThumbnail(id, Uint8Array.of(1, 2, 3));
  return store.takes.add({ promptEventId: null, assetId: id, recipe: RECIPE, recipeHash: name });
}

it('a project from before motions opens with its clips, thumbnails and takes, and can hold motions', () => {
  const path = join(folder, 'old.motif');
  const old = openOldProject(path);
  const takes = ['first', 'second', 'third'].map((name) => addTake(old, name));
  const ids = takes.map(({ asset }) => asset.id);
  old.assets.rename(ids[1]!, 'renamed');
  const before = [ids.map((id) => old.assets.get(id)), takes.map(({ id }) => ({ ...old.takes.get(id), rating: 0, label: '', place: null })).toReversed()];
  old.close();

  const store = openProjectStore(path);
  expect([ids.map((id) => store.assets.get(id)), store.takes.list()]).toEqual(before);
  expect(store.assets.list().map(({ id }) => id)).toEqual(ids.toReversed());
  for (const id of ids) expect([...(store.assets.thumbnail(id)?.bytes ?? [])]).toEqual([1, 2, 3]);
  expect(new TextDecoder().decode(store.assets.readAll(ids[0]!))).toBe('first');
  // References still hold in both directions.
  expect(() => store.assets.remove(ids[0]!)).toThrow(/is a take/);
  const writer = store.assets.beginWrite({ kind: 'motion', name: 'Wave', mimeType: 'application/x-safetensors', origin: 'generated' });
  writer.write(Uint8Array.of(7));
  const { id } = writer.finish({});
  const facts = {
    name: 'Wave', caption: 'a hand waves', settings: { loss: 'motion' as const, rank: 4, steps: 2, learningRate: 1e-3, seed: 0 }, steps: 2, bestStep: 2, firstLoss: 1, bestLoss: 0.5,
    lossCurve: [{ step: 1, loss: 0.9, heldOut: null }], model: { packId: 'tiny', packName: 'Tiny', sha256: 'b'.repeat(64) }, source: { name: 'hand.mp4', fromSeconds: 0, toSeconds: 1, crop: null, reversed: false },
  };
  const frames = { count: 1, width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  store.motions.add(id, { facts, hasNoise: true, frames });
  store.close();

  const again = openProjectStore(path);
  const [motion] = again.motions.list();
  expect(motion).toMatchObject({ asset: { id, name: 'Wave', kind: 'motion' }, facts, hasNoise: true });
  expect(again.motions.frames(id)).toEqual(frames);
  expect(again.motions.findBySha256(motion!.asset.sha256)?.asset.id).toBe(id);
  expect(again.motions.rename(id, 'Ripple').asset.name).toBe('Ripple');
  again.motions.remove(id);
  expect([again.motions.list(), again.motions.findBySha256(motion!.asset.sha256), again.checkIntegrity()]).toEqual([[], null, []]);
  again.close();
});
