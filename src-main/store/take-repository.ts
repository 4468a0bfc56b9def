import { randomUUID } from 'node:crypto';
import type { Take } from '../../src-shared/contract/takes.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { Recipe } from '../../src-shared/recipe/recipe.ts';
import type { AssetRepository, AssetRow } from './asset-repository.ts';
import type { StoreDatabase } from './database.ts';
import { parseStored } from './stored-json.ts';

/** Generated clips under their prompt events, newest first. A take is never overwritten. */
export interface TakeRepository {
  add(take: { readonly promptEventId: string | null; readonly assetId: string; readonly recipe: Recipe; readonly recipeHash: string }): Take;
  get(id: string): Take;
  list(): Take[];
  /** What made each take and which event it is of, newest first, without their clips. Each recipe is read once: it never changes. */
  recipes(): readonly Pick<Take, 'id' | 'promptEventId' | 'recipe'>[];
  /** The one that was made last; null when there are none. */
  newest(): Take | null;
  star(id: string, starred: boolean): Take;
  mark(id: string, marks: { readonly rating?: number | undefined; readonly label?: string | undefined }): Take;
  /** Gives takes of one event, or takes of whole scenes, their places, best first; the others of that kind lose theirs. CONFLICT when they are not of one kind. */
  rank(ids: readonly string[]): void;
  /** The clip itself stays in the library until it is removed there. */
  remove(id: string): void;
}

interface TakeRecord {
  readonly id: string;
  readonly promptEventId: string | null;
  readonly assetId: string;
  readonly recipeHash: string;
  readonly recipe: string;
  readonly starred: number;
  readonly rating: number;
  readonly label: string;
  readonly place: number | null;
  readonly createdAt: string;
}

export function createTakeRepository(db: StoreDatabase, assets: AssetRepository): TakeRepository {
  const insert = db.prepare('INSERT INTO takes (id, promptEventId, assetId, recipeHash, recipe, createdAt) VALUES (@id, @promptEventId, @assetId, @recipeHash, @recipe, @createdAt)');
  const byId = db.prepare<TakeRecord>('SELECT * FROM takes WHERE id = ?');
  const last = db.prepare<TakeRecord>('SELECT * FROM takes ORDER BY rowid DESC LIMIT 1');
  // Prepared late: the columns come with a later migration than the takes.
  let marking: ReturnType<typeof prepareMarking> | null = null;
  const prepareMarking = () => ({
    listAll: db.prepare<Omit<TakeRecord, 'recipe'>>('SELECT id, promptEventId, assetId, recipeHash, starred, rating, label, place, createdAt FROM takes ORDER BY createdAt DESC, rowid DESC'),
    rate: db.prepare('UPDATE takes SET rating = ? WHERE id = ?'),
    name: db.prepare('UPDATE takes SET label = ? WHERE id = ?'),
    forgetPlaces: db.prepare('UPDATE takes SET place = NULL WHERE promptEventId IS ? AND place IS NOT NULL'),
    setPlace: db.prepare('UPDATE takes SET place = ? WHERE id = ?'),
  });
  const sql = () => (marking ??= prepareMarking());
  const listEvents = db.prepare<Pick<TakeRecord, 'id' | 'promptEventId'>>('SELECT id, promptEventId FROM takes ORDER BY createdAt DESC, rowid DESC');
  const recipeOf = db.prepare<Pick<TakeRecord, 'recipe'>>('SELECT recipe FROM takes WHERE id = ?');
  const removeTake = db.prepare('DELETE FROM takes WHERE id = ?');

  /** Parsed recipes by their take. */
  const parsed = new Map<string, Recipe>();
  const readRecipe = (id: string): Recipe => {
    const known = parsed.get(id);
    if (known !== undefined) return known;
    const recipe = parseStored(db.path, 'recipe', recipeOf.get([id])?.recipe ?? '', Recipe);
    parsed.set(id, recipe);
    return recipe;
  };
  const toTake = (record: Omit<TakeRecord, 'recipe'>, asset: AssetRow): Take => {
    const recipe = readRecipe(record.id);
    const { id, promptEventId, recipeHash, createdAt, rating, label, place } = record;
    return { id, promptEventId, recipeHash, createdAt, rating, label, place, recipe, preset: recipe.preset, starred: record.starred === 1, asset };
  };
  const get = (id: string): Take => {
    const record = byId.get([id]);
    if (record === undefined) throw new StudioError('NOT_FOUND', `The project has no take ${id}; it may have been removed. Reload the takes.`, { details: { takeId: id } });
    return toTake(record, assets.get(record.assetId));
  };

  return {
    get,
    add: ({ promptEventId, assetId, recipe, recipeHash }) => {
      const id = `take:${randomUUID()}`;
      insert.run({ id, promptEventId, assetId, recipeHash, recipe: JSON.stringify(recipe), createdAt: db.timestamp() });
      db.touch('takes');
      return get(id);
    },
    list: () => {
      const records = sql().listAll.all();
      const known = new Map(assets.findAll([...new Set(records.map(({ assetId }) => assetId))]).map((asset) => [asset.id, asset]));
      return records.map((record) => toTake(record, known.get(record.assetId) ?? assets.get(record.assetId)));
    },
    recipes: () => listEvents.all().map(({ id, promptEventId }) => ({ id, promptEventId, recipe: readRecipe(id) })),
    newest: () => {
      const record = last.get();
      return record === undefined ? null : toTake(record, assets.get(record.assetId));
    },
    star: (id, starred) => {
      const { asset } = get(id);
      return db.transaction(() => {
        assets.star(asset.id, starred);
        return get(id);
      });
    },
    mark: (id, { rating, label }) => {
      get(id);
      return db.transaction(() => {
        if (rating !== undefined) sql().rate.run([rating, id]);
        if (label !== undefined) sql().name.run([label, id]);
        db.touch('takes');
        return get(id);
      });
    },
    rank: (ids) => {
      const takes = ids.map(get);
      const events = new Set(takes.map(({ promptEventId }) => promptEventId));
      const [promptEventId] = events;
      const areOfOneKind = events.size === 1 && (promptEventId !== null || takes.every(({ recipe }) => recipe.scene !== undefined));
      if (!areOfOneKind || new Set(ids).size !== ids.length) throw new StudioError('CONFLICT', 'Only takes of one event, or whole scenes, can be ranked, each once. Choose takes of one event.', { details: { takes: ids.length } });
      db.transaction(() => {
        sql().forgetPlaces.run([promptEventId ?? null]);
        for (const [index, id] of ids.entries()) sql().setPlace.run([index + 1, id]);
        db.touch('takes');
      });
    },
    remove: (id) => {
      get(id);
      removeTake.run([id]);
      parsed.delete(id);
      db.touch('takes');
    },
  };
}
