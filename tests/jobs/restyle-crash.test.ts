import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, runMotif, writeTestClip } from '../services/studio-fixture.ts';

/** Repeat a failure with the seed it names. */
const SEED = Number(process.env['MOTIF_CRASH_SEED'] ?? String(Date.now() % 1_000_000));
const KILLS = 5;
/**
 * `npm run test:crash` takes half a minute of 24 frames a second with sound. `MOTIF_RESTYLE_PACK` (a folder) puts a real pack in place of the
 * small one, `MOTIF_RESTYLE_SECONDS` and `MOTIF_RESTYLE_SIZE` (`64x36`) say how long and how large the clip is.
 */
const LONG = process.env['MOTIF_CRASH_KILLS'] !== undefined;
const SECONDS = Number(process.env['MOTIF_RESTYLE_SECONDS'] ?? 30);
const PACK = process.env['MOTIF_RESTYLE_PACK'];
/** What a run may take, the studio's own process included. */
const MOST_BYTES = 2 * 2 ** 30;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motif-kill-'));
  if (PACK !== undefined) {
    cpSync(PACK, join(folder, 'embedded', basename(PACK)), { recursive: true });
    return;
  }
  const pack = join(folder, 'embedded/tiny');
  writeRunnablePack(pack);
  const index = join(pack, 'model_index.json');
  writeFileSync(index, JSON.stringify({ ...JSON.parse(readFileSync(index, 'utf8')), restyling: { styles: [{ name: 'Red', prompt: 'red' }], numInferenceSteps: 2 } }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function writeClip(path: string): Promise<void> {
  if (!LONG) {
    await writeTestClip(path, { frames: 90, width: 24, height: 16 });
    return;
  }
  const { ffmpeg } = await createMedia().version();
  const size = process.env['MOTIF_RESTYLE_SIZE'] ?? '64x36';
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=24:duration=${SECONDS}`, '-f', 'lavfi', '-i', `sine=440:duration=${SECONDS}`, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-c:a', 'aac', '-y', path]);
}

/** Lets a terminal work on the project until it has told `lines` times how far it is; then it is killed. Tells whether it was done before. */
async function workAndKill(project: string, lines: number): Promise<boolean> {
  const entry = join(import.meta.dirname, '../../src-main/hosts/cli/motif.ts');
  const env = { ...process.env, MOTIF_DATA_DIR: join(folder, 'data'), MOTIF_EMBEDDED_PACKS_DIR: join(folder, 'embedded'), MOTIF_THREADS: '1' };
  const child = spawn(process.execPath, [entry, 'jobs', project, '--run', '--json'], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let told = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.includes('"restyle"') && line.includes('"running"')) told += 1;
    if (told < lines) continue;
    child.kill('SIGKILL');
    break;
  }
  const [code] = (await exited) as [number | null];
  return code === 0;
}

it(`a restyling that is killed ${KILLS} times gives the same clip (seed ${SEED})`, { timeout: LONG ? 6 * 60 * 60_000 : 400_000 }, async () => {
  const bench = await openTestStudio({ folder });
  const { id: projectId, path } = await bench.client.projects.create({ name: 'Kill', path: join(folder, 'Kill.motif') });
  await writeClip(join(folder, 'clip.mp4'));
  const imported = await jobEnd(bench.client, projectId, (await bench.client.assets.importFile({ projectId, path: join(folder, 'clip.mp4') })).jobId);
  const request = { projectId, assetId: imported.resultAssetId ?? '', style: 'red', packId: PACK === undefined ? 'tiny' : basename(PACK) };
  const calm = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle(request)).jobId);
  const expected = (await bench.client.assets.get({ projectId, assetId: calm.resultAssetId ?? '' })).sha256;
  const units = calm.parts[0]!.total;
  const bytes = bench.studio.peakMemoryBytes();
  if (LONG) process.stdout.write(`${calm.parts[0]!.wallMs} ms for ${units} units, ${Math.round(bytes / 2 ** 20)} MiB at most\n`);
  expect(bytes).toBeLessThan(MOST_BYTES);
  const { jobId } = await bench.client.stylization.restyle(request);
  const waiting = await bench.restart();
  await waiting.studio.close();

  const instants = createNoise(SEED).fork('instants').uniform(KILLS);
  let kills = 0;
  for (const instant of instants) {
    if (await workAndKill(path, 1 + Math.floor((instant * units) / KILLS))) break;
    kills += 1;
  }
  const { code, stderr } = await runMotif(['jobs', path, '--run', '--json'], { folder, timeoutMs: LONG ? 6 * 60 * 60_000 : 200_000 });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  const after = await openTestStudio({ folder });
  try {
    const { id } = await after.client.projects.open({ path });
    const job = await after.client.jobs.get({ projectId: id, jobId });
    expect([job.state, job.error]).toEqual(['completed', null]);
    expect((await after.client.assets.get({ projectId: id, assetId: job.resultAssetId ?? '' })).sha256).toBe(expected);
    expect((await after.client.assets.list({ projectId: id, kinds: ['stage'] })).assets).toEqual([]);
    expect(kills).toBeGreaterThan(2);
  } finally {
    await after.studio.close();
  }
});
