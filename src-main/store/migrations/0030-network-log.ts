import type { Migration } from '../migration.ts';

/** What left this machine. */
export const networkLog: Migration = {
  version: 30,
  name: 'network-log',
  up: (db) => {
    db.exec(`
      CREATE TABLE networkLog (
        id INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        host TEXT NOT NULL,
        what TEXT NOT NULL,
        status INTEGER,
        sent INTEGER NOT NULL CHECK (sent IN (0, 1))
      ) STRICT;
    `);
  },
};
