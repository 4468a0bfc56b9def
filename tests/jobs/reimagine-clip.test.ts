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

async function importSwinging(projectId: string): Promise<string> {
  const { ffmpeg } = await createMedia().version();
  const path = join(folder, 'red fish.mp4');
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=64x48:rate=10:duration=2.5', '-f', 'lavfi', '-i', 'sine=440:duration=2.5', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-c:a', 'aac', '-y', path]);
  const { jobId } = await bench.client.assets.importFile({ projectId, path });
  return (await jobEnd(bench.client, projectId, jobId)).resultAssetId ?? '';
}

it('learns the motion of a clip, generates with it, and keeps time and sound; a second wish uses the same motion', { timeout: 240_000 }, async () => {
  const { id: projectId, path } = await bench.client.projects.create({ name: 'Re', path: join(folder, 'Re.motif') });
  const assetId = await importSwinging(projectId);
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
  // Three frames over the two and a half seconds of the source.
  expect(asset).toMatchObject({ name: 'red fish, a blue bird.mp4', frames: 3, frameRate: { num: 6, den: 5 }, hasAudio: true, kind: 'video' });
  const { motions } = await bench.client.motions.list({ projectId });
  expect(motions.map(({ caption, hasNoise }) => [caption, hasNoise])).toEqual([['a red fish', true]]);

  const second = await bench.client.stylization.reimagine({ ...request, prompt: 'a red bird' });
  expect(second.motionId).toBe(motions[0]!.id);
  const again = await jobEnd(bench.client, projectId, second.jobId);
  expect([again.state, again.parts[1]!.state]).toEqual(['completed', 'cached']);
  expect((await bench.client.motions.list({ projectId })).motions).toHaveLength(1);
});
