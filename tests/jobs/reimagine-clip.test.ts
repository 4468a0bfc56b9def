import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, type StudioUnderTest } from '../services/studio-fixture.ts';

let folder: string;
let bench: StudioUnderTest;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-reimagine-'));
  writeRunnablePack(join(folder, 'embedded/tiny'));
  bench = await openTestStudio({ folder });
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

async function importSwinging(projectId: string, seconds: number): Promise<string> {
  const { ffmpeg } = await createMedia().version();
  const path = join(folder, 'red fish.mp4');
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=64x48:rate=10:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=440:duration=${seconds}`, '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-c:a', 'aac', '-y', path]);
  const { jobId } = await bench.client.assets.importFile({ projectId, path });
  return (await jobEnd(bench.client, projectId, jobId)).resultAssetId ?? '';
}

it('learns the motion of a clip, generates with it, and keeps time and sound; a second wish uses the same motion', { timeout: 240_000 }, async () => {
  const { id: projectId, path } = await bench.client.projects.create({ name: 'Re', path: join(folder, 'Re.motif') });
  const assetId = await importSwinging(projectId, 1.2);
  const request = { projectId, assetId, prompt: 'a blue bird', caption: 'a red fish', preset: 'draft' as const, learning: { steps: 6 }, packId: 'tiny' };
  const started = await bench.client.stylization.reimagine(request);
  expect(started.motionId).toBeNull();
  // The motion is kept when it is learned: a studio that closes behind it does not learn again.
  for await (const job of bench.client.jobs.watch({ projectId })) if (job.id === started.jobId && job.parts.find(({ name }) => name === 'learn')?.state === 'done') break;
  bench = await bench.restart();
  await bench.client.projects.open({ path });
  const job = await jobEnd(bench.client, projectId, started.jobId);
  expect([job.state, job.error]).toEqual(['completed', null]);
  expect(job.parts.map(({ name, state }) => [name, state])).toEqual([['prepare', 'done'], ['learn', 'done'], ['invert', 'done'], ['keyframes', 'done'], ['encode', 'done']]);
  const asset = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
  // Three frames over the time of the source.
  expect(asset).toMatchObject({ name: 'red fish, a blue bird.mp4', frames: 3, frameRate: { num: 5, den: 2 }, hasAudio: true, kind: 'video' });
  const { motions } = await bench.client.motions.list({ projectId });
  expect(motions.map(({ caption, hasNoise }) => [caption, hasNoise])).toEqual([['a red fish', true]]);

  const second = await bench.client.stylization.reimagine({ ...request, prompt: 'a red bird' });
  expect(second.motionId).toBe(motions[0]!.id);
  const again = await jobEnd(bench.client, projectId, second.jobId);
  expect([again.state, again.parts[1]!.state]).toEqual(['completed', 'cached']);
  expect((await bench.client.motions.list({ projectId })).motions).toHaveLength(1);
});

it('a clip longer than one window is traced back as a whole and comes out as long', { timeout: 240_000 }, async () => {
  const { id: projectId, path } = await bench.client.projects.create({ name: 'Long', path: join(folder, 'Long.motif') });
  const assetId = await importSwinging(projectId, 2.5);
  const request = { projectId, assetId, prompt: 'a blue bird', caption: 'a red fish', preset: 'draft' as const, learning: { steps: 4 }, packId: 'tiny' };
  const started = await bench.client.stylization.reimagine(request);
  // What was learned is kept; the tracing goes on, or begins again, in the next studio.
  for await (const job of bench.client.jobs.watch({ projectId })) if (job.id === started.jobId && job.parts.find(({ name }) => name === 'learn')?.state === 'done') break;
  bench = await bench.restart();
  await bench.client.projects.open({ path });
  const job = await jobEnd(bench.client, projectId, started.jobId);
  expect([job.state, job.error]).toEqual(['completed', null]);
  const { motions } = await bench.client.motions.list({ projectId });
  expect(motions.map(({ name, source }) => [name, source.fromSeconds, source.toSeconds])).toEqual([['a red fish, whole clip', 0, 2.5], ['a red fish', expect.closeTo(0.6875, 4), expect.closeTo(1.8125, 4)]]);
  // Twenty frames at eight a second are six key frames, over the two and a half seconds of the source.
  expect(await bench.client.assets.get({ projectId, assetId: motions[0]!.id })).toMatchObject({ frames: 6 });
  const asset = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
  expect(asset).toMatchObject({ name: 'red fish, a blue bird.mp4', frames: 6, frameRate: { num: 12, den: 5 }, hasAudio: true });

  // Neither learned nor traced a second time; without the clip's noise the result is another.
  const second = await bench.client.stylization.reimagine({ ...request, noiseMix: 0 });
  expect(second.motionId).toBe(motions[0]!.id);
  const again = await jobEnd(bench.client, projectId, second.jobId);
  expect([again.state, again.parts[1]!.state, again.parts[2]!.state]).toEqual(['completed', 'cached', 'cached']);
  const other = await bench.client.assets.get({ projectId, assetId: again.resultAssetId ?? '' });
  expect([other.frames, other.sha256 === asset.sha256]).toEqual([6, false]);
});
