import type { Migration } from '../migration.ts';

/** Learned motions: assets of a kind of their own, and what is known about each. */
export const motions: Migration = {
  version: 50,
  name: 'motions',
  // SQLite cannot widen a CHECK: the table of assets is made anew.
  withoutForeignKeys: true,
  up: (db) => {
    db.exec(`
      CREATE TABLE assetsWithMotions (
        id TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
        kind TEXT NOT NULL CHECK (kind IN ('video', 'image', 'audio', 'stage', 'motion')),
        name TEXT NOT NULL,
        mimeType TEXT NOT NULL,
        origin TEXT NOT NULL CHECK (origin IN ('generated', 'imported')),
        blobId INTEGER NOT NULL REFERENCES blobs(id),
        createdAt TEXT NOT NULL,
        width INTEGER,
        height INTEGER,
        frames INTEGER,
        frameRateNum INTEGER,
        frameRateDen INTEGER,
        durationMs REAL,
        hasAudio INTEGER NOT NULL DEFAULT 0,
        stage TEXT,
        stageKey TEXT,
        shape TEXT,
        recipeHash TEXT,
        recipe TEXT
      ) STRICT;
      INSERT INTO assetsWithMotions (rowid, id, state, kind, name, mimeType, origin, blobId, createdAt, width, height, frames, frameRateNum, frameRateDen, durationMs, hasAudio, stage, stageKey, shape, recipeHash, recipe)
        SELECT rowid, id, state, kind, name, mimeType, origin, blobId, createdAt, width, height, frames, frameRateNum, frameRateDen, durationMs, hasAudio, stage, stageKey, shape, recipeHash, recipe FROM assets;
      DROP TABLE assets;
      ALTER TABLE assetsWithMotions RENAME TO assets;
      CREATE INDEX assets_byBlob ON assets(blobId);
      CREATE INDEX assets_byStageKey ON assets(stageKey) WHERE stageKey IS NOT NULL;
      CREATE INDEX assets_byRecipeHash ON assets(recipeHash) WHERE recipeHash IS NOT NULL;

      -- 'frames' are the source's key frames, 8-bit RGB.
      CREATE TABLE motions (
        assetId TEXT NOT NULL PRIMARY KEY REFERENCES assets(id) ON DELETE CASCADE,
        facts TEXT NOT NULL,
        hasNoise INTEGER NOT NULL,
        frameCount INTEGER NOT NULL,
        frameWidth INTEGER NOT NULL,
        frameHeight INTEGER NOT NULL,
        frames BLOB NOT NULL
      ) STRICT;
    `);
  },
};
