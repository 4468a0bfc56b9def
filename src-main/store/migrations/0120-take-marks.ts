import type { Migration } from '../migration.ts';

/** What creators think of their takes: marks out of five, a word of their own, and the place that a ranking gave. */
export const takeMarks: Migration = {
  version: 120,
  name: 'take-marks',
  up: (db) => {
    db.exec(`
      -- 0: not rated.
      ALTER TABLE takes ADD COLUMN rating INTEGER NOT NULL DEFAULT 0 CHECK (rating BETWEEN 0 AND 5);
      ALTER TABLE takes ADD COLUMN label TEXT NOT NULL DEFAULT '';
      -- 1 is the best of its event's takes when they were last ranked; NULL was not among them.
      ALTER TABLE takes ADD COLUMN place INTEGER CHECK (place >= 1);
    `);
  },
};
