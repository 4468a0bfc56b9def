import Database from 'better-sqlite3';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { backupPath } from '../../src-main/store/migration.ts';
import { PROJECT_MIGRATIONS } from '../../src-main/store/migrations/project-migrations.ts';
import { PROMPT_EVENT_DEFAULTS } from '../../src-shared/timeline/document.ts';
import { CLIP_DEFAULTS } from '../../src-shared/timeline/records/clip.ts';
import { openProjectStore, PROJECT_APPLICATION_ID, type OpenProjectOptions } from '../../src-main/store/project-store.ts';
import { noise, opened, storeVideo, testFolder } from './project-bench.ts';

const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The error that opening gives, and proof that the file was not touched. */
function refusal(path: string, options: OpenProjectOptions = {}): { code: string; message: string } {
  const before = hashOf(path);
  const files = readdirSync(join(path, '..')).sort();
  let refused: unknown = null;
  try {
    openProjectStore(path, options).close();
  } catch (error) {
    refused = error;
  }
  expect(hashOf(path)).toBe(before);
  expect(readdirSync(join(path, '..')).sort()).toEqual(files);
  expect(refused).toMatchObject({ name: 'StudioError', message: expect.stringContaining(path) as string });
  return refused as { code: string; message: string };
}

function savedProject(): string {
  const path = join(testFolder(), 'project.motif');
  const store = openProjectStore(path, { create: { name: 'Saved' } });
  storeVideo(store, noise(600_000));
  store.close();
  return path;
}

/** Changes a saved file behind the studio's back. */
function tamper(path: string, change: (db: Database.Database) => void): void {
  const db = new Database(path);
  change(db);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}

describe('a new project file', () => {
  it('is a SQLite file of our kind and leaves nothing beside it once closed', () => {
    const path = savedProject();
    const db = new Database(path, { readonly: true });
    expect(db.pragma('application_id', { simple: true })).toBe(PROJECT_APPLICATION_ID);
    expect(db.pragma('user_version', { simple: true })).toBe(PROJECT_MIGRATIONS.at(-1)!.version);
    expect(db.pragma('page_size', { simple: true })).toBe(16_384);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND sql NOT LIKE '%STRICT'").pluck().get()).toBe(0);
    db.close();
  });

  it('closes cleanly: one file in the folder', () => {
    const path = savedProject();
    expect(readdirSync(join(path, '..'))).toEqual(['project.motif']);
  });

  it('never replaces a file that is there', () => {
    const path = savedProject();
    const before = hashOf(path);
    expect(() => openProjectStore(path, { create: { name: 'Other' } })).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(hashOf(path)).toBe(before);
  });
});

describe('files that are refused', () => {
  it('empty, text, cut off, another database, a folder', () => {
    const folder = testFolder();
    const file = (name: string, content: string | Buffer) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    expect(refusal(file('empty.motif', '')).code).toBe('DB_CORRUPT');
    expect(refusal(file('text.motif', 'a letter')).code).toBe('DB_FOREIGN');
    expect(refusal(file('cut.motif', readFileSync(savedProject()).subarray(0, 60))).code).toBe('DB_CORRUPT');
    const other = join(folder, 'other.motif');
    new Database(other).exec('CREATE TABLE t (x)').close();
    expect(refusal(other).code).toBe('DB_FOREIGN');
    mkdirSync(join(folder, 'folder.motif'));
    expect(() => openProjectStore(join(folder, 'folder.motif'))).toThrow(expect.objectContaining({ code: 'DB_FOREIGN' }));
    expect(() => openProjectStore(join(folder, 'missing.motif'))).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('a newer format, which stays untouched', () => {
    const path = savedProject();
    tamper(path, (db) => db.pragma('user_version = 9000'));
    const error = refusal(path);
    expect(error.code).toBe('DB_FROM_FUTURE');
    expect(error.message).toMatch(/Update Motif Studio/);
  });

  it('tables, views and triggers of a stranger', () => {
    for (const ddl of [
      'CREATE TRIGGER t AFTER INSERT ON assets BEGIN DELETE FROM chunks; END',
      'CREATE VIEW v AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r',
      'ALTER TABLE project ADD COLUMN extra TEXT',
      'DROP TABLE takes',
    ]) {
      const path = savedProject();
      tamper(path, (db) => db.exec(ddl));
      expect(() => openProjectStore(path)).toThrow(expect.objectContaining({ code: 'DB_CORRUPT' }));
    }
  });

  it('files cut off behind the header give a typed error, never a crash', () => {
    const whole = savedProject();
    for (const bytes of [4_096, 16_384, 50_000, 200_000]) {
      const path = join(testFolder(), 'cut.motif');
      copyFileSync(whole, path);
      truncateSync(path, bytes);
      let outcome: unknown;
      try {
        const store = openProjectStore(path, { readOnly: true });
        outcome = store.checkIntegrity().length > 0 ? 'reported' : 'clean';
        store.close();
      } catch (error) {
        outcome = (error as { code: string }).code;
      }
      expect(['DB_CORRUPT', 'reported']).toContain(outcome);
    }
  });

  it('flipped bytes are reported or refused, and never served as good media', () => {
    const whole = readFileSync(savedProject());
    const original = Buffer.from(noise(600_000));
    for (let round = 0; round < 40; round += 1) {
      const bytes = Buffer.from(whole);
      for (const place of noise(6, round + 1)) bytes[100 + Math.floor((place / 256) * (bytes.length - 100)) + round] = bytes[100 + round]! ^ 0x5a;
      const path = join(testFolder(), 'flipped.motif');
      writeFileSync(path, bytes);
      try {
        const store = openProjectStore(path, { readOnly: true });
        try {
          for (const asset of store.assets.list()) expect(Buffer.compare(store.assets.readAll(asset.id), original)).toBe(0);
        } finally {
          store.close();
        }
      } catch (error) {
        if ((error as Error).name === 'AssertionError') throw error;
        expect((error as { code?: string }).code ?? (error as Error).message).toMatch(/^(DB_CORRUPT|DB_FOREIGN|DB_FROM_FUTURE|BLOB_MISSING)$/);
      }
    }
  });
});

describe('read-only files and second openers', () => {
  it('opens a read-only file for looking and says clearly that it cannot change it', () => {
    const path = savedProject();
    chmodSync(path, 0o444);
    const store = opened(openProjectStore(path));
    expect(store.readOnly).toBe(true);
    expect(store.assets.list()).toHaveLength(1);
    expect(store.checkIntegrity()).toEqual([]);
    expect(store.timeline.get().document.revision).toBe(0);
    for (const write of [() => store.rename('No'), () => storeVideo(store, noise(10)), () => store.timeline.apply(0, 'x', { added: [], removed: [], updated: [] })]) {
      expect(write).toThrow(expect.objectContaining({ code: 'DB_READONLY', message: expect.stringContaining(path) as string }));
    }
  });

  it('takes the lock over from a killed process, through a link too', () => {
    const path = savedProject();
    const link = join(testFolder(), 'link.motif');
    symlinkSync(path, link);
    const holder = spawnSync(process.execPath, [fileURLToPath(new URL('fixtures/open-project.ts', import.meta.url)), path, 'and-die'], { encoding: 'utf8' });
    expect([holder.stdout, holder.signal]).toEqual(['opened', 'SIGKILL']);
    expect(existsSync(`${path}-lock`)).toBe(true);
    const store = opened(openProjectStore(link));
    expect(openElsewhere(path)).toBe('CONFLICT');
    expect(store.checkIntegrity()).toEqual([]);
  });

  it('has one writer; readers may look meanwhile', () => {
    const path = savedProject();
    const writer = opened(openProjectStore(path));
    expect(() => openProjectStore(path)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    const reader = openProjectStore(path, { readOnly: true });
    storeVideo(writer, noise(5_000, 9), 'second');
    expect(reader.assets.list().map((asset) => asset.name)).toEqual(['second', 'clip']);
    reader.close();
    // A second try and a reader in this very process have not loosened the lock for other processes.
    expect(openElsewhere(path)).toBe('CONFLICT');
    writer.close();
    expect(openElsewhere(path)).toBe('opened');
    expect(existsSync(`${path}-lock`)).toBe(false);
    opened(openProjectStore(path));
  });
});

/** What another process gets that opens the project for writing. */
function openElsewhere(path: string): string {
  return execFileSync(process.execPath, [fileURLToPath(new URL('fixtures/open-project.ts', import.meta.url)), path], { encoding: 'utf8' });
}

describe('migrations', () => {
  it('brings an older file with rows up to date and keeps a copy of it', () => {
    const path = join(testFolder(), 'old.motif');
    const old = openProjectStoreAt(path, 10);
    old.prepare("INSERT INTO blobs (id, sha256, sizeBytes) VALUES (1, 'abc', 0)").run();
    old.prepare("INSERT INTO assets (id, state, kind, name, mimeType, origin, blobId, createdAt) VALUES ('asset:1', 'ready', 'video', 'Old clip', 'video/mp4', 'imported', 1, '2026-01-01')").run();
    old.close();
    const store = opened(openProjectStore(path));
    expect(store.assets.list()).toMatchObject([{ id: 'asset:1', name: 'Old clip' }]);
    expect(store.timeline.get()).toMatchObject({ document: { revision: 0 }, undoLabel: null });
    expect(store.jobs.list()).toEqual([]);
    const backup = new Database(backupPath(path, 10), { readonly: true });
    expect(backup.pragma('user_version', { simple: true })).toBe(10);
    expect(backup.prepare('SELECT name FROM assets').pluck().all()).toEqual(['Old clip']);
    backup.close();
  });

  it('brings clips and events of format 1 to lanes and rational time, and their undo history with them', () => {
    const path = join(testFolder(), 'old.motif');
    const old = openProjectStoreAt(path, 30);
    const uuid = '00000000-0000-4000-8000-000000000001';
    const sequence = { id: 'sequence:main', type: 'sequence', frameRate: { num: 24000, den: 1001 }, width: 576, height: 320, globalPrompt: 'at night' };
    const clip = { id: `clip:${uuid}`, type: 'clip', assetId: 'asset:1', startFrame: 5, inPoint: 24, outPoint: 72 };
    const event = { id: `promptEvent:${uuid}`, type: 'promptEvent', startFrame: 0, durationFrames: 29, prompt: 'a fish', negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft', activeTakeId: null };
    for (const record of [sequence, clip, event]) old.prepare('INSERT INTO timelineRecords (id, record) VALUES (?, ?)').run(record.id, JSON.stringify(record));
    const diff = { added: [clip], updated: [{ from: { ...event, prompt: 'a bird' }, to: event }], removed: [] };
    old.prepare("INSERT INTO timelineHistory (position, label, diff, createdAt) VALUES (1, 'edit', ?, '2026-01-01')").run(JSON.stringify(diff));
    old.prepare('UPDATE timeline SET position = 1, revision = 1').run();
    old.close();
    const { timeline } = opened(openProjectStore(path));
    expect(timeline.get().document.records).toEqual({
      'sequence:main': { ...sequence, inFrame: null, outFrame: null },
      [clip.id]: { ...CLIP_DEFAULTS, id: clip.id, type: 'clip', assetId: 'asset:1', trackId: 'track:video', startFrame: 5, durationFrames: 48, sourceIn: { num: 1001, den: 1000 }, sourceDuration: null },
      [event.id]: { ...PROMPT_EVENT_DEFAULTS, ...event },
    });
    expect(timeline.undo().document.records).toEqual({ 'sequence:main': { ...sequence, inFrame: null, outFrame: null }, [event.id]: { ...PROMPT_EVENT_DEFAULTS, ...event, prompt: 'a bird' } });
  });

  it('a step that fails leaves the file at its old number and rows', () => {
    const path = savedProject();
    const failing = { version: 9_990, name: 'fails', up: (db: { exec(text: string): void }) => db.exec('DELETE FROM assets; CREATE TABLE project (x)') };
    expect(() => openProjectStore(path, { migrations: [...PROJECT_MIGRATIONS, failing] })).toThrow(expect.objectContaining({ code: 'MIGRATION_FAILED' }));
    const store = opened(openProjectStore(path));
    expect(store.assets.list()).toHaveLength(1);
  });

  it('an older read-only file asks to be made writable', () => {
    const path = join(testFolder(), 'old.motif');
    openProjectStoreAt(path, 20).close();
    chmodSync(path, 0o444);
    expect(() => openProjectStore(path)).toThrow(expect.objectContaining({ code: 'DB_READONLY' }));
  });

  it('claims through the index, without sorting', () => {
    const path = savedProject();
    const db = new Database(path, { readonly: true });
    const plan = db.prepare("EXPLAIN QUERY PLAN SELECT sequence FROM jobs WHERE lane = 'compute' AND state = 'available' ORDER BY priority DESC, sequence LIMIT 1").all() as { detail: string }[];
    db.close();
    expect(plan.map((row) => row.detail).join('; ')).toMatch(/USING COVERING INDEX jobs_byLaneStatePriority/);
    expect(plan.map((row) => row.detail).join('; ')).not.toMatch(/TEMP B-TREE/);
  });
});

/** A project file as an older program left it, open for adding rows. */
function openProjectStoreAt(path: string, version: number): Database.Database {
  openProjectStoreOfOldProgram(path, version);
  return new Database(path);
}

function openProjectStoreOfOldProgram(path: string, version: number): void {
  const db = new Database(path);
  db.pragma('page_size = 16384');
  db.pragma(`application_id = ${PROJECT_APPLICATION_ID}`);
  for (const migration of PROJECT_MIGRATIONS.filter((step) => step.version <= version)) migration.up({ exec: (text: string) => db.exec(text) } as never);
  db.pragma(`user_version = ${version}`);
  db.prepare("INSERT INTO project (id, name, createdAt) VALUES ('project:00000000-0000-0000-0000-000000000000', 'Old', '2026-01-01')").run();
  db.pragma('journal_mode = WAL');
  db.close();
}
