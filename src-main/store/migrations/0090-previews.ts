import type { Migration } from '../migration.ts';

/** Pictures of clips and sounds, and stand-ins for what a browser cannot decode: all of it can be made again. */
export const previews: Migration = {
  version: 90,
  name: 'previews',
  up: (db) => {
    db.exec(`
      -- A row is ready once its last byte is stored; 'facts' is JSON.
      CREATE TABLE assetPreviews (
        assetId TEXT NOT NULL REFERENCES assets(id) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('filmstrip', 'waveform', 'proxy')),
        ready INTEGER NOT NULL DEFAULT 0 CHECK (ready IN (0, 1)),
        facts TEXT NOT NULL,
        sizeBytes INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (assetId, kind)
      ) STRICT;

      CREATE TABLE previewChunks (
        id INTEGER PRIMARY KEY,
        assetId TEXT NOT NULL,
        kind TEXT NOT NULL,
        position INTEGER NOT NULL,
        data BLOB NOT NULL,
        FOREIGN KEY (assetId, kind) REFERENCES assetPreviews(assetId, kind) ON DELETE CASCADE
      ) STRICT;
      CREATE UNIQUE INDEX previewChunks_byPosition ON previewChunks(assetId, kind, position);
    `);
  },
};
