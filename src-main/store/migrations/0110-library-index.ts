import type { Migration } from '../migration.ts';

interface OldRow {
  readonly id: string;
  readonly kind: string;
  readonly origin: string;
  readonly name: string;
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly durationMs: number | null;
  readonly recipe: string | null;
  readonly facts: string | null;
  readonly starred: number | null;
  readonly tags: string | null;
  readonly trashedAt: string | null;
  readonly words: string | null;
}

interface Prompted {
  readonly prompt?: string;
  readonly preset?: string;
  readonly pack?: { readonly id?: string };
  readonly scene?: { readonly events?: readonly { readonly prompt?: string }[] };
}

/** Words of a row that nobody had looked at yet, as the studio of this number wrote them. */
function wordsOf({ recipe, facts }: OldRow): string {
  const made = recipe === null ? {} : (JSON.parse(recipe) as Prompted);
  const learned = facts === null ? {} : (JSON.parse(facts) as { caption?: string; source?: { name?: string } });
  return [made.prompt, made.pack?.id, made.preset, ...(made.scene?.events ?? []).map(({ prompt }) => prompt), learned.caption, learned.source?.name].filter((text) => text !== undefined).join(' ').toLowerCase();
}

/**
 * One narrow row per asset that the library shows, written with the asset. Rows of assets hold their recipe: counting and sorting ten
 * thousand of them read tens of megabytes, and rows that came with the first look cost the first look half a second.
 */
export const libraryIndex: Migration = {
  version: 110,
  name: 'library-index',
  up: (db) => {
    db.exec(`
      -- 'lowerName' and 'words' are what is searched: name, and prompt, model, motions, caption and date, in lower case. 'tags' are lines.
      CREATE TABLE libraryEntries (
        id INTEGER PRIMARY KEY,
        assetId TEXT NOT NULL UNIQUE REFERENCES assets(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        origin TEXT NOT NULL,
        lowerName TEXT NOT NULL,
        createdAt TEXT NOT NULL,
        sizeBytes INTEGER NOT NULL,
        durationMs REAL,
        starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1)),
        tags TEXT NOT NULL DEFAULT '',
        trashedAt TEXT,
        words TEXT NOT NULL
      ) STRICT;
      -- Each order with all that narrows it down without words: what is counted and skipped is read here alone.
      CREATE INDEX libraryEntries_byCreated ON libraryEntries(createdAt, kind, origin, starred, trashedAt);
      CREATE INDEX libraryEntries_byName ON libraryEntries(lowerName, kind, origin, starred, trashedAt);
      CREATE INDEX libraryEntries_bySize ON libraryEntries(sizeBytes, kind, origin, starred, trashedAt);
      CREATE INDEX libraryEntries_byDuration ON libraryEntries(durationMs, kind, origin, starred, trashedAt);
      CREATE INDEX libraryEntries_trash ON libraryEntries(trashedAt) WHERE trashedAt IS NOT NULL;
      CREATE INDEX libraryEntries_tagged ON libraryEntries(tags) WHERE tags <> '';
      -- What each blob is kept for, likewise.
      DROP INDEX assets_byBlob;
      CREATE INDEX assets_byBlob ON assets(blobId, state, kind, origin, id);
      DROP INDEX assets_byCreated;
    `);
    const rows = db.prepare<OldRow>(`
      SELECT assets.id, kind, origin, name, createdAt, sizeBytes, durationMs, recipe, motions.facts, (assetMarks.starred = 1 OR EXISTS (SELECT 1 FROM takes WHERE takes.assetId = assets.id AND takes.starred = 1)) AS starred, tags, trashedAt, words
      FROM assets JOIN blobs ON blobs.id = blobId LEFT JOIN motions ON motions.assetId = assets.id LEFT JOIN assetMarks ON assetMarks.assetId = assets.id
      WHERE state = 'ready' AND kind <> 'stage' ORDER BY assets.rowid`).all();
    const insert = db.prepare('INSERT INTO libraryEntries (assetId, kind, origin, lowerName, createdAt, sizeBytes, durationMs, starred, tags, trashedAt, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    for (const row of rows) {
      const words = `${row.words ?? wordsOf(row)} ${row.createdAt.toLowerCase()}`;
      insert.run([row.id, row.kind, row.origin, row.name.toLowerCase(), row.createdAt, row.sizeBytes, row.durationMs, row.starred ?? 0, row.tags ?? '', row.trashedAt, words]);
    }
    // From now on a clip has one star, in the library and on its takes.
    db.exec('UPDATE takes SET starred = 1 WHERE assetId IN (SELECT assetId FROM libraryEntries WHERE starred = 1)');
    db.exec('DROP TABLE assetMarks');
  },
};
