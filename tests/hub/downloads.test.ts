import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHubTokens } from '../../src-main/hub/hub-tokens.ts';
import type { Download, DownloadRequest } from '../../src-shared/contract/hub.ts';
import { corruptFiles, isResting, openDownloads, randomFrom, repositoryFiles, REPOSITORY, SMALL_TRANSFER, until, watchLedger } from './seeded-runs.ts';
import { startStandInHub, type StandInHub, type StandInRepository } from './stand-in-hub.ts';

const LARGEST = 90_000;
const never = new AbortController().signal;
const request: DownloadRequest = { repository: REPOSITORY, revision: 'main', precision: 'full' };

let root: string;
let hub: StandInHub;
let open: ReturnType<typeof openDownloads>;
let files: Map<string, Buffer>;
const folder = () => join(root, 'models', REPOSITORY);

async function serve(overrides: Partial<StandInRepository> = {}, transfer = {}): Promise<void> {
  await hub?.close();
  hub = await startStandInHub([{ name: REPOSITORY, files, ...overrides }]);
  open?.store.close();
  open = openDownloads(root, hub.address, { ...SMALL_TRANSFER, ...transfer });
}
/** Faults begin with the transfer: what a plan does with them is tested on its own. */
async function start(wish = request): Promise<Download> {
  const { fault } = hub;
  hub.fault = () => null;
  const started = await open.downloads.start(wish, (await open.downloads.plan(wish, never)).licence.id, never);
  hub.fault = fault;
  return started;
}
const finish = async (id: string): Promise<Download> => until(open.downloads, id, isResting);

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'hub-'));
  files = repositoryFiles(randomFrom(7), LARGEST);
  await serve();
});
afterEach(async () => {
  await open.downloads.close();
  open.store.close();
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the network', () => {
  it('is asked for nothing offline, and everything that it is asked for is written down', async () => {
    open.store.settings.set('offline', true);
    await expect(open.downloads.plan(request, never)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE', message: expect.stringContaining('works offline') as string });
    expect(hub.seen).toEqual([]);
    const [host] = open.store.networkLog.list(10).entries.map((entry) => entry.host);
    expect(open.store.networkLog.list(10)).toMatchObject({ total: 1, entries: [{ status: null, sent: false }] });
    open.store.settings.set('offline', false);
    await open.downloads.plan(request, never);
    const { entries } = open.store.networkLog.list(100);
    expect(entries.filter(({ sent }) => sent)).toHaveLength(hub.seen.length);
    expect(new Set(entries.map((entry) => entry.host))).toEqual(new Set([host]));
    expect(entries[0]).toMatchObject({ status: 200, sent: true });
  });
});

describe('a plan', () => {
  it('tells files, sizes, proofs, licence and room, and asks for no weights and writes nothing', async () => {
    const plan = await open.downloads.plan(request, never);
    expect(plan.files.map(({ path }) => path)).toEqual([...files.keys()].filter((path) => path !== 'README.md' && path !== '.gitattributes'));
    expect(plan.files.find(({ path }) => path.startsWith('unet/diff'))).toEqual({ path: 'unet/diffusion_pytorch_model.bin', sizeBytes: LARGEST, proof: 'sha256', haveBytes: 0 });
    expect(plan.files.find(({ path }) => path === 'model_index.json')?.proof).toBe('git');
    expect(plan).toMatchObject({ statedLicence: 'cc-by-nc-4.0', licence: { name: 'Show-1 weights: CC BY-NC 4.0', text: 'Use it kindly.' }, skippedFiles: 2, gated: false, problem: null });
    expect(plan.freeBytes).toBeGreaterThan(1e6);
    expect(hub.requests.map(({ path }) => path).sort()).toEqual(['LICENSE', 'model_index.json', 'unet/config.json']);
    expect(existsSync(join(root, 'models'))).toBe(false);
  });

  it.each(['../../etc/passwd', 'unet/../../x', '/etc/passwd', 'C:\\x', 'a/con.bin', 'unet/CONFIG.json'])('refuses a listing with the name %s', async (path) => {
    await serve({ extraEntries: [{ type: 'file', path, size: 3, oid: '0'.repeat(40) }] });
    await expect(open.downloads.plan(request, never)).rejects.toMatchObject({ code: 'HUB_ANSWER_INVALID', message: expect.stringContaining('unsafe name') });
  });

  it('says before the first byte that the disk has no room', async () => {
    await serve({ extraEntries: [{ type: 'file', path: 'vae/config.json', size: 10, oid: null }, { type: 'file', path: 'vae/diffusion_pytorch_model.bin', size: 2 ** 40, oid: null }] });
    expect((await open.downloads.plan(request, never)).problem).toMatch(/^It needs 1099\.5 GB .*Free some space/);
    await expect(start()).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(open.downloads.list()).toEqual([]);
  });

  it('leaves alone what is already there under a name that it needs', async () => {
    mkdirSync(join(folder(), 'unet'), { recursive: true });
    writeFileSync(join(folder(), 'unet/config.json'), 'mine');
    await expect(start()).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('unet/config.json is already there') });
    // Same size, other content: found out when it is read.
    writeFileSync(join(folder(), 'unet/config.json'), Buffer.alloc(files.get('unet/config.json')!.length));
    const end = await finish((await start()).id);
    expect([end.state, end.error?.code]).toEqual(['discarded', 'CONFLICT']);
    expect(readFileSync(join(folder(), 'unet/config.json')).every((byte) => byte === 0)).toBe(true);
  });

  it('says that a repository is not of the family, does not exist, or that no hub answers', async () => {
    const other = 'someone/cats';
    await hub.close();
    hub = await startStandInHub([{ name: other, files: new Map([['model_index.json', Buffer.from('{}')], ['unet/config.json', Buffer.from('{"in_channels":4}')], ['unet/diffusion_pytorch_model.bin', Buffer.alloc(9_000)]]) }]);
    open.store.close();
    open = openDownloads(root, hub.address);
    expect((await open.downloads.plan({ ...request, repository: other }, never)).problem).toMatch(/is no model that the studio can use/);
    await expect(open.downloads.plan(request, never)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(open.downloads.plan({ ...request, address: 'http://example.org' }, never)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(open.downloads.plan({ ...request, address: hub.storeAddress }, never)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const closed = await startStandInHub([]);
    await closed.close();
    await expect(open.downloads.plan({ ...request, address: closed.address }, never)).rejects.toMatchObject({ code: 'HUB_UNREACHABLE', message: expect.stringContaining('nothing answers there') });
  });
});

describe('a download', () => {
  it('begins only once the licence of its plan is accepted', async () => {
    await expect(open.downloads.start(request, '', never)).rejects.toMatchObject({ code: 'LICENCE_NOT_ACCEPTED' });
    expect(open.downloads.list()).toEqual([]);
    expect(existsSync(join(root, 'models'))).toBe(false);
  });

  it('crosses the network once, over redirects, refusals and waits, and leaves nothing but its files', async () => {
    let refused = 0;
    hub.fault = ({ index }) => (index % 4 === 1 ? { kind: 'status', status: 429, headers: { 'retry-after': '0' } } : index % 7 === 3 && refused++ < 5 ? { kind: 'status', status: 503 } : null);
    hub.sentBytes.clear();
    const { id } = await start();
    // What the plan read for the licence and the role is not the download's.
    hub.sentBytes.clear();
    const ledger = watchLedger(hub, () => open.store, id);
    const end = await finish(id);
    expect(end).toMatchObject({ state: 'completed', error: null, packIds: ['show-1'], doneBytes: end.totalBytes, receivedBytes: end.totalBytes });
    expect(ledger).toEqual([]);
    expect([...hub.sentBytes.values()].reduce((sum, bytes) => sum + bytes, 0)).toBe(end.totalBytes);
    expect(corruptFiles(folder(), files)).toEqual([]);
    expect(existsSync(join(folder(), '.motif-download'))).toBe(false);
  });

  it('keeps the bytes that came before it was paused, also over a restart, and asks for the others only', async () => {
    hub.fault = () => ({ kind: 'drip', chunkBytes: 2_000, delayMs: 4 });
    const { id } = await start();
    const ledger = watchLedger(hub, () => open.store, id);
    await until(open.downloads, id, ({ doneBytes }) => doneBytes > 60_000);
    const paused = await open.downloads.pause(id);
    expect([paused.state, paused.doneBytes > 60_000, paused.doneBytes < paused.totalBytes]).toEqual(['paused', true, true]);
    await open.downloads.close();
    open.store.close();
    open = openDownloads(root, hub.address);
    // A pause outlives the studio: only the creator ends it.
    open.downloads.goOn();
    expect(open.downloads.find(id)).toMatchObject({ state: 'paused', doneBytes: paused.doneBytes });
    hub.fault = () => null;
    await open.downloads.resume(id);
    expect((await finish(id)).state).toBe('completed');
    expect(ledger).toEqual([]);
    expect(corruptFiles(folder(), files)).toEqual([]);
  });

  it('goes on by itself after a restart when it was running', async () => {
    hub.fault = () => ({ kind: 'drip', chunkBytes: 2_000, delayMs: 4 });
    const { id } = await start();
    await until(open.downloads, id, ({ doneBytes }) => doneBytes > 30_000);
    await open.downloads.close();
    open.store.close();
    open = openDownloads(root, hub.address);
    expect(open.downloads.find(id)?.state).toBe('available');
    open.downloads.goOn();
    expect((await finish(id)).state).toBe('completed');
  });

  it('mends what changed on the disk meanwhile, and nothing else', async () => {
    hub.fault = ({ path, start: at }) => (path.startsWith('unet/diff') && at >= 60_000 ? { kind: 'status', status: 404 } : null);
    const { id } = await start();
    expect((await finish(id)).state).toBe('discarded');
    const file = open.store.downloads.files(id).find(({ path }) => path.startsWith('unet/diff'))!;
    const ranges = open.store.downloads.ranges(id, file.position);
    const part = join(folder(), '.motif-download', `${file.position}.part`);
    const damaged = readFileSync(part);
    damaged[ranges[1]!.start]! ^= 1;
    writeFileSync(part, damaged);
    hub.fault = () => null;
    const before = hub.requests.length;
    await open.downloads.resume(id);
    expect((await finish(id)).state).toBe('completed');
    expect(hub.requests.slice(before).filter(({ path, start: at }) => path.startsWith('unet/diff') && at < 60_000).map(({ start: at, end }) => [at, end])).toEqual([[ranges[1]!.start, ranges[1]!.end]]);
    expect(corruptFiles(folder(), files)).toEqual([]);
  });

  it('removes what is unfinished when it is cancelled, and keeps finished files', async () => {
    hub.fault = ({ path }) => (path.startsWith('unet/diff') ? { kind: 'drip', chunkBytes: 1_000, delayMs: 20 } : null);
    const { id } = await start();
    await until(open.downloads, id, ({ files: all }) => all.filter(({ state }) => state === 'done').length === all.length - 1);
    expect((await open.downloads.cancel(id)).state).toBe('cancelled');
    expect([existsSync(join(folder(), '.motif-download')), existsSync(join(folder(), 'unet/config.json')), existsSync(join(folder(), 'unet/diffusion_pytorch_model.bin'))]).toEqual([false, true, false]);
    await expect(open.downloads.resume(id)).rejects.toMatchObject({ code: 'JOB_STATE_CONFLICT' });
    await open.downloads.dismiss(id);
    expect(open.downloads.list()).toEqual([]);
    // Begun again, it uses the files that are there.
    hub.fault = () => null;
    const again = await start();
    const before = hub.requests.length;
    expect((await finish(again.id)).state).toBe('completed');
    expect(new Set(hub.requests.slice(before).map(({ path }) => path))).toEqual(new Set(['unet/diffusion_pytorch_model.bin']));
  });

  it('throws away content that is not what the checksum stands for, and says so', async () => {
    hub.fault = ({ path }) => (path.startsWith('unet/diff') ? { kind: 'wrongByte' } : null);
    const { id } = await start();
    const end = await finish(id);
    expect([end.state, end.error?.code, end.error?.message]).toEqual(['discarded', 'MODEL_CHECKSUM_MISMATCH', expect.stringContaining('unet/diffusion_pytorch_model.bin came twice')]);
    expect(existsSync(join(folder(), 'unet/diffusion_pytorch_model.bin'))).toBe(false);
    hub.fault = () => null;
    await open.downloads.resume(id);
    expect((await finish(id)).state).toBe('completed');
  });

  it('gets a file from a server that cannot continue files', async () => {
    hub.fault = () => ({ kind: 'ignoreRange' });
    expect((await finish((await start()).id)).state).toBe('completed');
    expect(corruptFiles(folder(), files)).toEqual([]);
  });

  it('passes over one odd ETag, keeps what is here when the ETag stays another, and lets the checksum decide', async () => {
    // The first answer for the weights is the odd one: every later one has another ETag than it.
    let isFirst = true;
    hub.fault = ({ path }) => {
      if (!path.startsWith('unet/diff') || !isFirst) return null;
      isFirst = false;
      return { kind: 'otherEtag' };
    };
    const { id } = await start();
    const ledger = watchLedger(hub, () => open.store, id);
    const end = await finish(id);
    expect([end.state, end.receivedBytes, ledger]).toEqual(['completed', end.totalBytes, []]);
    expect(corruptFiles(folder(), files)).toEqual([]);
  });

  it('begins a file anew whose ETag changed when no checksum could tell old bytes from new', async () => {
    await serve({ statesNothing: true });
    hub.fault = ({ path, start: at }) => (path.startsWith('unet/diff') && at >= 48_000 ? { kind: 'status', status: 404 } : null);
    const { id } = await start();
    expect((await finish(id)).state).toBe('discarded');
    hub.fault = ({ path }) => (path.startsWith('unet/diff') ? { kind: 'otherEtag' } : null);
    const before = hub.requests.length;
    await open.downloads.resume(id);
    expect((await finish(id)).state).toBe('completed');
    expect(hub.requests.slice(before).some(({ path, start: at }) => path.startsWith('unet/diff') && at === 0)).toBe(true);
    expect(corruptFiles(folder(), files)).toEqual([]);
  });

  it('says plainly which files the hub states no checksum for', async () => {
    await serve({ statesNothing: true });
    const end = await finish((await start()).id);
    expect([end.state, ...new Set(end.files.map(({ proof }) => proof))]).toEqual(['completed', 'size']);
  });

  it('waits as long as the server asks and tells what it waits for', async () => {
    const first = hub.requests.length + 3;
    hub.fault = ({ index }) => (index < first + 8 ? { kind: 'status', status: 429, headers: { 'retry-after': '1' } } : null);
    const { id } = await start();
    const began = performance.now();
    const waiting = await until(open.downloads, id, ({ waitingFor }) => waitingFor !== null);
    expect(waiting.waitingFor).toMatch(/too much was asked of it \(429\)/);
    expect((await finish(id)).state).toBe('completed');
    expect(performance.now() - began).toBeGreaterThan(900);
  });

  it('is asked for once at a time, and waits for its turn', async () => {
    hub.fault = () => ({ kind: 'drip', chunkBytes: 2_000, delayMs: 4 });
    const { id } = await start();
    await expect(start()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await finish(id)).state).toBe('completed');
  });

  it('is left to the studio that runs it, which follows what another one asks', async () => {
    hub.fault = () => ({ kind: 'drip', chunkBytes: 400, delayMs: 25 });
    const { id } = await start();
    await until(open.downloads, id, ({ doneBytes }) => doneBytes > 10_000);
    // The lock is the process's: in one process two studios are told apart by it all the same.
    expect(open.store.downloads.lock(id)).toBeNull();
    open.store.downloads.setWish(id, 'pause');
    expect((await finish(id)).state).toBe('paused');
    const lock = open.store.downloads.lock(id);
    expect(lock).not.toBeNull();
    lock?.release();
  });
});

describe('tokens and redirects', () => {
  it('opens a gated repository, keeps the token with its origin, and in a file that only this user may read', async () => {
    await serve({ gated: true, token: 'hf_secret' });
    expect((await open.downloads.plan(request, never)).problem).toMatch(/Accept the terms on the repository's page on the hub, then give a token/);
    await expect(start()).rejects.toMatchObject({ code: 'HUB_FORBIDDEN' });
    const tokens = openHubTokens(join(root, 'hub-tokens.json'), null);
    tokens.set(new URL(hub.address), 'wrong');
    expect((await open.downloads.plan(request, never)).problem).toMatch(/The token does not open it/);
    tokens.set(new URL(hub.address), 'hf_secret');
    if (process.platform !== 'win32') expect(statSync(join(root, 'hub-tokens.json')).mode & 0o777).toBe(0o600);
    hub.seen.splice(0);
    expect((await finish((await start()).id)).state).toBe('completed');
    const at = (host: string) => new Set(hub.seen.filter((seen) => seen.host === host).map(({ authorization }) => authorization));
    expect([at('hub'), at('store')]).toEqual([new Set(['Bearer hf_secret']), new Set([null])]);
    expect(JSON.stringify(open.downloads.list())).not.toContain('hf_secret');
  });

  it('seals the token where there is a keychain', () => {
    const keychain = { seal: (text: string) => Buffer.from(text).toString('hex'), open: (sealed: string) => Buffer.from(sealed, 'hex').toString() };
    const tokens = openHubTokens(join(root, 'sealed.json'), keychain);
    tokens.set(new URL('https://a.example/x'), 'hf_secret');
    expect(readFileSync(join(root, 'sealed.json'), 'utf8')).not.toContain('hf_secret');
    expect([tokens.get(new URL('https://a.example')), tokens.get(new URL('https://b.example')), tokens.keptIn]).toEqual(['hf_secret', null, 'keychain']);
    expect(() => openHubTokens(join(root, 'sealed.json'), null).get(new URL('https://a.example'))).toThrow(/Give the token again/);
    tokens.set(new URL('https://a.example'), '');
    expect(tokens.has(new URL('https://a.example'))).toBe(false);
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'http://user:word@127.0.0.1/x', 'not a place:'])('does not follow a redirect to %s', async (to) => {
    hub.fault = ({ path }) => (path === 'unet/diffusion_pytorch_model.bin' ? { kind: 'redirect', to } : null);
    const end = await finish((await start()).id);
    expect([end.state, end.error?.code]).toEqual(['discarded', 'HUB_ANSWER_INVALID']);
  });

  it('stops a redirect that turns in circles', async () => {
    hub.fault = ({ path }) => (path === 'unet/diffusion_pytorch_model.bin' ? { kind: 'redirect', to: `/signed/${REPOSITORY}/${path}` } : null);
    expect((await finish((await start()).id)).error?.message).toMatch(/redirects in circles/);
  });
});

describe('the disk', () => {
  it('is not written to through a link', async () => {
    mkdirSync(join(root, 'elsewhere'));
    mkdirSync(folder(), { recursive: true });
    symlinkSync(join(root, 'elsewhere'), join(folder(), 'unet'));
    const end = await finish((await start()).id);
    expect([end.state, end.error?.message]).toEqual(['discarded', expect.stringContaining('reached through a link')]);
    expect(existsSync(join(root, 'elsewhere/config.json'))).toBe(false);
  });

  it('is waited for when it is not connected', async () => {
    hub.fault = ({ path }) => (path.startsWith('unet/diff') ? { kind: 'status', status: 404 } : null);
    const { id, doneBytes } = await finish((await start()).id);
    renameSync(join(root, 'models'), join(root, 'unplugged'));
    await open.downloads.resume(id);
    expect(await finish(id)).toMatchObject({ state: 'discarded', doneBytes, error: { code: 'NOT_FOUND', message: expect.stringContaining('Is its disk connected?') } });
    renameSync(join(root, 'unplugged'), join(root, 'models'));
    hub.fault = () => null;
    const before = hub.requests.length;
    await open.downloads.resume(id);
    expect((await finish(id)).state).toBe('completed');
    expect(new Set(hub.requests.slice(before).map(({ path }) => path))).toEqual(new Set(['unet/diffusion_pytorch_model.bin']));
  });

  const disk = mkdtempSync(join(tmpdir(), 'hub-disk-'));
  // A real full disk needs a file system of its own, which only root may mount.
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', disk]).status === 0;
  if (!mounted) process.stdout.write('SKIPPED: the full-disk test needs the right to mount a small file system.\n');
  it.skipIf(!mounted)('pauses when it fills up, loses nothing, and goes on when there is room', async () => {
    try {
      files.set('unet/diffusion_pytorch_model.bin', Buffer.alloc(6_000_000, 'weights'));
      await serve({}, { pieceBytes: 2_000_000, flushBytes: 100_000 });
      hub.fault = ({ path }) => (path.startsWith('unet/diff') ? { kind: 'drip', chunkBytes: 100_000, delayMs: 5 } : null);
      const wish = { ...request, into: disk };
      const { id } = await start(wish);
      await until(open.downloads, id, ({ doneBytes }) => doneBytes > 500_000);
      const ballast = join(disk, 'ballast');
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M', 'count=100']);
      const full = await finish(id);
      expect([full.state, full.error?.code, full.error?.message]).toEqual(['paused', 'DISK_FULL', expect.stringContaining('free some space, then resume')]);
      await open.downloads.resume(id);
      expect((await finish(id)).error?.message).toMatch(/has no room for the \d+ MB that are still to come/);
      rmSync(ballast);
      hub.fault = () => null;
      const ledger = watchLedger(hub, () => open.store, id);
      await open.downloads.resume(id);
      expect((await finish(id)).state).toBe('completed');
      expect([ledger, corruptFiles(join(disk, REPOSITORY), files)]).toEqual([[], []]);
    } finally {
      await open.downloads.close();
      spawnSync('umount', [disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  });
});
