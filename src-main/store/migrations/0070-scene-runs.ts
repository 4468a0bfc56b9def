import type { Migration } from '../migration.ts';

/** What each scene job did: one row per node of the build graph, run or found. */
export const sceneRuns: Migration = {
  version: 70,
  name: 'scene-runs',
  up: (db) => {
    db.exec(`
      CREATE TABLE sceneRuns (
        id INTEGER PRIMARY KEY,
        jobId TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
        nodeId TEXT NOT NULL,
        stage TEXT NOT NULL,
        stageKey TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('done', 'cached')),
        wallMs REAL,
        UNIQUE (jobId, nodeId)
      ) STRICT;
    `);
  },
};
