import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ProjectChange } from '../../src-shared/contract/projects.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { createAssetRepository, type AssetRepository } from './asset-repository.ts';
import { createBlobRepository } from './blob-repository.ts';
import { createCheckpointRepository, type CheckpointRepository } from './checkpoint-repository.ts';
import { StoreDatabase } from './database.ts';
import { isWritable, readFileHeader } from './file-header.ts';
import { checkIntegrity } from './integrity.ts';
import { createLibraryRepository, type LibraryRepository } from './library-repository.ts';
import { createPreviewRepository, type PreviewRepository } from './preview-repository.ts';
import { createJobRepository, type JobRepository } from './job-repository.ts';
import { assertExpectedSchema, assertNotFromFuture, migrate, type Migration } from './migration.ts';
import { PROJECT_MIGRATIONS } from './migrations/project-migrations.ts';
import { acquireProjectLock, isHeldHere, type ProjectLock } from './project-lock.ts';
import { createMotionRepository, type MotionRepository } from './motion-repository.ts';
import { createPromptRepository, type PromptRepository } from './prompt-repository.ts';
import { createSceneRunRepository, type SceneRunRepository } from './scene-run-repository.ts';
import { createSettingRepository, type SettingRepository } from './setting-repository.ts';
import { foreignError, toStoreError } from './store-errors.ts';
import { createTakeRepository, type TakeRepository } from './take-repository.ts';
import { createTimelineHistory, type TimelineHistory } from './timeline-history.ts';
import { createTimelineRepository, seedTimeline, type TimelineRepository } from './timeline-repository.ts';

/** Identity of the project in the file. */
export interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

/** What can have changed, as announced to clients. */
export type ChangeTopic = ProjectChange['topic'];

/** One open project file: a repository per entity over one connection. */
export interface ProjectStore {
  readonly path: string;
  readonly readOnly: boolean;
  readonly assets: AssetRepository;
  readonly takes: TakeRepository;
  readonly timeline: TimelineRepository;
  readonly history: TimelineHistory;
  readonly jobs: JobRepository;
  readonly checkpoints: CheckpointRepository;
  readonly sceneRuns: SceneRunRepository;
  readonly settings: SettingRepository;
  readonly motions: MotionRepository;
  readonly prompts: PromptRepository;
  readonly library: LibraryRepository;
  readonly previews: PreviewRepository;
  project(): ProjectRow;
  rename(name: string): ProjectRow;
  /** Bytes on disk, the write-ahead log included. */
  sizeBytes(): number;
  /** Every problem found, in words; empty when the file is sound. Reads every stored byte. */
  checkIntegrity(): string[];
  /** All or nothing over several repositories; nested calls join. */
  transaction<T>(work: () => T): T;
  /** Called after each commit, once per topic. Returns how to stop listening. */
  onChange(listener: (topic: ChangeTopic) => void): () => void;
  /** Caps the file's size in pages, as a full disk would: for rehearsing one. Null lifts the cap. */
  limitPages(pages: number | null): void;
  close(): void;
}

/** How a project file is opened. */
export interface OpenProjectOptions {
  /** Makes a new file of that name; CONFLICT when the path is taken. */
  readonly create?: { readonly name: string };
  /** Look only: takes no lock, so it may run beside a writer. */
  readonly readOnly?: boolean;
  readonly clock?: () => number;
  /** Other than the program's own schema only in tests of migrations. */
  readonly migrations?: readonly Migration[];
}

/** "Motf": marks a SQLite file as a Motif project (PRAGMA application_id). */
export const PROJECT_APPLICATION_ID = 0x4d6f7466;
/** With 256 KiB chunks: 0.06 ms a random read, 0.8 % overhead. */
const PAGE_BYTES = 16_384;
/** SQLite's own ceiling. */
const MAX_PAGES = 4_294_967_294;

/**
 * Opens or creates a `.motif` file. A file that cannot be written opens read-only. Refuses foreign, damaged and newer
 * files, and files another process writes to, each with its own code and without touching them.
 */
export function openProjectStore(path: string, options: OpenProjectOptions = {}): ProjectStore {
  const migrations = options.migrations ?? PROJECT_MIGRATIONS;
  if (options.create !== undefined) createProjectFile(path, options.create.name, migrations, options.clock);
  if (!isHeldHere(path)) {
    const header = readFileHeader(path);
    if (header.applicationId !== PROJECT_APPLICATION_ID) throw foreignError(path);
    assertNotFromFuture(path, header.userVersion, migrations);
  }

  const readOnly = options.readOnly === true || !isWritable(path);
  const lock = readOnly ? null : acquireProjectLock(path);
  let db: StoreDatabase | null = null;
  try {
    db = readOnly ? openForReading(path, options.clock) : new StoreDatabase(path, { clock: options.clock });
    // The log may hold a newer number than the header's page.
    assertNotFromFuture(path, Number(db.pragma('user_version')), migrations);
    assertExpectedSchema(db, migrations);
    if (readOnly) assertCurrent(db, migrations);
    else {
      db.pragma('journal_mode = WAL');
      migrate(db, migrations, { backup: true });
    }
    return assemble(db, lock);
  } catch (error) {
    db?.close();
    lock?.release();
    throw error;
  }
}

function assemble(db: StoreDatabase, lock: ProjectLock | null): ProjectStore {
  const blobs = createBlobRepository(db);
  const assets = createAssetRepository(db, blobs);
  const timeline = createTimelineRepository(db);
  const select = db.prepare<ProjectRow>('SELECT id, name, createdAt FROM project');
  const updateName = db.prepare('UPDATE project SET name = ?');
  const project = (): ProjectRow => {
    const row = select.get();
    if (row === undefined) throw new StudioError('DB_CORRUPT', `${db.path} has lost its project record. Restore it from a backup copy.`, { details: { path: db.path } });
    return row;
  };
  project();
  if (!db.readOnly) {
    try {
      assets.reclaim();
      db.exec('PRAGMA incremental_vacuum(2048)');
    } catch (error) {
      // On a full disk the project still opens, so that something can be removed from it; tidying waits for the next time.
      if (!StudioError.is(error, 'DISK_FULL')) throw error;
    }
  }
  return {
    path: db.path,
    readOnly: db.readOnly,
    assets,
    takes: createTakeRepository(db, assets),
    timeline,
    history: createTimelineHistory(db, timeline),
    jobs: createJobRepository(db),
    checkpoints: createCheckpointRepository(db),
    sceneRuns: createSceneRunRepository(db),
    settings: createSettingRepository(db),
    motions: createMotionRepository(db, assets),
    library: createLibraryRepository(db, assets),
    prompts: createPromptRepository(db),
    previews: createPreviewRepository(db),
    project,
    rename: (name) => {
      updateName.run([name]);
      db.touch('project');
      return project();
    },
    sizeBytes: () => [db.path, `${db.path}-wal`].reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0),
    checkIntegrity: () => checkIntegrity(db, blobs),
    transaction: (work) => db.transaction(work),
    onChange: (listener) => db.onChange((topic) => listener(topic as ChangeTopic)),
    limitPages: (pages) => {
      db.pragma(`max_page_count = ${pages ?? MAX_PAGES}`);
    },
    close: () => {
      try {
        db.close();
      } finally {
        lock?.release();
      }
    },
  };
}

/** Builds the file under another name and moves it into place, so that no half-made project can ever be opened. */
function createProjectFile(path: string, name: string, migrations: readonly Migration[], clock: (() => number) | undefined): void {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (existsSync(path)) throw existsError(path);
    const db = new StoreDatabase(partial, { mustExist: false, clock });
    try {
      db.pragma(`page_size = ${PAGE_BYTES}`);
      db.pragma('auto_vacuum = INCREMENTAL');
      db.pragma(`application_id = ${PROJECT_APPLICATION_ID}`);
      migrate(db, migrations, { backup: false });
      db.transaction(() => {
        db.prepare('INSERT INTO project (id, name, createdAt) VALUES (?, ?, ?)').run([`project:${randomUUID()}`, name, db.timestamp()]);
        if (Number(db.pragma('user_version')) >= 20) seedTimeline(db);
      });
      db.pragma('journal_mode = WAL');
    } finally {
      db.close();
    }
    moveWithoutReplacing(partial, path);
  } catch (error) {
    throw toStoreError(error, path);
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${partial}${suffix}`, { force: true });
  }
}

function moveWithoutReplacing(from: string, to: string): void {
  try {
    // A hard link fails when the name is taken; a rename would replace the other file.
    linkSync(from, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST') throw existsError(to);
    if (code === 'ENOSPC' || code === 'EROFS') throw error;
    // File systems without hard links (FAT, some shares).
    if (existsSync(to)) throw existsError(to);
    renameSync(from, to);
  }
}

function existsError(path: string): StudioError {
  return new StudioError('CONFLICT', `${path} exists already. Choose another name, or open it.`, { details: { path } });
}

/**
 * A read-only connection. SQLite needs to put the log's index beside the file; where the folder forbids that, a
 * temporary copy is read instead.
 */
function openForReading(path: string, clock: (() => number) | undefined): StoreDatabase {
  let db: StoreDatabase | null = null;
  try {
    db = new StoreDatabase(path, { readOnly: true, clock });
    db.pragma('user_version');
    return db;
  } catch (error) {
    db?.close();
    const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
    const blockedByFolder = StudioError.is(error, 'NOT_FOUND') || StudioError.is(error, 'DB_READONLY');
    // The file alone is complete only when there is no log.
    if (!blockedByFolder || (log?.size ?? 0) > 0) throw error;
    const folder = mkdtempSync(join(tmpdir(), 'motif-read-only-'));
    try {
      const copy = join(folder, basename(path));
      copyFileSync(path, copy);
      return new StoreDatabase(copy, { readOnly: true, clock, shownPath: path, onClose: () => rmSync(folder, { recursive: true, force: true }) });
    } catch (copyError) {
      rmSync(folder, { recursive: true, force: true });
      throw toStoreError(copyError, path);
    }
  }
}

function assertCurrent(db: StoreDatabase, migrations: readonly Migration[]): void {
  const version = Number(db.pragma('user_version'));
  const latest = migrations.at(-1)?.version ?? 0;
  if (version >= latest) return;
  throw new StudioError('DB_READONLY', `${db.path} was saved by an older Motif Studio (format ${version}) and is read-only, so it cannot be brought up to format ${latest}. Make it writable, or save a copy elsewhere and open that.`, {
    details: { path: db.path, version, latest },
  });
}
