import type { Migration } from '../migration.ts';

/** The timeline document, its undo history, and the takes. */
export const timelineTakes: Migration = {
  version: 20,
  name: 'timeline-takes',
  up: (db) => {
    db.exec(`
      CREATE TABLE timeline (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        revision INTEGER NOT NULL,
        -- Diffs up to this position are applied; those behind it can be redone.
        position INTEGER NOT NULL
      ) STRICT;
      INSERT INTO timeline (id, revision, position) VALUES (1, 0, 0);

      CREATE TABLE timelineRecords (
        id TEXT NOT NULL PRIMARY KEY,
        record TEXT NOT NULL
      ) STRICT;

      CREATE TABLE timelineHistory (
        position INTEGER PRIMARY KEY,
        label TEXT NOT NULL,
        diff TEXT NOT NULL,
        createdAt TEXT NOT NULL
      ) STRICT;

      CREATE TABLE takes (
        id TEXT NOT NULL PRIMARY KEY,
        promptEventId TEXT,
        assetId TEXT NOT NULL REFERENCES assets(id),
        recipeHash TEXT NOT NULL,
        recipe TEXT NOT NULL,
        starred INTEGER NOT NULL DEFAULT 0,
        createdAt TEXT NOT NULL
      ) STRICT;
      CREATE INDEX takes_byAsset ON takes(assetId);
      CREATE INDEX takes_byRecipeHash ON takes(recipeHash);
    `);
  },
};
