import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { jobEnd, openTestStudio, runMotif, writeTestClip } from '../services/studio-fixture.ts';

/** Kills of the short form; `MOTIF_EXPORT_KILLS=50` is the long one. */
const KILLS = Number(process.env['MOTIF_EXPORT_KILLS'] ?? 3);
const FRAMES = 120;
const entry = join(import.meta.dirname, '../../src-main/hosts/cli/motif.ts');

/** Command lines of running processes that work in `folder`. */
const processesOf = (folder: string): string[] =>
  readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(folder) && command.includes('ffmpeg') ? [command] : [];
    } catch {
      return [];
    }
  });

describe('motif export --timeline', () => {
  let folder: string;
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'motif-kills-'));
    mkdirSync(path('out'));
    const under = await openTestStudio({ folder });
    const { id: projectId } = await under.client.projects.create({ name: 'Kills', path: path('kills.motif') });
    const { jobId } = await under.client.assets.importFile({ projectId, path: await writeTestClip(path('waves.mp4'), { frames: 16 }) });
    const assetId = (await jobEnd(under.client, projectId, jobId)).resultAssetId ?? '';
    const { document } = await under.client.timeline.get({ projectId });
    const from = document.records['sequence:main']!;
    await under.client.timeline.apply({
      projectId, baseRevision: document.revision, label: 'arrange',
      diff: { added: [clipRecord(1, 0, FRAMES, { assetId, sourceDuration: null, speed: { num: 1, den: 8 } })], removed: [], updated: [{ from, to: { ...DEFAULT_SEQUENCE, width: 320, height: 240 } }] },
    });
    await under.studio.close();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leaves no partial file under a final name when it is killed at any instant', async () => {
    const media = createMedia();
    const finished: number[] = [];
    const args = ['export', 'kills.motif', '--timeline', '--json'];
    const began = performance.now();
    expect((await runMotif([...args, '--out', 'out/whole.mp4'], { folder })).code).toBe(0);
    const whole = performance.now() - began;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const name = `out/kill-${kill}.${kill % 3 === 2 ? 'gif' : 'mp4'}`;
      const child = spawn(process.execPath, [entry, ...args, '--out', name], { cwd: folder, stdio: 'ignore', env: { ...process.env, MOTIF_DATA_DIR: path('data') } });
      const timer = setTimeout(() => child.kill('SIGKILL'), ((kill + 0.5) / KILLS) * whole * 1.1);
      await once(child, 'exit');
      clearTimeout(timer);
      for (const file of readdirSync(path('out')).filter((file) => !file.startsWith('.'))) {
        expect([file, (await media.probe(path(`out/${file}`))).frames]).toEqual([file, FRAMES]);
        finished.push(kill);
      }
    }
    // Nothing of it goes on behind the back of the studio that died.
    if (process.platform === 'linux') await vi.waitFor(() => expect(processesOf(folder)).toEqual([]), { timeout: 10_000 });
    // What was killed goes on when the project is opened again, and takes its unfinished file along.
    expect((await runMotif(['jobs', 'kills.motif', '--run'], { folder, timeoutMs: 240_000 })).code).toBe(0);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const name = path(`out/kill-${kill}.${kill % 3 === 2 ? 'gif' : 'mp4'}`);
      if (existsSync(name)) expect((await media.probe(name)).frames).toBe(FRAMES);
    }
    expect(readdirSync(path('out')).filter((file) => file.endsWith('.part'))).toEqual([]);
  }, 120_000 + KILLS * 60_000);

  it('estimates, refuses what makes no sense, and writes by the ending of the name', async () => {
    const estimate = await runMotif(['export', 'kills.motif', '--timeline', '--out', 'out/{project}.webm', '--estimate', '--json'], { folder });
    expect(JSON.parse(estimate.stdout)).toMatchObject({ paths: [path('out/kills.webm')], frames: FRAMES, width: 320 });
    const part = await runMotif(['export', 'kills.motif', '--timeline', '--out', 'out/part.gif', '--from', '8', '--to', '16', '--height', '60', '--once', '--json'], { folder });
    expect(JSON.parse(part.stdout)).toMatchObject({ out: [path('out/part.gif')], format: 'gif', frames: 8 });
    expect(await createMedia().probe(path('out/part.gif'))).toMatchObject({ frames: 8, width: 80, height: 60 });
    for (const [args, message] of [
      [['--timeline', '--out', 'x.mkv'], /does not tell the format/], [['--timeline', '--asset', 'asset:1', '--out', 'x.mp4'], /exclude each other/], [['--format', 'gif', '--out', 'x.gif'], /is for timelines/],
      [['--timeline', '--out', 'x.mp4', '--preset', 'Nothing'], /--preset is "Nothing"/], [['--timeline', '--out', 'nowhere/x.mp4'], /does not exist/],
    ] as const) {
      const refused = await runMotif(['export', 'kills.motif', ...args], { folder });
      expect([refused.code, refused.stderr]).toMatchObject([1, expect.stringMatching(message)]);
    }
  }, 120_000);
});
