import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DownloadStore } from '../../src-shared/hub/download-record.ts';
import { StoreDatabase } from './database.ts';
import { createDownloadRepository } from './download-repository.ts';
import { migrate, assertNotFromFuture } from './migration.ts';
import { app } from './migrations/0010-app.ts';
import { downloads } from './migrations/0020-downloads.ts';
import { networkLog } from './migrations/0030-network-log.ts';
import { createNetworkLogRepository, type NetworkLogRepository } from './network-log-repository.ts';
import { createSettingRepository, type SettingRepository } from './setting-repository.ts';

/** A project the creator had open, newest first. */
export interface RecentProjectRow {
  readonly path: string;
  readonly name: string;
  readonly openedAt: string;
}

/** How long one unit of work of a stage takes on this machine, and what comes on top once (loading, decoding). */
export interface StepTime {
  readonly stepMs: number;
  readonly fixedMs: number;
}

/** Measured times by a key that names pack, stage and size. */
export interface StepTimeRepository {
  get(key: string): StepTime | null;
  /** Mixes a new measurement in: recent runs weigh most, one slow afternoon does not. */
  record(key: string, measured: StepTime): void;
}

/** Settings, recent projects, measured step times, downloads and the network log of this machine. Two studios may share it. */
export interface AppStore {
  readonly path: string;
  readonly settings: SettingRepository;
  readonly recent: {
    list(): RecentProjectRow[];
    add(project: { readonly path: string; readonly name: string }): void;
    remove(path: string): void;
  };
  readonly stepTimes: StepTimeRepository;
  readonly downloads: DownloadStore;
  readonly networkLog: NetworkLogRepository;
  close(): void;
}

/** "MtfA": told apart from a project file. */
const APP_APPLICATION_ID = 0x4d746641;
const APP_MIGRATIONS = [app, downloads, networkLog];
const RECENT_LIMIT = 50;
/** Weight of a new measurement once several exist. */
const STEP_TIME_BLEND = 0.4;

/** Opens the app's database at `path`, making it and its folder where they are missing. */
export function openAppStore(path: string): AppStore {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = new StoreDatabase(path, { mustExist: false });
  assertNotFromFuture(path, Number(db.pragma('user_version')), APP_MIGRATIONS);
  db.pragma('journal_mode = WAL');
  db.pragma(`application_id = ${APP_APPLICATION_ID}`);
  migrate(db, APP_MIGRATIONS, { backup: false });

  const listRecent = db.prepare<RecentProjectRow>('SELECT path, name, openedAt FROM recentProjects ORDER BY openedAt DESC, rowid DESC LIMIT ?');
  const addRecent = db.prepare('INSERT INTO recentProjects (path, name, openedAt) VALUES (?, ?, ?) ON CONFLICT (path) DO UPDATE SET name = excluded.name, openedAt = excluded.openedAt');
  const removeRecent = db.prepare('DELETE FROM recentProjects WHERE path = ?');
  const selectStep = db.prepare<StepTime & { samples: number }>('SELECT stepMs, fixedMs, samples FROM stepTimes WHERE key = ?');
  const upsertStep = db.prepare(
    'INSERT INTO stepTimes (key, stepMs, fixedMs, samples) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET stepMs = excluded.stepMs, fixedMs = excluded.fixedMs, samples = excluded.samples',
  );

  return {
    path,
    settings: createSettingRepository(db),
    recent: {
      list: () => listRecent.all([RECENT_LIMIT]),
      add: (project) => {
        addRecent.run([project.path, project.name, db.timestamp()]);
      },
      remove: (projectPath) => {
        removeRecent.run([projectPath]);
      },
    },
    stepTimes: {
      get: (key) => {
        const row = selectStep.get([key]);
        return row === undefined ? null : { stepMs: row.stepMs, fixedMs: row.fixedMs };
      },
      record: (key, measured) => {
        db.transaction(() => {
          const known = selectStep.get([key]);
          const weight = known === undefined ? 1 : Math.max(STEP_TIME_BLEND, 1 / (known.samples + 1));
          const blend = (before: number | undefined, value: number) => (before === undefined ? value : before + weight * (value - before));
          upsertStep.run([key, blend(known?.stepMs, measured.stepMs), blend(known?.fixedMs, measured.fixedMs), (known?.samples ?? 0) + 1]);
        });
      },
    },
    downloads: createDownloadRepository(db),
    networkLog: createNetworkLogRepository(db),
    close: () => db.close(),
  };
}
