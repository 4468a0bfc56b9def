import { rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import type { DownloadFile } from '../../src-shared/contract/hub.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { DownloadFileRow, DownloadStore, RecordedRange } from '../../src-shared/hub/download-record.ts';
import { coveredBytes, missingPieces, type ByteRange } from './byte-ranges.ts';
import { alreadyThere, checkFile, fileFacts, makeParent, PartFile, putInPlace } from './part-file.ts';
import { proofOf } from './file-proof.ts';
import type { Setback } from './setback.ts';

/** Folder inside the repository's own, for what is not finished. */
export const PARTS_FOLDER = '.motif-download';

/** Answers from the start to a request for a later range, after which a server counts as one that cannot continue. */
const IGNORED_LIMIT = 2;
/** Answers in a row with the same other ETag, after which it counts as the file's. */
const ETAG_LIMIT = 2;
/** Times that the ETag of a file may become another for good. */
const ETAG_CHANGES = 3;
/** Times that bytes on the disk may turn out changed before the disk itself is blamed. */
const DAMAGE_LIMIT = 3;

/** A stretch that is being received; `pending` of it is on the disk and not yet on record. */
interface OpenPiece {
  readonly range: ByteRange;
  pending: number;
}

/** What can be done next for a file. */
export type NextStep = { readonly kind: 'prepare' | 'check' } | { readonly kind: 'receive'; readonly range: ByteRange; readonly gapEnd: number } | { readonly kind: 'wait'; readonly untilMs: number | null } | { readonly kind: 'done' };

/** One file on its way: which bytes are on record, which are coming, and how often it went wrong. */
export class FileTransfer {
  row: DownloadFileRow;
  readonly #folder: string;
  readonly #store: DownloadStore;
  readonly #id: string;
  #recorded: RecordedRange[] = [];
  readonly #open = new Set<OpenPiece>();
  #part: PartFile | null = null;
  #stage: 'waiting' | 'busy' | 'ready' | 'done' = 'waiting';
  #isChecking = false;
  #hasAnswered: boolean;
  #ignored = 0;
  #otherEtag: { readonly etag: string | null; readonly times: number } | null = null;
  #etagChanges = 0;
  #damaged = 0;
  #refuted = 0;
  #attempts = { long: 0, short: 0 };
  #notBeforeMs = 0;

  constructor(id: string, folder: string, row: DownloadFileRow, store: DownloadStore) {
    this.#id = id;
    this.#folder = folder;
    this.row = row;
    this.#store = store;
    this.#recorded = row.finishedMtimeMs === null ? store.ranges(id, row.position) : [];
    this.#hasAnswered = row.etag !== null;
  }

  get #target(): string {
    return path.join(this.#folder, ...this.row.path.split('/'));
  }

  get #partPath(): string {
    return path.join(this.#folder, PARTS_FOLDER, `${this.row.position}.part`);
  }

  /** Servers that cannot continue a file get one request at a time, and so does the first of all. */
  get #isSerial(): boolean {
    return this.#ignored >= IGNORED_LIMIT;
  }

  /** Whether an answer from byte 0 is taken where a later one was asked for. */
  get takesFromTheStart(): boolean {
    return this.#isSerial;
  }

  view(): DownloadFile {
    const doneBytes = this.#stage === 'done' ? this.row.sizeBytes : coveredBytes(this.#recorded) + [...this.#open].reduce((sum, { pending }) => sum + pending, 0);
    const state = this.#stage === 'done' ? 'done' : this.#isChecking ? 'checking' : this.#open.size > 0 ? 'running' : 'waiting';
    return { path: this.row.path, sizeBytes: this.row.sizeBytes, doneBytes: Math.min(this.row.sizeBytes, doneBytes), proof: proofOf(this.row), state };
  }

  next(nowMs: number, pieceBytes: number): NextStep {
    if (this.#stage === 'done') return { kind: 'done' };
    if (this.#stage === 'busy') return { kind: 'wait', untilMs: null };
    if (this.#stage === 'waiting') return this.#begin('prepare');
    if (this.#notBeforeMs > nowMs) return { kind: 'wait', untilMs: this.#notBeforeMs };
    if (this.#open.size > 0 && (this.#isSerial || !this.#hasAnswered)) return { kind: 'wait', untilMs: null };
    const { sizeBytes } = this.row;
    const taken = [...this.#recorded, ...[...this.#open].map(({ range }) => range)];
    const range = missingPieces(taken, sizeBytes, this.#isSerial ? sizeBytes : pieceBytes)[0];
    if (range === undefined) return this.#open.size > 0 ? { kind: 'wait', untilMs: null } : this.#begin('check');
    const gapEnd = this.#open.size > 0 ? range.end : Math.min(sizeBytes, ...this.#recorded.filter(({ start }) => start >= range.end).map(({ start }) => start));
    return { kind: 'receive', range, gapEnd };
  }

  #begin(kind: 'prepare' | 'check'): NextStep {
    this.#stage = 'busy';
    return { kind };
  }

  /** Compares what is on record with what lies on the disk, and opens the part. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { position, path: relativePath, sizeBytes, finishedMtimeMs } = this.row;
    await makeParent(this.#folder, relativePath);
    const there = await fileFacts(this.#target);
    if (there !== null) {
      if (!there.isFile || there.sizeBytes !== sizeBytes) throw alreadyThere(this.#target);
      const isKnown = finishedMtimeMs === there.mtimeMs;
      if (!isKnown && !(await this.#check(this.#target, signal)).whole) throw alreadyThere(this.#target);
      this.#finish(there.mtimeMs);
      return;
    }
    if (finishedMtimeMs !== null) {
      this.#store.finish(this.#id, position, null);
      this.row = { ...this.row, finishedMtimeMs: null };
      this.#recorded = [];
    }
    await makeParent(this.#folder, `${PARTS_FOLDER}/part`);
    const facts = await fileFacts(this.#partPath);
    const lost = this.#recorded.filter(({ end }) => facts === null || end > facts.sizeBytes);
    if (lost.length > 0) this.#unrecord(lost);
    this.#part = await PartFile.open(this.#partPath);
    if (facts !== null && facts.sizeBytes > sizeBytes) await truncate(this.#partPath, sizeBytes);
    this.#stage = 'ready';
  }

  openPiece(range: ByteRange): { readonly part: PartFile; pending(bytes: number): void; recorded(range: RecordedRange): void; close(): void } {
    const piece: OpenPiece = { range, pending: 0 };
    this.#open.add(piece);
    return {
      part: this.#part!,
      pending: (bytes) => void (piece.pending += bytes),
      recorded: (done) => {
        this.#store.record(this.#id, this.row.position, done);
        this.#recorded.push(done);
        piece.pending -= done.end - done.start;
        this.#attempts = { long: 0, short: 0 };
      },
      close: () => void this.#open.delete(piece),
    };
  }

  noteAnswer({ etag, sha256, canContinue }: { readonly etag: string | null; readonly sha256: string | null; readonly canContinue: boolean }): void {
    if (!canContinue) this.#ignored = IGNORED_LIMIT;
    this.#hasAnswered = true;
    this.#otherEtag = null;
    if (etag === this.row.etag && (this.row.sha256 !== null || sha256 === null)) return;
    this.row = { ...this.row, etag, sha256: this.row.sha256 ?? sha256 };
    this.#store.noteAnswer(this.#id, this.row.position, { etag, sha256 });
  }

  /** Counts a setback and puts the next attempt off. Returns false when patience has ended. */
  putOff(setback: Setback, limits: { readonly long: number; readonly short: number }, delayMs: (attempt: number) => number, nowMs: number): boolean {
    const attempt = ++this.#attempts[setback.patience];
    this.#notBeforeMs = nowMs + Math.max(setback.retryAfterMs ?? 0, delayMs(attempt));
    return attempt <= limits[setback.patience];
  }

  /** The server began at byte 0 though asked to continue. */
  noteIgnored(): void {
    this.#ignored += 1;
  }

  /**
   * The server has another ETag than before. One odd answer is passed over. When it stays, the checksum decides at the end
   * whether what is here and what comes belong together; without a checksum nothing can tell, and the file begins anew.
   * Returns whether that is settled.
   */
  noteOtherEtag(etag: string | null): boolean {
    // Asked for before the others had settled it.
    if (etag === this.row.etag) return true;
    this.#otherEtag = { etag, times: this.#otherEtag?.etag === etag ? this.#otherEtag.times + 1 : 1 };
    const isProvable = proofOf(this.row) !== 'size';
    if (this.#otherEtag.times < ETAG_LIMIT || this.#etagChanges >= ETAG_CHANGES || (!isProvable && this.#open.size > 0)) return false;
    if (!isProvable) this.#unrecord(this.#recorded);
    this.#etagChanges += 1;
    this.#otherEtag = null;
    this.row = { ...this.row, etag };
    this.#store.noteAnswer(this.#id, this.row.position, { etag, sha256: null });
    return true;
  }

  /** Everything has arrived: proves it, and gives the file its name. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.row.sizeBytes === 0) await this.#part?.write(new Uint8Array(0), 0);
    const { damaged, whole } = await this.#check(this.#partPath, signal);
    if (whole) {
      await this.#part?.sync();
      await this.closePart();
      await makeParent(this.#folder, this.row.path);
      this.#finish(await putInPlace(this.#partPath, this.#target));
      return;
    }
    if (damaged.length > 0) {
      this.#unrecord(damaged);
      this.#damaged += 1;
      if (this.#damaged > DAMAGE_LIMIT) throw new StudioError('MODEL_CHECKSUM_MISMATCH', `What is written to ${this.#partPath} does not stay as it was. Check the disk, or choose another folder.`, { details: { path: this.#partPath } });
    } else {
      this.#unrecord(this.#recorded);
      this.#store.noteAnswer(this.#id, this.row.position, { etag: null, sha256: null });
      this.row = { ...this.row, etag: null };
      this.#hasAnswered = false;
      this.#refuted += 1;
      if (this.#refuted > 1) {
        await this.closePart();
        await rm(this.#partPath, { force: true });
        throw new StudioError('MODEL_CHECKSUM_MISMATCH', `${this.row.path} came twice with other content than the hub's checksum stands for. It was thrown away. Try again later, or use another hub address.`, { details: { path: this.row.path } });
      }
    }
    this.#stage = 'ready';
  }

  async closePart(): Promise<void> {
    const part = this.#part;
    this.#part = null;
    await part?.close();
  }

  async #check(file: string, signal: AbortSignal) {
    this.#isChecking = true;
    try {
      return await checkFile(file, this.row, this.#recorded, signal);
    } finally {
      this.#isChecking = false;
    }
  }

  #finish(mtimeMs: number): void {
    this.#store.finish(this.#id, this.row.position, mtimeMs);
    this.row = { ...this.row, finishedMtimeMs: mtimeMs };
    this.#recorded = [];
    this.#stage = 'done';
  }

  #unrecord(ranges: readonly RecordedRange[]): void {
    this.#store.unrecord(this.#id, this.row.position, ranges);
    const gone = new Set(ranges);
    this.#recorded = this.#recorded.filter((range) => !gone.has(range));
  }
}
