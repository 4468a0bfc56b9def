/**
 * Files from outside through the real import: a studio, its queue, ffmpeg's own processes. `MOTIF_DAMAGED_CLIPS=1000` is the long form,
 * `MOTIF_DAMAGE_SEED` repeats one.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { basename, extname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { run } from '../../src-main/media/run.ts';
import { AWKWARD_NAMES, damage, disguisedFiles, goodFiles, seededRandom, withDataReference } from '../media/hostile-corpus.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';

const DAMAGED = Number(process.env['MOTIF_DAMAGED_CLIPS'] ?? 40);
const SEED = Number(process.env['MOTIF_DAMAGE_SEED'] ?? 20_261_121);
const CANARY = 'canary-7f3a91-do-not-leak';
/** What one import of a small file may take at most, in ms, on a busy machine. */
const PATIENCE_MS = 10_000;

/** Every file below a folder. */
const filesIn = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]));

let under: StudioUnderTest;
let server: Server;
let ffmpeg: string;
let connections = 0;
let projectId: string;
let incoming: string;

async function importOf(path: string) {
  const began = performance.now();
  const { jobId } = await under.client.assets.importFile({ projectId, path });
  const job = await jobEnd(under.client, projectId, jobId);
  return { job, ms: performance.now() - began };
}

beforeAll(async () => {
  ({ ffmpeg } = await findFfmpeg());
  server = createServer((socket) => {
    connections += 1;
    socket.end(CANARY);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  under = await openTestStudio();
  projectId = (await under.client.projects.create({ name: 'Untrusted', path: join(under.folder, 'untrusted.motif') })).id;
  incoming = join(under.folder, 'incoming');
  mkdirSync(incoming);
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await under.close();
});

describe('disguised playlists and containers', () => {
  it('are refused with one clear error each; nothing that they point at is read, nobody is called', async () => {
    const media = createMedia();
    writeFileSync(join(incoming, 'secret.txt'), CANARY);
    await media.encodeVideo({ path: join(incoming, 'private.mp4'), width: 64, height: 40, frameRate: { num: 8, den: 1 }, frames: new Uint8Array(8 * 64 * 40 * 3).fill(200), recipeJson: JSON.stringify({ prompt: CANARY }) });
    await writeTestClip(join(incoming, 'decoy.mp4'));
    await run(ffmpeg, ['-v', 'error', '-i', join(incoming, 'private.mp4'), '-c', 'copy', '-f', 'mpegts', '-y', join(incoming, 'private.ts')], { purpose: 'make a segment' });
    const files = disguisedFiles({ folder: incoming, listener: `127.0.0.1:${(server.address() as AddressInfo).port}` });
    expect(Object.keys(files).length).toBeGreaterThanOrEqual(30);
    const before = new Set(filesIn(incoming));
    const told: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(incoming, name), content);
      const { job, ms } = await importOf(join(incoming, name));
      expect([name, job.state, job.error?.code]).toEqual([name, 'discarded', 'MEDIA_UNREADABLE']);
      // Names the file, says what is wrong, says what to do.
      expect(job.error?.message).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')} .+\\. .+\\.$`));
      expect([name, ms < PATIENCE_MS]).toEqual([name, true]);
      told.push(job.error?.message ?? '');
    }
    expect((await under.client.assets.list({ projectId, kinds: ['video', 'image', 'audio', 'stage', 'motion'] })).assets).toEqual([]);
    // QuickTime may say that its samples lie in another file. That is not followed: what comes in is what the file itself holds.
    const reference = join(incoming, 'quicktime-reference.mov');
    writeFileSync(reference, withDataReference(readFileSync(join(incoming, 'decoy.mp4')), join(incoming, 'private.mp4')));
    const { job: referring } = await importOf(reference);
    expect(referring.state === 'completed' || referring.error?.code === 'MEDIA_UNREADABLE').toBe(true);
    expect(connections).toBe(0);
    expect(told.join('\n')).not.toContain(CANARY);
    expect(filesIn(incoming).filter((path) => !before.has(path) && !(basename(path) in files) && path !== reference)).toEqual([]);
    const written = filesIn(under.folder).filter((path) => !path.startsWith(incoming));
    expect(written.length).toBeGreaterThan(0);
    for (const path of written) expect([path, readFileSync(path).includes(CANARY)]).toEqual([path, false]);
    expect(under.log.join('\n')).not.toContain(CANARY);
  }, 240_000);

  it('good files with names that mean something to ffmpeg come in as they are', async () => {
    const clip = await writeTestClip(join(under.folder, 'fine.mp4'), { frames: 3 });
    for (const [index, name] of AWKWARD_NAMES.entries()) {
      if (process.platform === 'win32' && /[:|\n"]/.test(name)) continue;
      const path = join(incoming, name);
      copyFileSync(clip, path);
      const { job } = await importOf(path);
      expect([name, job.state]).toEqual([name, 'completed']);
      if (index === 0) expect(await under.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' })).toMatchObject({ frames: 3, width: 64 });
    }
    expect(connections).toBe(0);
  }, 120_000);
});

describe('damaged media', () => {
  it(`${DAMAGED} damaged files end with one clear error or with something that plays; the studio lives`, async () => {
    const folder = join(under.folder, 'damaged');
    mkdirSync(folder);
    const good = goodFiles(ffmpeg, folder).map((path) => ({ path, bytes: readFileSync(path) }));
    const random = seededRandom(SEED);
    const seen = { refused: 0, kept: 0, slowestMs: 0, codes: new Map<string, number>() };
    for (let index = 0; index < DAMAGED; index += 1) {
      const { path: original, bytes } = good[index % good.length]!;
      const path = join(folder, `damaged-${index}${extname(original)}`);
      writeFileSync(path, damage(bytes, random));
      const { job, ms } = await importOf(path);
      seen.slowestMs = Math.max(seen.slowestMs, ms);
      const what = `damaged-${index}${extname(original)} of seed ${SEED}`;
      expect([what, ms < PATIENCE_MS]).toEqual([what, true]);
      if (job.state === 'completed') {
        seen.kept += 1;
        const asset = await under.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
        expect([what, asset.kind === 'audio' || (asset.width ?? 0) > 0]).toEqual([what, true]);
      } else {
        seen.refused += 1;
        const code = job.error?.code ?? 'none';
        seen.codes.set(code, (seen.codes.get(code) ?? 0) + 1);
        expect([what, job.state, code]).toEqual([what, 'discarded', 'MEDIA_UNREADABLE']);
        expect(job.error?.message).toMatch(/^damaged-\d+\.\w+ .+\. .+/);
      }
    }
    if (DAMAGED > 100) process.stdout.write(`${DAMAGED} damaged files (seed ${SEED}): ${seen.refused} refused, ${seen.kept} kept, slowest ${Math.round(seen.slowestMs)} ms\n`);
    // The studio answers, and still takes a good file.
    const { job } = await importOf(good[0]!.path);
    expect(job.state).toBe('completed');
    expect(under.log.filter((line) => /invariant|INTERNAL/.test(line))).toEqual([]);
  }, 120_000 + DAMAGED * PATIENCE_MS);
});

describe('unusual clips', () => {
  const make = async (name: string, ...args: string[]): Promise<string> => {
    const path = join(incoming, name);
    await run(ffmpeg, ['-v', 'error', ...args, '-y', path], { purpose: `make ${name}`, timeoutMs: 120_000 });
    return path;
  };
  const assetOf = async (path: string) => {
    const { job } = await importOf(path);
    expect([basename(path), job.state, job.error?.message ?? null]).toEqual([basename(path), 'completed', null]);
    return under.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
  };
  const picture = (size: string, more = '') => ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=12:d=1${more}`];

  it('turned cameras, odd sizes, deep colour, transparency and silence come in for what they show', async () => {
    const upright = await make('upright.mp4', ...picture('96x64'), '-c:v', 'libx264', '-pix_fmt', 'yuv420p');
    expect(await assetOf(await make('turned.mp4', '-display_rotation', '90', '-i', upright, '-c', 'copy').catch(async () => make('turned.mp4', '-i', upright, '-c', 'copy', '-metadata:s:v', 'rotate=270')))).toMatchObject({ width: 64, height: 96, hasAudio: false, hasThumbnail: true });
    expect(await assetOf(await make('odd.webm', ...picture('96x64', ',scale=97:63,setsar=1,format=yuv444p'), '-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime', '-pix_fmt', 'yuv444p'))).toMatchObject({ width: 97, height: 63, frames: 12 });
    expect(await assetOf(await make('deep.mov', ...picture('96x64'), '-c:v', 'prores_ks', '-pix_fmt', 'yuv422p10le'))).toMatchObject({ width: 96, frames: 12 });
    expect(await assetOf(await make('deep.mp4', ...picture('96x64'), '-c:v', 'libx265', '-pix_fmt', 'yuv420p10le', '-x265-params', 'log-level=none'))).toMatchObject({ width: 96, frames: 12 });
    expect(await assetOf(await make('clear.webm', ...picture('96x64', ',format=yuva420p'), '-c:v', 'libvpx-vp9', '-cpu-used', '8', '-deadline', 'realtime', '-auto-alt-ref', '0', '-lag-in-frames', '0', '-pix_fmt', 'yuva420p'))).toMatchObject({ width: 96, frames: 12 });
    expect(await assetOf(await make('clear.mov', ...picture('96x64', ',format=rgba'), '-c:v', 'prores_ks', '-pix_fmt', 'yuva444p10le'))).toMatchObject({ width: 96, frames: 12 });
  }, 120_000);

  it('frames that last differently long keep their number and their time', async () => {
    // Twelve frames, of which the last four last three times as long.
    const variable = (...mode: string[]) => make('variable.mp4', ...picture('96x64'), '-vf', 'setpts=if(lt(N\\,8)\\,N\\,8+(N-8)*3)/12/TB', ...mode, '-c:v', 'libx264', '-bf', '0', '-pix_fmt', 'yuv420p');
    // The option has another name since ffmpeg 5.1, and only that since 9.
    const asset = await assetOf(await variable('-fps_mode', 'vfr').catch(() => variable('-vsync', 'vfr')));
    expect(asset.frames).toBe(12);
    expect(Math.abs((asset.durationMs ?? 0) - (8 + 3 * 3 + 1) * (1000 / 12))).toBeLessThan(3 * (1000 / 12));
  }, 60_000);

  it('8K comes in, and what is larger says why it does not', async () => {
    const large = await make('eight-k.mp4', '-f', 'lavfi', '-i', 'color=c=teal:s=7680x4320:r=2:d=1', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p');
    expect(await assetOf(large)).toMatchObject({ width: 7680, height: 4320, frames: 2, hasThumbnail: true });
    const wide = await make('wide.png', '-f', 'lavfi', '-i', 'color=c=teal:s=17000x16:d=1', '-frames:v', '1');
    const { job } = await importOf(wide);
    expect(job).toMatchObject({ state: 'discarded', error: { code: 'MEDIA_UNREADABLE', message: expect.stringMatching(/^wide\.png is too large: 17000x16 pixels\. Scale it down/) } });
    expect(statSync(large).size).toBeGreaterThan(0);
  }, 120_000);
});

describe('caps on commands', () => {
  it.skipIf(process.platform === 'win32')('stop one that takes too much memory, and say so', async () => {
    const hungry = run(ffmpeg, ['-v', 'error', '-re', '-f', 'lavfi', '-i', 'color=s=8000x8000:d=600:r=4', '-f', 'null', '-'], { purpose: 'read bomb.mp4', memoryBytes: 48 * 2 ** 20, timeoutMs: 30_000 });
    await expect(hungry).rejects.toMatchObject({ code: expect.stringMatching(/^(OUT_OF_MEMORY|FFMPEG_FAILED)$/), message: expect.stringMatching(/read bomb\.mp4.*(stopped|memory)/i) });
  });
});
