import { z } from 'zod';
import type { DownloadState } from '../contract/hub.ts';
import type { ErrorCode } from '../errors/studio-error.ts';

/** What a download is of, where it goes and what was agreed to; fixed when it begins. */
export const DownloadSpec = z.object({
  repository: z.string(),
  commit: z.string(),
  address: z.string(),
  /** Absolute. */
  folder: z.string(),
  /** Id of the licence that was accepted. */
  licence: z.string(),
});
export type DownloadSpec = z.infer<typeof DownloadSpec>;

/** What the creator last asked for; whoever runs the download follows it. */
export type DownloadWish = 'run' | 'pause' | 'cancel';

/** A download as the app's database keeps it. */
export interface DownloadRow {
  readonly id: string;
  readonly spec: DownloadSpec;
  readonly state: DownloadState;
  readonly wish: DownloadWish;
  readonly createdAt: string;
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
  readonly packIds: readonly string[];
  readonly receivedBytes: number;
}

/** What the hub says about a file. */
export interface HubFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** In hex; null where the hub states none. */
  readonly sha256: string | null;
  /** Hash of git's blob, in hex; null where the hub states none. */
  readonly gitSha1: string | null;
}

/** A file of a download. */
export interface DownloadFileRow extends HubFile {
  readonly position: number;
  /** As the server gave it with the first bytes; later bytes must come with the same. */
  readonly etag: string | null;
  /** Under its own name, with its change time in milliseconds; null while it is not finished. */
  readonly finishedMtimeMs: number | null;
  /** Bytes of it that are on disk and recorded. */
  readonly doneBytes: number;
}

/** Bytes that were received, are on disk, and had this SHA-256 when they arrived. */
export interface RecordedRange {
  readonly start: number;
  readonly end: number;
  readonly sha256: string;
}

/** Downloads of this machine. What it has recorded is on disk: a killed process or a power cut takes none of it back. */
export interface DownloadStore {
  create(id: string, spec: DownloadSpec, files: readonly HubFile[]): void;
  /** Oldest first. */
  list(): DownloadRow[];
  get(id: string): DownloadRow | null;
  files(id: string): DownloadFileRow[];
  ranges(id: string, position: number): RecordedRange[];
  /** Adds a range that crossed the network and is on disk. */
  record(id: string, position: number, range: RecordedRange): void;
  /** Takes ranges back, all of the file's when none are named. */
  unrecord(id: string, position: number, ranges?: readonly { readonly start: number }[]): void;
  /** Counts bytes that crossed the network and could not be kept. */
  wasted(id: string, bytes: number): void;
  noteAnswer(id: string, position: number, answer: { readonly etag: string | null; readonly sha256: string | null }): void;
  /** With null the file is unfinished again. */
  finish(id: string, position: number, mtimeMs: number | null): void;
  setState(id: string, state: DownloadState, error?: DownloadRow['error']): void;
  setWish(id: string, wish: DownloadWish): void;
  complete(id: string, packIds: readonly string[]): void;
  remove(id: string): void;
  /** Takes the right to run a download; null while another studio has it. Lost with the process that holds it. */
  lock(id: string): { release(): void } | null;
  /** Whether another process wrote to the database since this was last asked. */
  changedElsewhere(): boolean;
}
