import type { Migration } from '../migration.ts';

/** What files were that are no longer in the project: undo can bring back a clip of one, which can then be looked for by its bytes. */
export const removedAssets: Migration = {
  version: 140,
  name: 'removed-assets',
  up: (db) => {
    db.exec(`
      CREATE TABLE removedAssets (
        id TEXT NOT NULL PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        sizeBytes INTEGER NOT NULL,
        removedAt TEXT NOT NULL
      ) STRICT;
    `);
  },
};
