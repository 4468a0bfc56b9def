import { z } from 'zod';
import { ERROR_CODES } from '../errors/studio-error.ts';
import { method, stream } from '../rpc/contract-types.ts';

/** `owner/name`, as hubs write it. */
export const RepositoryName = z.string().trim().max(200).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/, 'Write the repository as OWNER/NAME.');
/** A branch, a tag or a commit. */
export const Revision = z.string().trim().max(200).regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'Write a branch, a tag or a commit.');
/** Which weights are wanted where a repository has several: half-size ones, or the plain files. */
export const WeightPrecision = z.enum(['fp16', 'full']);
export type WeightPrecision = z.infer<typeof WeightPrecision>;

/** By what a file is proven whole: its SHA-256, the hash git gives it, or, where the hub states neither, its size alone. */
export const FileProof = z.enum(['sha256', 'git', 'size']);
export type FileProof = z.infer<typeof FileProof>;

export const DownloadId = z.string().regex(/^download:[0-9a-f-]{36}$/);

/** What a download is of, and where it goes. */
export const DownloadRequest = z.object({
  repository: RepositoryName,
  revision: Revision.default('main'),
  precision: WeightPrecision.default('full'),
  /** Folder in which the repository gets a folder of its own; the studio's own when left out. */
  into: z.string().min(1).max(4096).optional(),
  /** Another hub for this download only; the address of the settings when left out. */
  address: z.string().max(500).optional(),
});
export type DownloadRequest = z.infer<typeof DownloadRequest>;

/** The terms of a repository. `id` is the SHA-256 of what is shown. */
export const HubLicence = z.object({ id: z.string(), name: z.string(), text: z.string() });
export type HubLicence = z.infer<typeof HubLicence>;

/** What a download would bring. Nothing has been written. */
export const DownloadPlan = z.object({
  repository: z.string(),
  /** The commit that the revision names now; a download stays with it. */
  commit: z.string(),
  address: z.string(),
  folder: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.number(), proof: FileProof, /** Of it already here. */ haveBytes: z.number() })),
  totalBytes: z.number(),
  /** What would cross the network. */
  neededBytes: z.number(),
  /** Files of the repository that are not needed. */
  skippedFiles: z.number().int(),
  skippedBytes: z.number(),
  freeBytes: z.number(),
  licence: HubLicence,
  /** The licence's short name as the hub states it, such as `cc-by-nc-4.0`. */
  statedLicence: z.string().nullable(),
  gated: z.boolean(),
  /** Null when it can begin; otherwise why not, and the mend. */
  problem: z.string().nullable(),
});
export type DownloadPlan = z.infer<typeof DownloadPlan>;

/** The states of a job that a download can be in; docs/jobs.md draws them. `discarded`: it failed, and can be tried again. */
export const DownloadState = z.enum(['available', 'running', 'paused', 'completed', 'cancelled', 'discarded']);
export type DownloadState = z.infer<typeof DownloadState>;

export const DownloadFile = z.object({
  path: z.string(),
  sizeBytes: z.number(),
  doneBytes: z.number(),
  proof: FileProof,
  state: z.enum(['waiting', 'running', 'checking', 'done']),
});
export type DownloadFile = z.infer<typeof DownloadFile>;

export const Download = z.object({
  id: DownloadId,
  repository: z.string(),
  commit: z.string(),
  address: z.string(),
  folder: z.string(),
  state: DownloadState,
  createdAt: z.string(),
  files: z.array(DownloadFile),
  doneBytes: z.number(),
  totalBytes: z.number(),
  /** Bytes a second over the last seconds; null while that is not known. */
  speed: z.number().nullable(),
  remainingMs: z.number().nullable(),
  /** What it waits for, in words, while the hub asks to wait or the line is down. */
  waitingFor: z.string().nullable(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
  /** Packs that the finished download became part of. */
  packIds: z.array(z.string()),
  /** Bytes that crossed the network for this download, over all its runs. */
  receivedBytes: z.number(),
});
export type Download = z.infer<typeof Download>;

export const HubSettings = z.object({
  address: z.string(),
  defaultAddress: z.string(),
  hasToken: z.boolean(),
  /** `keychain`: sealed by the operating system. `ownerFile`: a plain file that only this user may read. */
  tokenKeptIn: z.enum(['keychain', 'ownerFile']),
});
export type HubSettings = z.infer<typeof HubSettings>;

const One = z.object({ downloadId: DownloadId });

export const hubContract = {
  settings: method(z.object({}), HubSettings),
  /** An empty address goes back to the public hub. */
  setAddress: method(z.object({ address: z.string().max(500) }), HubSettings),
  /** Kept for one address only, the present one when left out; an empty token is forgotten. Never answered back. */
  setToken: method(z.object({ token: z.string().max(500).regex(/^[\x21-\x7e]*$/, 'A token has no spaces.'), address: z.string().max(500).optional() }), HubSettings),
  /** Asks the hub what a repository holds. */
  plan: method(DownloadRequest, DownloadPlan),
  /** LICENCE_NOT_ACCEPTED unless the licence id of the plan is given. */
  start: method(DownloadRequest.extend({ acceptedLicence: z.string().default('') }), Download),
  list: method(z.object({}), z.object({ downloads: z.array(Download) })),
  pause: method(One, Download),
  /** Goes on from what is here, also after a failure. */
  resume: method(One, Download),
  /** Ends it and removes what is unfinished; finished files stay. */
  cancel: method(One, Download),
  /** Forgets one that is over. */
  dismiss: method(One, z.object({})),
  /** Whole rows as they change, at most ten a second each; begins with every one. */
  watch: stream(z.object({}), Download),
};
