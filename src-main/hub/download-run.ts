import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DownloadFile } from '../../src-shared/contract/hub.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { DownloadRow, DownloadStore } from '../../src-shared/hub/download-record.ts';
import { FileTransfer, PARTS_FOLDER, type NextStep } from './file-transfer.ts';
import { fileAddress } from './hub-api.ts';
import type { HubAccess } from './hub-http.ts';
import { fileFacts, freeBytesAt, SPARE_BYTES } from './part-file.ts';
import { EtagChanged, RangeIgnored, receiveRange } from './receive-range.ts';
import { Setback, withoutSetback } from './setback.ts';
import { TransferSpeed } from './transfer-speed.ts';

/** How a download uses line, server and disk. */
export interface TransferOptions {
  /** Requests at a time. */
  readonly connections: number;
  /** Bytes asked for at a time. */
  readonly pieceBytes: number;
  /** Bytes after which what came is put on record: what a crash can cost, per connection. */
  readonly flushBytes: number;
  /** Milliseconds without a byte after which a line counts as broken. */
  readonly quietMs: number;
  /** Attempts in a row without a byte, by patience. */
  readonly limits: { readonly long: number; readonly short: number };
  /** Milliseconds before an attempt, counted from 1. */
  readonly delayMs: (attempt: number) => number;
}

export const TRANSFER_DEFAULTS: TransferOptions = {
  connections: 4,
  pieceBytes: 64 * 2 ** 20,
  flushBytes: 8 * 2 ** 20,
  quietMs: 30_000,
  limits: { long: 8, short: 3 },
  delayMs: (attempt) => Math.min(60_000, 500 * 2 ** attempt) * (0.75 + Math.random() / 2),
};

/** How a running download stands. */
export interface RunProgress {
  readonly files: readonly DownloadFile[];
  /** Bytes a second; null while unknown. */
  readonly speed: number | null;
  readonly remainingMs: number | null;
  readonly waitingFor: string | null;
}

/** One go at a download: until every file is proven and in its place, or something stops it. */
export class DownloadRun {
  readonly #row: DownloadRow;
  readonly #store: DownloadStore;
  readonly #access: HubAccess;
  readonly #options: TransferOptions;
  readonly #onChange: () => void;
  readonly #files: readonly FileTransfer[];
  readonly #speed = new TransferSpeed();
  /** What went wrong last, until bytes come again. */
  #trouble: string | null = null;
  #hostNotBeforeMs = 0;
  #wake: (() => void)[] = [];

  constructor(row: DownloadRow, store: DownloadStore, access: HubAccess, options: TransferOptions, onChange: () => void) {
    this.#row = row;
    this.#store = store;
    this.#access = access;
    this.#options = options;
    this.#onChange = onChange;
    this.#files = store.files(row.id).map((file) => new FileTransfer(row.id, row.spec.folder, file, store));
  }

  progress(): RunProgress {
    const files = this.#files.map((file) => file.view());
    const left = files.reduce((sum, { sizeBytes, doneBytes }) => sum + sizeBytes - doneBytes, 0);
    const trouble = files.some(({ state }) => state === 'running' || state === 'checking') ? null : this.#trouble;
    return { files, speed: this.#speed.bytesPerSecond(), remainingMs: this.#speed.remainingMs(left), waitingFor: trouble };
  }

  /** Throws what stopped it, or `signal`'s reason; everything received is on record then. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#makeSureOfRoom();
    const stop = new AbortController();
    const onAbort = () => stop.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    let failure: { readonly error: unknown } | null = null;
    const worker = async (): Promise<void> => {
      try {
        await this.#work(stop.signal);
      } catch (error) {
        failure ??= { error };
        stop.abort(error);
        this.#changed();
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#options.connections }, worker));
    } finally {
      signal.removeEventListener('abort', onAbort);
      await Promise.all(this.#files.map((file) => file.closePart()));
    }
    const failed = failure as { readonly error: unknown } | null;
    if (failed !== null) throw withoutSetback(failed.error);
    await rm(path.join(this.#row.spec.folder, PARTS_FOLDER), { recursive: true, force: true });
  }

  /** Before the first byte: whether the folder is where it was, and what is still to come will fit. */
  async #makeSureOfRoom(): Promise<void> {
    const { folder } = this.#row.spec;
    // Else a disk that is not connected would look like one from which everything was deleted.
    if (this.#files.some(({ row }) => row.doneBytes > 0) && (await fileFacts(folder)) === null) throw new StudioError('NOT_FOUND', `${folder} is gone. Is its disk connected? Connect it and resume, or cancel the download and begin again.`, { details: { path: folder } });
    const left = this.#files.reduce((sum, { row }) => sum + row.sizeBytes - row.doneBytes, 0);
    if (left > 0 && left + SPARE_BYTES > (await freeBytesAt(folder))) throw new StudioError('DISK_FULL', `The disk of ${folder} has no room for the ${Math.ceil(left / 1e6)} MB that are still to come. Free some space, then resume.`, { details: { path: folder }, retryable: true });
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const { file, step } = this.#next();
      if (step.kind === 'done') return;
      if (step.kind === 'wait' || file === null) {
        await this.#waitForChange(step.kind === 'wait' ? step.untilMs : null, signal);
        continue;
      }
      try {
        if (step.kind === 'receive') await this.#receive(file, step, signal);
        else if (step.kind === 'prepare') await file.prepare(signal);
        else await file.check(signal);
      } catch (error) {
        if (signal.aborted || !(error instanceof Setback)) throw error;
        this.#sitOut(file, error);
      }
      this.#changed();
    }
  }

  /** Smaller files first: the configuration of a model is worth having before its weights. */
  #next(): { readonly file: FileTransfer | null; readonly step: NextStep } {
    const nowMs = Date.now();
    let untilMs: number | null = this.#hostNotBeforeMs > nowMs ? this.#hostNotBeforeMs : null;
    if (untilMs !== null) return { file: null, step: { kind: 'wait', untilMs } };
    let open = false;
    for (const file of this.#files.toSorted((a, b) => a.row.sizeBytes - b.row.sizeBytes)) {
      const step = file.next(nowMs, this.#options.pieceBytes);
      if (step.kind === 'done') continue;
      open = true;
      if (step.kind !== 'wait') return { file, step };
      if (step.untilMs !== null) untilMs = Math.min(untilMs ?? Infinity, step.untilMs);
    }
    return { file: null, step: open ? { kind: 'wait', untilMs } : { kind: 'done' } };
  }

  async #receive(file: FileTransfer, { range, gapEnd }: Extract<NextStep, { kind: 'receive' }>, signal: AbortSignal): Promise<void> {
    const { id, spec } = this.#row;
    const { row } = file;
    const piece = file.openPiece(range);
    let wasted = 0;
    try {
      await receiveRange(
        this.#access,
        { address: fileAddress(this.#access, spec.repository, spec.commit, row.path), what: row.path, sizeBytes: row.sizeBytes, sha256: row.sha256, etag: row.etag, range, gapEnd, fromTheStart: file.takesFromTheStart },
        {
          part: piece.part,
          flushBytes: this.#options.flushBytes,
          onAnswer: (answer) => {
            file.noteAnswer(answer);
            // Now that the server has answered, others may ask for the rest.
            this.#changed();
          },
          onBytes: (count, kept) => {
            this.#speed.add(count);
            piece.pending(kept);
            wasted += count - kept;
            this.#trouble = null;
            this.#onChange();
          },
          onRecorded: (done) => piece.recorded(done),
        },
        signal,
      );
    } finally {
      piece.close();
      if (wasted > 0) this.#store.wasted(id, wasted);
    }
  }

  #sitOut(file: FileTransfer, setback: Setback): void {
    const nowMs = Date.now();
    if (setback instanceof RangeIgnored) file.noteIgnored();
    if (setback instanceof EtagChanged && file.noteOtherEtag(setback.etag)) return;
    if (!file.putOff(setback, this.#options.limits, this.#options.delayMs, nowMs)) throw setback.error;
    // A server that asks to wait means every request, not one file's.
    if (setback.retryAfterMs !== null) this.#hostNotBeforeMs = Math.max(this.#hostNotBeforeMs, nowMs + setback.retryAfterMs);
    this.#trouble = setback.error.message;
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake();
    this.#onChange();
  }

  async #waitForChange(untilMs: number | null, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let onAbort = () => undefined as void;
    await new Promise<void>((resolve) => {
      onAbort = resolve;
      this.#wake.push(resolve);
      signal.addEventListener('abort', onAbort, { once: true });
      if (untilMs !== null) timer = setTimeout(resolve, Math.max(1, untilMs - Date.now()));
      if (signal.aborted) resolve();
    });
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
