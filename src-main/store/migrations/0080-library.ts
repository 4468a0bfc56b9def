import type { Migration } from '../migration.ts';

/** What a creator says about assets, and the words by which they are found; a row comes when one is first needed. */
export const library: Migration = {
  version: 80,
  name: 'library',
  up: (db) => {
    db.exec(`
      -- 'words' are prompt, model, motions and caption in lower case: what never changes. 'tags' are lines.
      CREATE TABLE assetMarks (
        assetId TEXT NOT NULL PRIMARY KEY REFERENCES assets(id) ON DELETE CASCADE,
        starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
        tags TEXT NOT NULL DEFAULT '',
        trashedAt TEXT,
        words TEXT NOT NULL
      ) STRICT;
      CREATE INDEX assets_byCreated ON assets(createdAt);
    `);
  },
};
