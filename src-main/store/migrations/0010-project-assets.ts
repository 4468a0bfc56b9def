import type { Migration } from '../migration.ts';

/** The project row, content-addressed chunked blobs, the assets that point at them, and small settings. */
export const projectAssets: Migration = {
  version: 10,
  name: 'project-assets',
  up: (db) => {
    db.exec(`
      CREATE TABLE project (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        createdAt TEXT NOT NULL
      ) STRICT;

      -- sha256 is null while the bytes are still arriving.
      CREATE TABLE blobs (
        id INTEGER PRIMARY KEY,
        sha256 TEXT UNIQUE,
        sizeBytes INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE chunks (
        id INTEGER PRIMARY KEY,
        blobId INTEGER NOT NULL REFERENCES blobs(id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        data BLOB NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX chunks_byBlobPosition ON chunks(blobId, position);

      CREATE TABLE assets (
        id TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL CHECK (state IN ('writing', 'ready')),
        kind TEXT NOT NULL CHECK (kind IN ('video', 'image', 'audio', 'stage')),
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
      CREATE INDEX assets_byBlob ON assets(blobId);
      CREATE INDEX assets_byStageKey ON assets(stageKey) WHERE stageKey IS NOT NULL;
      CREATE INDEX assets_byRecipeHash ON assets(recipeHash) WHERE recipeHash IS NOT NULL;

      CREATE TABLE thumbnails (
        assetId TEXT NOT NULL PRIMARY KEY REFERENCES assets(id) ON DELETE CASCADE,
        mimeType TEXT NOT NULL,
        data BLOB NOT NULL
      ) STRICT;

      CREATE TABLE settings (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT;
    `);
  },
};
