import type { Migration } from '../migration.ts';

/** The durable queue and the checkpoints of its running work. */
export const jobs: Migration = {
  version: 30,
  name: 'jobs',
  up: (db) => {
    db.exec(`
      CREATE TABLE jobs (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        lane TEXT NOT NULL CHECK (lane IN ('compute', 'media')),
        state TEXT NOT NULL CHECK (state IN ('available', 'running', 'paused', 'retryable', 'completed', 'cancelled', 'discarded')),
        -- What a person asked of a running job; honoured even when the studio dies before the job could stop.
        requested TEXT CHECK (requested IN ('cancelled', 'paused')),
        priority INTEGER NOT NULL DEFAULT 0,
        scheduledAt INTEGER NOT NULL,
        attempt INTEGER NOT NULL DEFAULT 0,
        failuresSinceProgress INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL,
        data TEXT NOT NULL,
        parts TEXT NOT NULL,
        elapsedMs REAL NOT NULL DEFAULT 0,
        createdAt TEXT NOT NULL,
        finishedAt TEXT,
        promptEventId TEXT,
        resultAssetId TEXT,
        resultPath TEXT,
        errorCode TEXT,
        errorMessage TEXT,
        failures TEXT NOT NULL DEFAULT '[]',
        dismissed INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX jobs_byLaneStatePriority ON jobs(lane, state, priority DESC, sequence);

      CREATE TABLE checkpoints (
        id INTEGER PRIMARY KEY,
        jobId TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
        stageKey TEXT NOT NULL,
        step INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        data BLOB NOT NULL
      ) STRICT;
      CREATE INDEX checkpoints_byJob ON checkpoints(jobId);
    `);
  },
};
