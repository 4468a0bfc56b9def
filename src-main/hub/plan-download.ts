import path from 'node:path';
import type { DownloadPlan, DownloadRequest, HubLicence } from '../../src-shared/contract/hub.ts';
import { StudioError, type ErrorCode } from '../../src-shared/errors/studio-error.ts';
import type { HubFile } from '../../src-shared/hub/download-record.ts';
import { KNOWN_REPOSITORIES } from '../../src-shared/hub/known-repositories.ts';
import { chooseFiles, licenceFileOf } from './choose-files.ts';
import { proofOf } from './file-proof.ts';
import { listFiles, readFacts, readText } from './hub-api.ts';
import { writeHubAddress } from './hub-address.ts';
import type { HubAccess } from './hub-http.ts';
import { fileFacts, freeBytesAt, SPARE_BYTES } from './part-file.ts';
import { withoutSetback } from './setback.ts';

/** Largest configuration and licence that are read for a plan, in bytes. */
const MAX_CONFIG_BYTES = 1 << 20;
const MAX_LICENCE_BYTES = 200_000;

/** What a repository says about itself before any of its weights are here. */
export interface ModelClues {
  readonly repository: string;
  /** The UNet's `config.json` and the pipeline's `model_index.json`; null where there are none. */
  readonly unet: string | null;
  readonly pipeline: string | null;
  /** `config.json` of the one network that a repository without a UNet holds, at its root or in a folder. */
  readonly network: string | null;
  /** The repository's own licence file. */
  readonly licence: string | null;
}

/** Tells what a model is for and on what terms; null for one that is not of the family. */
export type DescribeModel = (clues: ModelClues) => { readonly licence: HubLicence } | null;

/** A plan with what a download needs to know beside it. */
export interface PlannedDownload {
  readonly plan: DownloadPlan;
  readonly files: readonly HubFile[];
  /** Code of the plan's problem, if it has one. */
  readonly problemCode: ErrorCode | null;
}

/** What of each file is at its place already, judged by its size; the download itself reads and proves it. */
async function bytesThere(folder: string, files: readonly HubFile[]): Promise<{ have: number[]; obstacle: string | null }> {
  let obstacle: string | null = null;
  const have = [];
  for (const file of files) {
    const place = path.join(folder, ...file.path.split('/'));
    const facts = await fileFacts(place);
    if (facts !== null && (!facts.isFile || facts.sizeBytes !== file.sizeBytes)) obstacle ??= place;
    have.push(facts?.isFile === true && facts.sizeBytes === file.sizeBytes ? file.sizeBytes : 0);
  }
  return { have, obstacle };
}

const gigabytes = (bytes: number): string => (bytes >= 1e8 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`);

/** A clue that the hub keeps to itself tells nothing; why it does is told when the download is asked for. */
async function clue(read: () => Promise<string>): Promise<{ text: string | null; forbidden: StudioError | null }> {
  try {
    return { text: await read(), forbidden: null };
  } catch (error) {
    if (StudioError.is(error, 'HUB_FORBIDDEN')) return { text: null, forbidden: error };
    throw error;
  }
}

/** Asks the hub what a repository holds, chooses what the studio needs of it, and looks whether it can begin. Writes nothing. */
export const planDownload = (...inputs: Parameters<typeof lookAndChoose>): Promise<PlannedDownload> =>
  lookAndChoose(...inputs).catch((error: unknown) => {
    throw withoutSetback(error);
  });

async function lookAndChoose(access: HubAccess, request: DownloadRequest, folder: string, describe: DescribeModel, signal: AbortSignal): Promise<PlannedDownload> {
  const { repository } = request;
  const known = KNOWN_REPOSITORIES.find((candidate) => candidate.repository.toLowerCase() === repository.toLowerCase());
  const facts = await readFacts(access, repository, request.revision, signal);
  const listed = await listFiles(access, repository, facts.commit, signal);
  const { wanted, skipped, withoutWeights } = chooseFiles(listed, request.precision, known?.sharesText ?? false);
  const read = async (file: HubFile | null | undefined, limit: number) => {
    if (file === null || file === undefined || file.sizeBytes > limit) return { text: null, forbidden: null };
    return clue(() => readText(access, repository, facts.commit, file.path, limit, signal));
  };
  const byPath = (name: string) => wanted.find((file) => file.path === name);
  const [licence, unet, pipeline] = [await read(licenceFileOf(listed), MAX_LICENCE_BYTES), await read(byPath('unet/config.json'), MAX_CONFIG_BYTES), await read(byPath('model_index.json'), MAX_CONFIG_BYTES)];
  const network = await read(byPath('unet/config.json') === undefined ? byPath('config.json') ?? byPath('text_encoder/config.json') ?? byPath('vae/config.json') : null, MAX_CONFIG_BYTES);
  const described = describe({ repository, unet: unet.text, pipeline: pipeline.text, network: network.text, licence: licence.text });
  const forbidden = licence.forbidden ?? unet.forbidden ?? pipeline.forbidden ?? network.forbidden;

  const [{ have, obstacle }, freeBytes] = await Promise.all([bytesThere(folder, wanted), freeBytesAt(folder)]);
  const totalBytes = wanted.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const neededBytes = totalBytes - have.reduce((sum, bytes) => sum + bytes, 0);
  const missing = withoutWeights[0];
  const problem: readonly [ErrorCode, string] | null =
    forbidden !== null ? ['HUB_FORBIDDEN', forbidden.message]
    : described === null ? ['MODEL_INCOMPATIBLE', `${repository} is no model that the studio can use: it has no UNet of the Show-1 or text-to-video family, and is no text encoder or autoencoder for one. Choose another repository.`]
    : missing !== undefined ? ['MODEL_INCOMPATIBLE', `${repository} has no weights ${missing === '' ? 'at its root' : `in ${missing}`} that the studio reads (safetensors or PyTorch files under their usual names). Choose another repository or revision.`]
    : obstacle !== null ? ['CONFLICT', `${obstacle} is already there with other content, and is left as it is. Move it away, or choose another folder.`]
    : neededBytes > 0 && neededBytes + SPARE_BYTES > freeBytes ? ['DISK_FULL', `It needs ${gigabytes(neededBytes)} and some room to spare, but the disk of ${folder} has only ${gigabytes(freeBytes)} free. Free some space, or choose a folder on another disk.`]
    : null;
  return {
    files: wanted,
    problemCode: problem?.[0] ?? null,
    plan: {
      repository, commit: facts.commit, address: writeHubAddress(access.base), folder,
      files: wanted.map((file, index) => ({ path: file.path, sizeBytes: file.sizeBytes, proof: proofOf(file), haveBytes: have[index] ?? 0 })),
      totalBytes, neededBytes, skippedFiles: skipped.length, skippedBytes: skipped.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0), freeBytes,
      licence: described?.licence ?? { id: '', name: '', text: '' }, statedLicence: facts.statedLicence, gated: facts.gated, problem: problem?.[1] ?? null,
    },
  };
}
