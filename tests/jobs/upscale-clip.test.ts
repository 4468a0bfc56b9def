import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, runMotif, writeTestClip, type StudioUnderTest } from '../services/studio-fixture.ts';
import { turnClip } from '../media/turn-clip.ts';

let folder: string;
let bench: StudioUnderTest;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-upscale-'));
  writeRunnablePack(join(folder, 'embedded/tiny'));
  bench = await openTestStudio({ folder });
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A clip with sound, turned by a quarter, of odd height as shown. */
async function writeTurnedClip(path: string, frames: number): Promise<string> {
  const { ffmpeg } = await createMedia().version();
  const seconds = frames / 12;
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=34x22:rate=12:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=440:duration=${seconds}`, '-pix_fmt', 'yuv444p', '-c:v', 'libx264', '-c:a', 'aac', '-y', `${path}.straight.mp4`]);
  writeFileSync(path, turnClip(readFileSync(`${path}.straight.mp4`), 22));
  return path;
}

async function importClip(studio: StudioUnderTest, projectId: string, path: string): Promise<string> {
  const { jobId } = await studio.client.assets.importFile({ projectId, path });
  return (await jobEnd(studio.client, projectId, jobId)).resultAssetId ?? '';
}

describe('upscaling a clip', { timeout: 240_000 }, () => {
  it('keeps frames, rate, sound and the way up, and says beforehand how large it becomes', async () => {
    const { id: projectId } = await bench.client.projects.create({ name: 'Up', path: join(folder, 'Up.motif') });
    const assetId = await importClip(bench, projectId, await writeTurnedClip(join(folder, 'turned.mp4'), 14));
    const plan = await bench.client.footage.planUpscale({ projectId, assetId, factor: 2, packId: 'tiny' });
    expect(plan).toMatchObject({ width: 44, height: 68, frames: 14, expectedMs: null });
    const { jobId } = await bench.client.footage.upscale({ projectId, assetId, factor: 2, packId: 'tiny' });
    const job = await jobEnd(bench.client, projectId, jobId);
    expect([job.state, job.error]).toEqual(['completed', null]);
    expect(job.parts.map(({ name, state, step, total }) => [name, state, step === total])).toEqual([['upscale', 'done', true], ['encode', 'done', true]]);
    const asset = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
    expect(asset).toMatchObject({ name: 'turned 2×.mp4', width: 44, height: 68, frames: 14, frameRate: { num: 12, den: 1 }, hasAudio: true, kind: 'video', hasThumbnail: true });
    expect((await bench.client.assets.list({ projectId, kinds: ['stage'] })).assets).toEqual([]);
    const again = await bench.client.footage.planUpscale({ projectId, assetId, factor: 2, packId: 'tiny' });
    expect(again.expectedMs).toBeGreaterThan(0);
  });

  it('goes on behind the stored part after a restart and gives the same bytes', async () => {
    const { id: projectId, path } = await bench.client.projects.create({ name: 'Resume', path: join(folder, 'Resume.motif') });
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'long.mp4'), { frames: 24, width: 20, height: 8 }));
    const calm = await jobEnd(bench.client, projectId, (await bench.client.footage.upscale({ projectId, assetId, factor: 2, packId: 'tiny' })).jobId);
    const expected = await bench.client.assets.get({ projectId, assetId: calm.resultAssetId ?? '' });

    const { jobId } = await bench.client.footage.upscale({ projectId, assetId, factor: 2, packId: 'tiny' });
    for await (const job of bench.client.jobs.watch({ projectId })) {
      if (job.id === jobId && (await storedParts(bench, projectId)) > 0) break;
    }
    bench = await bench.restart();
    const { id } = await bench.client.projects.open({ path });
    const stored = await storedParts(bench, id);
    expect(stored).toBeGreaterThan(0);
    const job: Job = await jobEnd(bench.client, id, jobId);
    expect([job.state, job.error]).toEqual(['completed', null]);
    const asset = await bench.client.assets.get({ projectId: id, assetId: job.resultAssetId ?? '' });
    expect([asset.frames, asset.sha256]).toEqual([24, expected.sha256]);
  });

  it('is cancelled between two tiles and refuses what it cannot enlarge', async () => {
    const { id: projectId } = await bench.client.projects.create({ name: 'Stop', path: join(folder, 'Stop.motif') });
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'long.mp4'), { frames: 60, width: 40, height: 24 }));
    const { jobId } = await bench.client.footage.upscale({ projectId, assetId, factor: 2, detail: 3, packId: 'tiny' });
    for await (const job of bench.client.jobs.watch({ projectId })) if (job.id === jobId && job.parts[0]!.step > 0) break;
    await bench.client.jobs.cancel({ projectId, jobId });
    expect((await jobEnd(bench.client, projectId, jobId)).state).toBe('cancelled');
    const large = await importClip(bench, projectId, await writeTestClip(join(folder, 'large.mp4'), { frames: 1, width: 4096, height: 1024 }));
    await expect(bench.client.footage.upscale({ projectId, assetId: large, factor: 2, packId: 'tiny' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

it('motif upscale writes the clip and says what it did', async () => {
  await writeTestClip(join(folder, 'small.mp4'), { frames: 3, width: 18, height: 10 });
  const { code, stdout, stderr } = await runMotif(['upscale', 'small.mp4', '--factor', '2', '--pack', 'tiny', '--out', 'large.mp4', '--json'], { folder });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ width: 36, height: 20, frames: 3, frameRate: { num: 8, den: 1 }, factor: 2, detail: 0 });
  expect(await createMedia().probe(join(folder, 'large.mp4'))).toMatchObject({ width: 36, height: 20, frames: 3 });
});

const storedParts = async (studio: StudioUnderTest, projectId: string): Promise<number> => (await studio.client.assets.list({ projectId, kinds: ['stage'] })).assets.length;
