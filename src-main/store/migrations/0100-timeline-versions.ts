import type { Migration } from '../migration.ts';

/** Moments of the timeline that a creator gave a name. Each holds the whole document: it stays what it is whatever becomes of the history. */
export const timelineVersions: Migration = {
  version: 100,
  name: 'timeline-versions',
  up: (db) => {
    db.exec(`
      CREATE TABLE timelineVersions (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        records TEXT NOT NULL,
        createdAt TEXT NOT NULL
      ) STRICT;
    `);
  },
};
