import type { Migration } from '../migration.ts';

/** Downloads of model repositories: what was asked for, their files, and which bytes of each are on disk. */
export const downloads: Migration = {
  version: 20,
  name: 'downloads',
  up: (db) => {
    db.exec(`
      CREATE TABLE downloads (
        id TEXT NOT NULL PRIMARY KEY,
        spec TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('available', 'running', 'paused', 'completed', 'cancelled', 'discarded')),
        wish TEXT NOT NULL CHECK (wish IN ('run', 'pause', 'cancel')),
        createdAt TEXT NOT NULL,
        error TEXT,
        packIds TEXT NOT NULL,
        receivedBytes INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE downloadFiles (
        downloadId TEXT NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        path TEXT NOT NULL,
        sizeBytes INTEGER NOT NULL,
        sha256 TEXT,
        gitSha1 TEXT,
        etag TEXT,
        finishedMtimeMs REAL,
        PRIMARY KEY (downloadId, position)
      ) STRICT;

      CREATE TABLE downloadRanges (
        downloadId TEXT NOT NULL,
        position INTEGER NOT NULL,
        startByte INTEGER NOT NULL,
        endByte INTEGER NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (downloadId, position, startByte),
        FOREIGN KEY (downloadId, position) REFERENCES downloadFiles (downloadId, position) ON DELETE CASCADE
      ) STRICT, WITHOUT ROWID;
    `);
  },
};
