import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Download, DownloadPlan, DownloadRequest } from '../../src-shared/contract/hub.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { DownloadRow, DownloadStore } from '../../src-shared/hub/download-record.ts';
import { DownloadRun, TRANSFER_DEFAULTS, type TransferOptions } from './download-run.ts';
import { downloadView } from './download-view.ts';
import { PARTS_FOLDER } from './file-transfer.ts';
import { parseHubAddress } from './hub-address.ts';
import type { NetworkGate } from './network-gate.ts';
import type { HubAccess } from './hub-http.ts';
import type { HubTokens } from './hub-tokens.ts';
import { planDownload, type DescribeModel, type PlannedDownload } from './plan-download.ts';

/** How often a running download looks whether another studio's window or terminal asked it to stop, in milliseconds. */
const WISH_MS = 500;

/** What downloads need from the house. */
export interface DownloadsOptions {
  readonly store: DownloadStore;
  readonly gate: NetworkGate;
  readonly tokens: HubTokens;
  /** Hub for requests that name none. */
  readonly address: () => string;
  /** Where repositories go when the creator names no folder. */
  readonly folder: string;
  readonly describe: DescribeModel;
  /** Makes a finished folder part of the packs; returns their ids. */
  readonly importFolder: (folder: string, acceptedLicences: readonly string[], proven: readonly ProvenFile[]) => Promise<string[]>;
  readonly transfer?: Partial<TransferOptions>;
  readonly log: (line: string) => void;
}

/** A file in its place whose SHA-256 was computed from its bytes. */
export interface ProvenFile {
  readonly absolutePath: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

/** Downloads of model repositories: asked for one by one, run one after the other, outliving every crash. */
export interface Downloads {
  plan(request: DownloadRequest, signal: AbortSignal): Promise<DownloadPlan>;
  /** LICENCE_NOT_ACCEPTED unless the licence id of the plan is given; CONFLICT, DISK_FULL and the like when it cannot begin. */
  start(request: DownloadRequest, acceptedLicence: string, signal: AbortSignal): Promise<Download>;
  list(): Download[];
  find(id: string): Download | null;
  /** Tells listeners when another studio on this machine has changed a download since the last look. */
  lookElsewhere(): void;
  pause(id: string): Promise<Download>;
  resume(id: string): Promise<Download>;
  cancel(id: string): Promise<Download>;
  dismiss(id: string): Promise<void>;
  /** Goes on with what was running or waiting when a studio ended. */
  goOn(): void;
  /** Told of each download that may have changed. */
  subscribe(listener: (id: string) => void): () => void;
  /** Puts the running one to rest; it goes on when a studio asks it to. */
  close(): Promise<void>;
}

interface Active {
  readonly id: string;
  readonly run: DownloadRun;
  readonly stop: AbortController;
  readonly finished: Promise<void>;
}

/** Why a run was stopped. */
class Stopped extends Error {}

export function createDownloads(options: DownloadsOptions): Downloads {
  const { store, tokens, gate, log } = options;
  const transfer: TransferOptions = { ...TRANSFER_DEFAULTS, ...options.transfer };
  const listeners = new Set<(id: string) => void>();
  /** Those that this studio was asked to run. */
  const mine = new Set<string>();
  let active: Active | null = null;
  let closed = false;

  const changed = (id: string): void => {
    for (const listener of listeners) listener(id);
  };
  const accessTo = (address: string, quietMs: number): HubAccess => {
    const base = parseHubAddress(address);
    return { base, token: tokens.get(base), quietMs, gate };
  };
  const find = (id: string): DownloadRow => {
    const row = store.get(id);
    if (row === null) throw new StudioError('NOT_FOUND', `There is no download ${id}. See: motif models downloads`, { details: { id } });
    return row;
  };
  const view = (row: DownloadRow): Download => downloadView(row, store, active?.id === row.id ? active.run.progress() : null);

  const plan = (request: DownloadRequest, signal: AbortSignal): Promise<PlannedDownload> => {
    const [owner = '', name = ''] = request.repository.split('/');
    return planDownload(accessTo(request.address ?? options.address(), TRANSFER_DEFAULTS.quietMs), request, path.join(path.resolve(request.into ?? options.folder), owner, name), options.describe, signal);
  };

  /** Does `work` while no studio runs the download; false when another one does, which then follows the wish it reads. */
  const whileIdle = async (id: string, work: () => Promise<void> | void): Promise<boolean> => {
    const lock = store.lock(id);
    if (lock === null) return false;
    try {
      await work();
      return true;
    } finally {
      lock.release();
      changed(id);
    }
  };

  const removeParts = (row: DownloadRow): Promise<void> => rm(path.join(row.spec.folder, PARTS_FOLDER), { recursive: true, force: true });
  const settleCancel = async (row: DownloadRow): Promise<void> => {
    await removeParts(row);
    for (const file of store.files(row.id)) if (file.finishedMtimeMs === null) store.unrecord(row.id, file.position);
    store.setState(row.id, 'cancelled');
  };

  const provenFiles = (row: DownloadRow): ProvenFile[] =>
    store.files(row.id).flatMap(({ path: relativePath, sizeBytes, sha256, finishedMtimeMs }) =>
      sha256 === null || finishedMtimeMs === null ? [] : [{ absolutePath: path.join(row.spec.folder, ...relativePath.split('/')), sizeBytes, mtimeMs: finishedMtimeMs, sha256 }],
    );

  const transferAll = async (row: DownloadRow, run: DownloadRun, signal: AbortSignal): Promise<void> => {
    try {
      store.setState(row.id, 'running');
      changed(row.id);
      await run.run(signal);
      store.complete(row.id, await options.importFolder(row.spec.folder, [row.spec.licence], provenFiles(row)));
    } catch (error) {
      const wish = store.get(row.id)?.wish ?? 'cancel';
      if (signal.aborted && signal.reason instanceof Stopped) {
        if (wish === 'cancel') await settleCancel(row);
        else store.setState(row.id, wish === 'pause' ? 'paused' : 'available');
        return;
      }
      const failure = StudioError.from(error);
      if (!StudioError.is(error)) log(`[hub] ${row.spec.repository}: ${error instanceof Error ? error.stack : String(error)}`);
      // Room comes back; a person says when.
      store.setState(row.id, failure.code === 'DISK_FULL' ? 'paused' : 'discarded', { code: failure.code, message: failure.message });
    }
  };

  const begin = (row: DownloadRow, lock: { release(): void }): void => {
    const stop = new AbortController();
    let run: DownloadRun;
    try {
      run = new DownloadRun(row, store, accessTo(row.spec.address, transfer.quietMs), transfer, () => changed(row.id));
    } catch (error) {
      const failure = StudioError.from(error);
      store.setState(row.id, 'discarded', { code: failure.code, message: failure.message });
      lock.release();
      mine.delete(row.id);
      changed(row.id);
      return;
    }
    const watch = setInterval(() => {
      if (store.get(row.id)?.wish !== 'run') stop.abort(new Stopped());
      // Speed and remaining time change while nothing arrives, too.
      changed(row.id);
    }, WISH_MS);
    const finished = transferAll(row, run, stop.signal)
      .catch((error: unknown) => log(`[hub] ${row.spec.repository} could not be put to rest: ${String(error)}`))
      .finally(() => {
        clearInterval(watch);
        active = null;
        if (!closed) mine.delete(row.id);
        lock.release();
        changed(row.id);
        pump();
      });
    active = { id: row.id, run, stop, finished };
  };

  const pump = (): void => {
    if (closed || active !== null) return;
    for (const row of store.list()) {
      if (!mine.has(row.id) || row.wish !== 'run' || (row.state !== 'available' && row.state !== 'running')) continue;
      const lock = store.lock(row.id);
      if (lock === null) continue;
      begin(row, lock);
      if (active !== null) return;
    }
  };

  /** Stops a download wherever it runs; when it runs nowhere, `settle` says what becomes of it. */
  const halt = async (id: string, wish: 'pause' | 'cancel', settle: (row: DownloadRow) => Promise<void> | void): Promise<Download> => {
    store.setWish(id, wish);
    mine.delete(id);
    if (active?.id === id) {
      const { stop, finished } = active;
      stop.abort(new Stopped());
      await finished;
    } else {
      await whileIdle(id, () => settle(find(id)));
    }
    changed(id);
    return view(find(id));
  };

  const refuse = (row: DownloadRow, what: string): StudioError => new StudioError('JOB_STATE_CONFLICT', `The download of ${row.spec.repository} is ${row.state} and cannot be ${what}.`, { details: { id: row.id, state: row.state } });

  return {
    plan: async (request, signal) => (await plan(request, signal)).plan,
    async start(request, acceptedLicence, signal) {
      const { plan: planned, files, problemCode } = await plan(request, signal);
      const { problem, licence, folder } = planned;
      const twin = store.list().find(({ spec, state }) => spec.folder === folder && (state === 'available' || state === 'running' || state === 'paused' || state === 'discarded'));
      if (twin !== undefined) throw new StudioError('CONFLICT', `${twin.spec.repository} is already on its way to ${folder}. Resume that download, or cancel it first.`, { details: { id: twin.id } });
      if (problem !== null) throw new StudioError(problemCode ?? 'INVALID_INPUT', problem, { details: { folder } });
      if (licence.id !== acceptedLicence) throw new StudioError('LICENCE_NOT_ACCEPTED', `Nothing was downloaded. Read and accept first: ${licence.name}.`, { details: { licences: [licence.id] } });
      const id = `download:${randomUUID()}`;
      store.create(id, { repository: planned.repository, commit: planned.commit, address: planned.address, folder, licence: licence.id }, files);
      mine.add(id);
      pump();
      changed(id);
      return view(find(id));
    },
    list: () => store.list().map(view),
    find: (id) => {
      const row = store.get(id);
      return row === null ? null : view(row);
    },
    lookElsewhere() {
      if (store.changedElsewhere()) for (const { id } of store.list()) changed(id);
    },
    async pause(id) {
      const row = find(id);
      if (row.state === 'completed' || row.state === 'cancelled' || row.state === 'discarded') throw refuse(row, 'paused');
      return halt(id, 'pause', () => store.setState(id, 'paused', row.error));
    },
    async resume(id) {
      // One that is just being put to rest is resumed from there.
      if (active?.id === id && active.stop.signal.aborted) await active.finished;
      const row = find(id);
      if (row.state === 'completed' || row.state === 'cancelled') throw refuse(row, 'resumed');
      if (active?.id !== id) {
        store.setWish(id, 'run');
        await whileIdle(id, () => store.setState(id, 'available'));
        mine.add(id);
        pump();
      }
      return view(find(id));
    },
    async cancel(id) {
      const row = find(id);
      if (row.state === 'completed' || row.state === 'cancelled') throw refuse(row, 'cancelled');
      return halt(id, 'cancel', settleCancel);
    },
    async dismiss(id) {
      const row = find(id);
      if (row.state !== 'completed' && row.state !== 'cancelled' && row.state !== 'discarded') throw refuse(row, 'dismissed');
      await whileIdle(id, async () => {
        if (row.state === 'discarded') await removeParts(row);
      });
      store.remove(id);
      changed(id);
    },
    goOn() {
      for (const { id, state, wish } of store.list()) if (wish === 'run' && (state === 'available' || state === 'running')) mine.add(id);
      pump();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      const last = active;
      last?.stop.abort(new Stopped());
      await last?.finished;
    },
  };
}
