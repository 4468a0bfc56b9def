import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, runMotif, writeTestClip } from '../services/studio-fixture.ts';

/** Repeat a failure with the seed it names. */
const SEED = Number(process.env['MOTIF_CRASH_SEED'] ?? String(Date.now() % 1_000_000));
const KILLS = 5;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'motif-kill-'));
  const pack = join(folder, 'embedded/tiny');
  writeRunnablePack(pack);
  const index = join(pack, 'model_index.json');
  writeFileSync(index, JSON.stringify({ ...JSON.parse(readFileSync(index, 'utf8')), restyling: { styles: [{ name: 'Red', prompt: 'red' }], numInferenceSteps: 2 } }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

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

it(`a restyling that is killed ${KILLS} times gives the same clip (seed ${SEED})`, { timeout: 400_000 }, async () => {
  const bench = await openTestStudio({ folder });
  const { id: projectId, path } = await bench.client.projects.create({ name: 'Kill', path: join(folder, 'Kill.motif') });
  await writeTestClip(join(folder, 'clip.mp4'), { frames: 90, width: 24, height: 16 });
  const imported = await jobEnd(bench.client, projectId, (await bench.client.assets.importFile({ projectId, path: join(folder, 'clip.mp4') })).jobId);
  const request = { projectId, assetId: imported.resultAssetId ?? '', style: 'red', packId: 'tiny' };
  const calm = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle(request)).jobId);
  const expected = (await bench.client.assets.get({ projectId, assetId: calm.resultAssetId ?? '' })).sha256;
  const { jobId } = await bench.client.stylization.restyle(request);
  const waiting = await bench.restart();
  await waiting.studio.close();

  const instants = createNoise(SEED).fork('instants').uniform(KILLS);
  let kills = 0;
  for (const instant of instants) {
    if (await workAndKill(path, 1 + Math.floor(instant * 24))) break;
    kills += 1;
  }
  const { code, stderr } = await runMotif(['jobs', path, '--run', '--json'], { folder, timeoutMs: 200_000 });
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
