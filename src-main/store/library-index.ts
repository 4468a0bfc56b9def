import type { Asset } from '../../src-shared/contract/assets.ts';
import { namedSources, type Recipe } from '../../src-shared/recipe/recipe.ts';
import type { MotionFacts } from '../../src-shared/contract/motions.ts';
import type { StoreDatabase } from './database.ts';

/**
 * What the library is searched and sorted by: one narrow row per asset, written in the transaction that makes the asset ready, so that
 * opening and searching find everything in place. Outputs of stages have none.
 */
export interface LibraryIndex {
  add(asset: Asset): void;
  /** A clip has one star, wherever it is put on: in the library, and on every take that shows it. */
  star(assetId: string, starred: boolean): void;
  /** What a motion was learned from, which is stored after its asset. */
  describe(asset: Asset, facts: MotionFacts): void;
  /** After `asset` got its new name. Clips are found by the names of their motions: theirs are written anew. */
  renamed(asset: Asset): void;
}

/** `recipeOf` reads a recipe back from an asset's row. */
export function createLibraryIndex(db: StoreDatabase, recipeOf: (assetId: string) => Recipe | null): LibraryIndex {
  // Prepared late: the table comes with a later migration than the file's first.
  let statements: ReturnType<typeof prepare> | null = null;
  const prepare = () => ({
    insert: db.prepare('INSERT INTO libraryEntries (assetId, kind, origin, lowerName, createdAt, sizeBytes, durationMs, words) VALUES (@id, @kind, @origin, @lowerName, @createdAt, @sizeBytes, @durationMs, @words)'),
    star: db.prepare('UPDATE libraryEntries SET starred = ? WHERE assetId = ?'),
    starTakes: db.prepare('UPDATE takes SET starred = ? WHERE assetId = ?'),
    name: db.prepare('UPDATE libraryEntries SET lowerName = ? WHERE assetId = ?'),
    words: db.prepare('UPDATE libraryEntries SET words = ? WHERE assetId = ?'),
    nameOfMotion: db.prepare<{ name: string }>("SELECT assets.name FROM blobs JOIN assets ON assets.blobId = blobs.id AND assets.kind = 'motion' AND assets.state = 'ready' WHERE blobs.sha256 = ? LIMIT 1"),
    madeWith: db.prepare<{ id: string; createdAt: string }>('SELECT id, createdAt FROM assets WHERE recipe IS NOT NULL AND instr(recipe, ?) > 0'),
  });
  const sql = () => (statements ??= prepare());

  /** What an asset was asked for, what made it, what it was learned from, and when. */
  const wordsOf = (recipe: Recipe | null, facts: MotionFacts | null, createdAt: string): string => {
    const motions = recipe === null ? [] : namedSources(recipe).motions.flatMap((sha256) => sql().nameOfMotion.get([sha256])?.name ?? []);
    const events = recipe?.scene?.events ?? [];
    return [recipe?.prompt, recipe?.pack.id, recipe?.preset, ...events.map(({ prompt }) => prompt), ...motions, facts?.caption, facts?.source.name, createdAt].filter((text) => text !== undefined).join(' ').toLowerCase();
  };

  return {
    add: (asset) => {
      const { id, kind, origin, name, createdAt, sizeBytes, durationMs, recipe } = asset;
      if (kind !== 'stage') sql().insert.run({ id, kind, origin, lowerName: name.toLowerCase(), createdAt, sizeBytes, durationMs, words: wordsOf(recipe, null, createdAt) });
    },
    star: (assetId, starred) => {
      const mark = starred ? 1 : 0;
      sql().star.run([mark, assetId]);
      if (sql().starTakes.run([mark, assetId]).changes > 0) db.touch('takes');
    },
    describe: (asset, facts) => {
      sql().words.run([wordsOf(null, facts, asset.createdAt), asset.id]);
    },
    renamed: (asset) => {
      sql().name.run([asset.name.toLowerCase(), asset.id]);
      if (asset.kind !== 'motion') return;
      for (const { id, createdAt } of sql().madeWith.all([asset.sha256])) sql().words.run([wordsOf(recipeOf(id), null, createdAt), id]);
    },
  };
}
