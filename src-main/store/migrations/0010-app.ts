import type { Migration } from '../migration.ts';

/** The app's own database: settings, recent projects, measured step times. */
export const app: Migration = {
  version: 10,
  name: 'app',
  up: (db) => {
    db.exec(`
      CREATE TABLE settings (
        key TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT;

      CREATE TABLE recentProjects (
        path TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        openedAt TEXT NOT NULL
      ) STRICT;

      CREATE TABLE stepTimes (
        key TEXT NOT NULL PRIMARY KEY,
        stepMs REAL NOT NULL,
        fixedMs REAL NOT NULL,
        samples INTEGER NOT NULL
      ) STRICT;
    `);
  },
};
