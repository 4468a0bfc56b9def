import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn, startStandInHub, type StandInHub } from '../hub/stand-in-hub.ts';
import { HUB_FOLDERS, writeBareT5 } from '../models/make-hub-folders.ts';
import { runMotif } from '../services/studio-fixture.ts';

const BASE = 'showlab/show-1-base';
const T5 = 'google/t5-v1_1-xxl';
const GATED = 'DeepFloyd/IF-II-L-v1.0';

let folder: string;
let hub: StandInHub;
let files: Map<string, Buffer>;
const motif = (...args: string[]) => runMotif(args, { folder });
const resultOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-hub-cli-'));
  HUB_FOLDERS['show-1-base'](join(folder, 'source/base'));
  HUB_FOLDERS['IF-II-L-v1.0'](join(folder, 'source/if'));
  files = filesIn(join(folder, 'source/base'));
  writeBareT5(join(folder, 'source/t5'));
  hub = await startStandInHub([{ name: T5, files: filesIn(join(folder, 'source/t5')) }, { name: BASE, files }, { name: GATED, files: filesIn(join(folder, 'source/if')), gated: true, token: 'hf_open' }]);
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('motif models', () => {
  it('shows what a download would bring and its licence, and downloads nothing without a yes', async () => {
    const shown = await motif('models', 'download', BASE, '--hub', hub.address);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/unet\/diffusion_pytorch_model\.bin[\s\S]*to download, .* free[\s\S]*== Show-1 weights: CC BY-NC 4\.0 ==[\s\S]*The hub calls it cc-by-nc-4\.0/);
    expect(shown.stderr).toContain('run the same command with --accept if you agree');
    expect(existsSync(join(folder, 'data/models'))).toBe(false);
    expect((await motif('models', 'download', 'no-owner', '--hub', hub.address)).stderr).toContain('Write the repository as OWNER/NAME. For example: motif models download showlab/show-1-base');
  });

  it('downloads, imports by reference, lists the pack and generates with it', { timeout: 240_000 }, async () => {
    const done = await motif('models', 'download', BASE, '--hub', hub.address, '--to', 'weights', '--accept', '--json');
    expect([done.code, done.stderr.includes('motif:')]).toEqual([0, false]);
    const { download } = resultOf(done) as { download: { state: string; packIds: string[]; folder: string; totalBytes: number; receivedBytes: number } };
    expect(download).toMatchObject({ state: 'completed', packIds: ['show-1'], folder: join(folder, 'weights', BASE), receivedBytes: download.totalBytes });
    expect(readFileSync(join(folder, 'weights', BASE, 'unet/diffusion_pytorch_model.bin')).equals(files.get('unet/diffusion_pytorch_model.bin')!)).toBe(true);
    const { packs } = resultOf(await motif('models', 'list', '--json')) as { packs: { id: string; problem: string | null; imported?: { parts: { path: string }[] } }[] };
    expect(packs.find(({ id }) => id === 'show-1')).toMatchObject({ problem: null, imported: { parts: [{ role: 'keyframes', path: join(folder, 'weights', BASE) }] } });
    const clip = await runMotif(['generate', '--pack', 'show-1', '--prompt', 'a red fish swims left', '--preset', 'draft', '--seed', '7', '--out', 'fish.mp4', '--json'], { folder, timeoutMs: 150_000 });
    expect([clip.code, resultOf(clip)]).toMatchObject([0, { frames: 8 }]);
    const listed = await motif('models', 'downloads');
    expect(listed.stdout).toMatch(/completed 100 % of .*showlab\/show-1-base/);
  });

  it('downloads and imports a network alone, which joins the pack', async () => {
    const done = await motif('models', 'download', T5, '--hub', hub.address, '--accept', '--json');
    expect([done.code, resultOf(done)]).toMatchObject([0, { download: { state: 'completed', packIds: ['show-1'] } }]);
    const { packs } = resultOf(await motif('models', 'list', '--json')) as { packs: { id: string; imported?: { parts: { role: string }[] } }[] };
    expect(packs.find(({ id }) => id === 'show-1')!.imported!.parts.map(({ role }) => role)).toEqual(['keyframes', 'text']);
  });

  it('takes a token from a file for a gated repository, and says where it keeps it', async () => {
    const refused = await motif('models', 'download', GATED, '--hub', hub.address, '--accept');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Accept the terms on the repository\'s page on the hub, then give a token')]);
    writeFileSync(join(folder, 'token.txt'), 'hf_open\n', { mode: 0o600 });
    const done = await motif('models', 'download', GATED, '--hub', hub.address, '--token-file', 'token.txt', '--accept');
    expect([done.code, done.stderr]).toEqual([0, expect.stringContaining('in a file that only you may read')]);
    if (process.platform !== 'win32') expect(statSync(join(folder, 'data/hub-tokens.json')).mode & 0o777).toBe(0o600);
    expect(done.stdout + done.stderr).not.toContain('hf_open');
    expect(done.stdout).toContain('Every file has the checksum that the hub states.');
  });

  it('pauses on Ctrl-C, goes on where it was, and follows a pause from another terminal', { timeout: 180_000 }, async () => {
    hub.fault = ({ path }) => (path.endsWith('.bin') ? { kind: 'drip', chunkBytes: 4_000, delayMs: 40 } : null);
    const entry = join(import.meta.dirname, '../../src-main/hosts/cli/motif.ts');
    const env = { ...process.env, MOTIF_DATA_DIR: join(folder, 'data'), MOTIF_EMBEDDED_PACKS_DIR: join(folder, 'embedded') };
    const run = (...args: string[]) => {
      const child = spawn(process.execPath, [entry, 'models', ...args, '--json'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
      const moving = new Promise<void>((resolve) => child.stderr.setEncoding('utf8').on('data', (text: string) => /"doneBytes":[1-9]\d{4,}/.test(text) && resolve()));
      return { child, moving, gone: once(child, 'exit') };
    };
    const first = run('download', BASE, '--hub', hub.address, '--to', 'slow', '--accept');
    await first.moving;
    first.child.kill('SIGINT');
    expect((await first.gone)[0]).toBe(130);
    const { downloads } = resultOf(await motif('models', 'downloads', '--json')) as { downloads: { id: string; state: string; doneBytes: number; folder: string }[] };
    const paused = downloads.find((download) => download.folder.includes('slow'))!;
    expect([paused.state, paused.doneBytes > 0]).toEqual(['paused', true]);
    const second = run('resume', paused.id);
    await second.moving;
    expect(resultOf(await motif('models', 'pause', paused.id.slice(0, 17), '--json'))).toMatchObject({ download: { state: 'paused' } });
    expect((await second.gone)[0]).toBe(1);
    hub.fault = () => null;
    expect(resultOf(await motif('models', 'resume', paused.id, '--json'))).toMatchObject({ download: { state: 'completed' } });
    expect((await motif('models', 'cancel', paused.id)).stderr).toContain('is completed and cannot be cancelled');
  });

  it('keeps the address of a mirror', async () => {
    expect((await motif('models', 'hub')).stdout).toContain('https://huggingface.co');
    expect(resultOf(await motif('models', 'hub', `${hub.address}/`, '--json'))).toMatchObject({ settings: { address: hub.address, hasToken: true, tokenKeptIn: 'ownerFile' } });
    expect((await motif('models', 'hub', 'http://hub.example.org')).stderr).toContain('http:// is for mirrors on this machine or network only');
    expect(resultOf(await motif('models', 'hub', 'default', '--forget-token', '--json'))).toMatchObject({ settings: { address: 'https://huggingface.co', hasToken: false } });
  });
});
