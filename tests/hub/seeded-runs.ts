import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDownloads, type Downloads } from '../../src-main/hub/downloads.ts';
import type { TransferOptions } from '../../src-main/hub/download-run.ts';
import { createNetworkGate } from '../../src-main/hub/network-gate.ts';
import { openHubTokens } from '../../src-main/hub/hub-tokens.ts';
import { describeModel } from '../../src-main/services/hub-service.ts';
import { openAppStore, type AppStore } from '../../src-main/store/app-store.ts';
import type { Download } from '../../src-shared/contract/hub.ts';
import { startStandInHub, type ContentRequest, type Fault, type StandInHub } from './stand-in-hub.ts';

/** Repeatable numbers in [0, 1): mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const REPOSITORY = 'showlab/show-1-base';

/** In memory where there is such a place: what is tested here is order, not the disk. */
const FAST_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Limits scaled down with the files, so that every path is walked in milliseconds. */
export const SMALL_TRANSFER: TransferOptions = { connections: 4, pieceBytes: 12_000, flushBytes: 4_000, quietMs: 400, limits: { long: 6, short: 3 }, delayMs: () => 2 };

/** A repository of the family's layout with contents of its seed. */
export function repositoryFiles(random: () => number, largestBytes: number): Map<string, Buffer> {
  const bytes = (size: number): Buffer => Buffer.from(Uint32Array.from({ length: Math.ceil(size / 4) }, () => random() * 2 ** 32).buffer).subarray(0, size);
  return new Map<string, Buffer>([
    ['.gitattributes', bytes(120)], ['README.md', bytes(800)], ['LICENSE', Buffer.from('Use it kindly.')],
    ['model_index.json', Buffer.from('{"_class_name":"TextToVideoIFPipeline"}')],
    ['scheduler/scheduler_config.json', bytes(660)], ['tokenizer/spiece.model', bytes(9_000)], ['tokenizer/tokenizer_config.json', Buffer.alloc(0)],
    ['text_encoder/config.json', bytes(500)], ['text_encoder/pytorch_model.bin.index.json', bytes(300)],
    ['text_encoder/pytorch_model-00001-of-00002.bin', bytes(Math.floor(random() * largestBytes))], ['text_encoder/pytorch_model-00002-of-00002.bin', bytes(1 + Math.floor(random() * largestBytes))],
    ['unet/config.json', bytes(1_800)], ['unet/diffusion_pytorch_model.bin', bytes(largestBytes)],
  ]);
}

const WANTED = (path: string): boolean => path !== '.gitattributes' && path !== 'README.md';

/** Faults of one run: some of every request, and in some runs one that never ends, on one file. */
export function faultsOf(random: () => number, paths: readonly string[]): { next: (request: ContentRequest) => Fault | null; lasting: Fault['kind'] | null } {
  const share = random() * 0.5;
  const lastingKinds: readonly Fault[] = [
    { kind: 'status', status: 403 }, { kind: 'status', status: 404 }, { kind: 'status', status: 416 }, { kind: 'status', status: 500 }, { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
    { kind: 'wrongByte' }, { kind: 'ignoreRange' }, { kind: 'otherPart' }, { kind: 'silence', afterBytes: 0 }, { kind: 'redirect', to: 'file:///etc/passwd' }, { kind: 'redirect', to: 'http://192.0.2.1/elsewhere' },
  ];
  const lasting = random() < 0.35 ? lastingKinds[Math.floor(random() * lastingKinds.length)]! : null;
  const victim = paths[Math.floor(random() * paths.length)];
  const passing = (request: ContentRequest): Fault => {
    const length = Math.max(1, request.end - request.start);
    const kinds: readonly (() => Fault)[] = [
      () => ({ kind: 'drop', afterBytes: Math.floor(random() * length) }), () => ({ kind: 'drop', afterBytes: Math.floor(random() * length) }), () => ({ kind: 'drop', afterBytes: Math.floor(random() * length) }),
      () => ({ kind: 'silence', afterBytes: Math.floor(random() * length) }), () => ({ kind: 'drip', chunkBytes: 1 + Math.floor(length / 6), delayMs: 2 }),
      () => ({ kind: 'status', status: [403, 416, 500, 502, 503][Math.floor(random() * 5)]! }), () => ({ kind: 'status', status: 429, headers: { 'retry-after': '0' } }),
      () => ({ kind: 'ignoreRange' }), () => ({ kind: 'otherEtag' }), () => ({ kind: 'otherPart' }), () => ({ kind: 'wrongByte' }),
    ];
    return kinds[Math.floor(random() * kinds.length)]!();
  };
  return {
    lasting: lasting?.kind ?? null,
    next: (request) => (lasting !== null && request.path === victim ? lasting : random() < share ? passing(request) : null),
  };
}

/** Overlaps between what is asked for and what is on record; there must be none. */
export function watchLedger(hub: StandInHub, store: () => AppStore, id: string): string[] {
  const broken: string[] = [];
  hub.onRequest = ({ path, start, end }) => {
    const { downloads } = store();
    const file = downloads.files(id).find((row) => row.path === path);
    if (file === undefined) return;
    if (file.finishedMtimeMs !== null) broken.push(`${path} is finished and was asked for again`);
    for (const range of downloads.ranges(id, file.position)) {
      if (range.start < end && start < range.end) broken.push(`${path}: ${start}-${end} was asked for though ${range.start}-${range.end} is on record`);
    }
  };
  return broken;
}

/** Files under their own names that are not what the hub has. */
export function corruptFiles(folder: string, files: ReadonlyMap<string, Buffer>): string[] {
  return [...files].filter(([path, bytes]) => existsSync(join(folder, path)) && createHash('sha256').update(readFileSync(join(folder, path))).digest('hex') !== createHash('sha256').update(bytes).digest('hex')).map(([path]) => path);
}

export function openDownloads(root: string, address: string, transfer: Partial<TransferOptions> = SMALL_TRANSFER): { store: AppStore; downloads: Downloads; log: string[] } {
  const store = openAppStore(join(root, 'studio.db'));
  const log: string[] = [];
  const downloads = createDownloads({
    gate: createNetworkGate({ isOffline: () => store.settings.get('offline') === true, note: store.networkLog.add }), store: store.downloads, tokens: openHubTokens(join(root, 'hub-tokens.json'), null), address: () => address, folder: join(root, 'models'), describe: describeModel,
    importFolder: async () => ['show-1'], transfer, log: (line) => log.push(line),
  });
  return { store, downloads, log };
}

/** Resolves once `is` holds; looked at when something changed, however often that is, every few milliseconds at most. */
export function until(downloads: Downloads, id: string, is: (now: Download) => boolean): Promise<Download> {
  return new Promise((resolve) => {
    let isPlanned = false;
    const look = () => {
      isPlanned = false;
      const now = downloads.find(id);
      if (now === null || !is(now)) return;
      stop();
      resolve(now);
    };
    const stop = downloads.subscribe(() => {
      if (!isPlanned) setTimeout(look, 5);
      isPlanned = true;
    });
    look();
  });
}

export const isResting = ({ state }: Download): boolean => state !== 'running' && state !== 'available';

/** What one seed came to. */
export interface RunResult {
  readonly seed: number;
  readonly lasting: Fault['kind'] | null;
  readonly state: Download['state'];
  readonly code: string | null;
  readonly ledger: readonly string[];
  readonly corrupt: readonly string[];
  readonly missing: readonly string[];
  readonly totalBytes: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly log: readonly string[];
}

/** One download with the faults of its seed, paused and reopened on the way. */
export async function runSeed(seed: number, largestBytes: number): Promise<RunResult> {
  const random = randomFrom(seed);
  const root = mkdtempSync(join(FAST_FOLDER, 'hub-run-'));
  const files = repositoryFiles(random, largestBytes);
  const wanted = [...files.keys()].filter(WANTED);
  const hub = await startStandInHub([{ name: REPOSITORY, files }]);
  let open = openDownloads(root, hub.address);
  const signal = new AbortController().signal;
  try {
    const plan = await open.downloads.plan({ repository: REPOSITORY, revision: 'main', precision: 'full' }, signal);
    const faults = faultsOf(random, wanted);
    // The plan and the start read the licence; faults begin with the transfer.
    const started = await open.downloads.start({ repository: REPOSITORY, revision: 'main', precision: 'full' }, plan.licence.id, signal);
    hub.fault = faults.next;
    hub.sentBytes.clear();
    const ledger = watchLedger(hub, () => open.store, started.id);
    const interruptions = Math.floor(random() * 4);
    for (let round = 0; round < interruptions; round++) {
      const target = hub.requests.length + 1 + Math.floor(random() * 6);
      await until(open.downloads, started.id, (now) => isResting(now) || hub.requests.length >= target);
      if (open.downloads.find(started.id)?.state === 'completed') break;
      if (random() < 0.5) {
        await open.downloads.pause(started.id).catch(() => undefined);
        if (open.downloads.find(started.id)?.state !== 'completed') await open.downloads.resume(started.id);
      } else {
        await open.downloads.close();
        open.store.close();
        open = openDownloads(root, hub.address);
        open.downloads.goOn();
        const state = open.downloads.find(started.id)?.state;
        if (state === 'discarded' || state === 'paused') await open.downloads.resume(started.id);
      }
    }
    const end = await until(open.downloads, started.id, isResting);
    const folder = join(root, 'models', REPOSITORY);
    return {
      seed, lasting: faults.lasting, state: end.state, code: end.error?.code ?? null,
      ledger, corrupt: corruptFiles(folder, files), missing: wanted.filter((path) => !existsSync(join(folder, path))),
      totalBytes: end.totalBytes, sentBytes: [...hub.sentBytes.values()].reduce((sum, bytes) => sum + bytes, 0), receivedBytes: end.receivedBytes, log: open.log,
    };
  } finally {
    await open.downloads.close();
    open.store.close();
    await hub.close();
    rmSync(root, { recursive: true, force: true });
  }
}
