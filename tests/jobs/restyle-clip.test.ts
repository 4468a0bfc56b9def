import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, runMotif, writeTestClip, type StudioUnderTest } from '../services/studio-fixture.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { turnClip } from '../media/turn-clip.ts';

let folder: string;
let bench: StudioUnderTest;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'motif-restyle-'));
  writeRunnablePack(join(folder, 'embedded/tiny'));
  setRestyling({ styles: [{ name: 'Red', prompt: 'a red fish' }], numInferenceSteps: 2 });
  bench = await openTestStudio({ folder });
});
afterEach(async () => {
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the pack says of its training for styles; nothing when undefined. */
function setRestyling(restyling: object | undefined): void {
  const path = join(folder, 'embedded/tiny/model_index.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), restyling }));
}

/** A clip with sound, turned by a quarter, of odd height as shown. */
async function writeTurnedClip(path: string, frames: number): Promise<string> {
  const { ffmpeg } = await createMedia().version();
  const seconds = frames / 12;
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', `testsrc2=size=35x22:rate=12:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=440:duration=${seconds}`, '-pix_fmt', 'yuv444p', '-c:v', 'libx264', '-c:a', 'aac', '-y', `${path}.straight.mp4`]);
  writeFileSync(path, turnClip(readFileSync(`${path}.straight.mp4`), 22));
  return path;
}

/** A clip whose left half is opaque and right half clear, at a broadcast rate, with odd sides and Opus sound. */
async function writeClearClip(path: string, frames: number): Promise<string> {
  const { ffmpeg } = await createMedia().version();
  const seconds = (frames * 1001) / 30000;
  const picture = `testsrc2=size=39x27:rate=30000/1001:duration=${seconds},format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,20),255,0)'`;
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', `sine=440:sample_rate=48000:duration=${seconds}`, '-c:v', 'qtrle', '-c:a', 'pcm_s16le', '-frames:v', String(frames), '-y', path]);
  return path;
}

/** Mean opacity of the left and right part of a frame. */
async function opacities(path: string, size: { width: number; height: number }, frame: number): Promise<[number, number]> {
  for await (const rgba of createMedia().decodeFrames(path, { ...size, fit: 'stretch', alpha: true, startFrame: frame, frames: 1 })) {
    const mean = (from: number, to: number): number => {
      let [sum, count] = [0, 0];
      for (let y = 0; y < size.height; y += 1) for (let x = from; x < to; x += 1) [sum, count] = [sum + rgba[(y * size.width + x) * 4 + 3]!, count + 1];
      return sum / count;
    };
    return [mean(0, 16), mean(24, size.width)];
  }
  throw new Error('no frame');
}

async function importClip(studio: StudioUnderTest, projectId: string, path: string): Promise<string> {
  const { jobId } = await studio.client.assets.importFile({ projectId, path });
  return (await jobEnd(studio.client, projectId, jobId)).resultAssetId ?? '';
}
const newProject = async (name: string) => bench.client.projects.create({ name, path: join(folder, `${name}.motif`) });
const storedParts = async (studio: StudioUnderTest, projectId: string): Promise<number> => (await studio.client.assets.list({ projectId, kinds: ['stage'] })).assets.length;

describe('restyling a clip', { timeout: 240_000 }, () => {
  it('keeps frames, rate, sound, size and the way up', async () => {
    const { id: projectId } = await newProject('Look');
    const assetId = await importClip(bench, projectId, await writeTurnedClip(join(folder, 'turned.mp4'), 14));
    const request = { projectId, assetId, style: 'a red fish', packId: 'tiny' };
    expect(await bench.client.stylization.plan(request)).toEqual({ width: 22, height: 34, frames: 14, expectedMs: null, tiles: [], trained: true, known: true });
    expect(await bench.client.stylization.plan({ ...request, style: 'blue' })).toMatchObject({ trained: true, known: false });
    const job = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle(request)).jobId);
    expect([job.state, job.error]).toEqual(['completed', null]);
    expect(job.parts.map(({ name, state, step, total }) => [name, state, step === total])).toEqual([['restyle', 'done', true], ['encode', 'done', true]]);
    const asset = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
    expect(asset).toMatchObject({ name: 'turned, a red fish.mp4', width: 22, height: 34, frames: 14, frameRate: { num: 12, den: 1 }, hasAudio: true, kind: 'video', hasThumbnail: true });
    expect(await storedParts(bench, projectId)).toBe(0);
    expect((await bench.client.stylization.plan(request)).expectedMs).toBeGreaterThan(0);
  });

  it('keeps transparency, at an odd size and a broadcast rate, from segment to segment', async () => {
    const { id: projectId } = await newProject('Clear');
    const assetId = await importClip(bench, projectId, await writeClearClip(join(folder, 'clear.mov'), 21));
    const job = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle({ projectId, assetId, style: 'a red fish', packId: 'tiny' })).jobId);
    expect([job.state, job.error]).toEqual(['completed', null]);
    const asset = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
    expect(asset).toMatchObject({ name: 'clear, a red fish.webm', mimeType: 'video/webm', width: 38, height: 26, frames: 21, frameRate: { num: 30000, den: 1001 }, hasAudio: true });
    // The preview shows what is clear on black.
    const shown = await bench.client.stylization.preview({ projectId, assetId, style: 'a red fish', packId: 'tiny', frame: 3, small: true });
    const { bytes } = await bench.media({ segments: shown.url.split('/').slice(3).map(decodeURIComponent) });
    const at = (x: number) => bytes.subarray((13 * 38 + x) * 3, (13 * 38 + x) * 3 + 3);
    expect([Math.max(...at(34)), Math.max(...at(5)) > 0]).toEqual([0, true]);
    const file = join(folder, 'exported.webm');
    await jobEnd(bench.client, projectId, (await bench.client.export.start({ projectId, assetId: asset.id, path: file, embedRecipe: 'none' })).jobId);
    expect(await createMedia().probe(file)).toMatchObject({ hasAlpha: true, codec: 'vp9', frames: 21, hasAudio: true });
    // One frame of each of the two segments.
    for (const frame of [3, 19]) {
      const [left, right] = await opacities(file, asset as { width: number; height: number }, frame);
      expect([left > 245, right < 10], `frame ${frame}: ${left} ${right}`).toEqual([true, true]);
    }
  });

  it('a file that only has room for transparency stays an MP4', async () => {
    const { id: projectId } = await newProject('Opaque');
    const { ffmpeg } = await createMedia().version();
    await promisify(execFile)(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=20x12:rate=8:duration=0.75,format=rgba', '-c:v', 'qtrle', '-y', join(folder, 'opaque.mov')]);
    const assetId = await importClip(bench, projectId, join(folder, 'opaque.mov'));
    const job = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle({ projectId, assetId, style: 'a red fish', packId: 'tiny', strength: 0 })).jobId);
    expect(await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' })).toMatchObject({ mimeType: 'video/mp4', frames: 6 });
  });

  it('goes on behind the stored part after a restart and gives the same bytes', async () => {
    const { id: projectId, path } = await newProject('Resume');
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'long.mp4'), { frames: 44, width: 20, height: 12 }));
    const request = { assetId, style: 'a red fish', spans: [{ startFrame: 30, endFrame: 44, style: 'blue bird' }], packId: 'tiny' };
    const calm = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle({ projectId, ...request })).jobId);
    const expected = await bench.client.assets.get({ projectId, assetId: calm.resultAssetId ?? '' });

    const { jobId } = await bench.client.stylization.restyle({ projectId, ...request });
    for await (const job of bench.client.jobs.watch({ projectId })) {
      // Two segments and the first frame's states: the work must begin again in the middle.
      if (job.id === jobId && (await storedParts(bench, projectId)) > 2) break;
    }
    bench = await bench.restart();
    const { id } = await bench.client.projects.open({ path });
    expect(await storedParts(bench, id)).toBeGreaterThan(2);
    const job = await jobEnd(bench.client, id, jobId);
    expect([job.state, job.error]).toEqual(['completed', null]);
    const asset = await bench.client.assets.get({ projectId: id, assetId: job.resultAssetId ?? '' });
    expect([asset.frames, asset.sha256]).toEqual([44, expected.sha256]);
    expect(await storedParts(bench, id)).toBe(0);
  });

  it('takes a part of a clip, and shows it in place of what a clip on the timeline showed, undoably', async () => {
    const { id: projectId } = await newProject('Take');
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'part.mp4'), { frames: 24, width: 24, height: 16 }));
    const source = await bench.client.assets.get({ projectId, assetId });
    const { document } = await bench.client.timeline.get({ projectId });
    const clip = clipRecord(1, 4, 8, { assetId, sourceIn: { num: 1, den: 1 }, sourceDuration: { num: 3, den: 1 } });
    await bench.client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Place', diff: { added: [clip], removed: [], updated: [] } });
    const { jobId } = await bench.client.stylization.restyle({ projectId, assetId, style: 'a red fish', part: { startFrame: 8, frames: 8 }, clipId: clip.id, packId: 'tiny', strength: 0 });
    const job = await jobEnd(bench.client, projectId, jobId);
    expect(job.error).toBeNull();
    const made = await bench.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
    expect(made).toMatchObject({ frames: 8, frameRate: source.frameRate });
    const { document: after } = await bench.client.timeline.get({ projectId });
    expect(after.records[clip.id]).toMatchObject({ assetId: made.id, sourceIn: { num: 0, den: 1 }, sourceDuration: { num: 1, den: 1 }, startFrame: 4, durationFrames: 8, takes: [{ assetId, source: { start: { num: 0, den: 1 } } }, { assetId: made.id, source: { start: { num: 1, den: 1 } } }] });
    await bench.client.timeline.undo({ projectId });
    const { document: undone } = await bench.client.timeline.get({ projectId });
    expect(undone.records[clip.id]).toMatchObject({ assetId, sourceIn: { num: 1, den: 1 } });
  });

  it('is cancelled between two passes, and says what it cannot do', async () => {
    const { id: projectId } = await newProject('Stop');
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'long.mp4'), { frames: 60, width: 40, height: 24 }));
    const request = { projectId, assetId, style: 'a red fish', packId: 'tiny' };
    const { jobId } = await bench.client.stylization.restyle(request);
    for await (const job of bench.client.jobs.watch({ projectId })) if (job.id === jobId && job.parts[0]!.step > 0) break;
    await bench.client.jobs.cancel({ projectId, jobId });
    expect((await jobEnd(bench.client, projectId, jobId)).state).toBe('cancelled');
    const overlapping = [{ startFrame: 0, endFrame: 9, style: 'a' }, { startFrame: 8, endFrame: 12, style: 'b' }];
    await expect(bench.client.stylization.restyle({ ...request, spans: overlapping })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(bench.client.stylization.restyle({ ...request, part: { startFrame: 60, frames: 4 } })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('draws one frame ahead of a run, and a run that was interrupted by it gives the same clip', async () => {
    const { id: projectId } = await newProject('Preview');
    const assetId = await importClip(bench, projectId, await writeTestClip(join(folder, 'clip.mp4'), { frames: 30, width: 40, height: 24 }));
    const request = { projectId, assetId, style: 'a red fish', packId: 'tiny' };
    const calm = await jobEnd(bench.client, projectId, (await bench.client.stylization.restyle(request)).jobId);
    const { jobId } = await bench.client.stylization.restyle(request);
    for await (const job of bench.client.jobs.watch({ projectId })) if (job.id === jobId && job.parts[0]!.step > 6) break;
    const shown = await bench.client.stylization.preview({ ...request, frame: 12, small: true });
    expect(shown).toMatchObject({ width: 40, height: 24 });
    const { bytes } = await bench.media({ segments: shown.url.split('/').slice(3).map(decodeURIComponent) });
    expect(bytes.length).toBe(40 * 24 * 3);
    const job = await jobEnd(bench.client, projectId, jobId);
    const sha = async (id: string | null) => (await bench.client.assets.get({ projectId, assetId: id ?? '' })).sha256;
    expect(await sha(job.resultAssetId)).toBe(await sha(calm.resultAssetId));
  });

  it('tells which styles a pack was trained on', async () => {
    expect(await bench.client.stylization.gallery({ packId: 'tiny' })).toEqual({ trained: true, styles: [{ name: 'Red', prompt: 'a red fish', alsoCalled: [] }], strength: 0.6, structure: 0.5 });
    setRestyling(undefined);
    bench = await bench.restart();
    expect(await bench.client.stylization.gallery({ packId: 'tiny' })).toEqual({ trained: false, styles: [], strength: 0.6, structure: 0.5 });
  });
});

it('motif stylize writes the clip and says what the pack knows', { timeout: 120_000 }, async () => {
  await writeTestClip(join(folder, 'small.mp4'), { frames: 9, width: 18, height: 10 });
  const { code, stdout, stderr } = await runMotif(['stylize', 'small.mp4', '--style', 'red', '--span', '0.5-1:blue', '--strength', '0.4', '--pack', 'tiny', '--out', 'new.mp4', '--json'], { folder, timeoutMs: 100_000 });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toMatchObject({ width: 18, height: 10, frames: 9, frameRate: { num: 8, den: 1 }, style: 'red', strength: 0.4, trained: true, known: false });
  expect(await createMedia().probe(join(folder, 'new.mp4'))).toMatchObject({ width: 18, height: 10, frames: 9 });
  await writeClearClip(join(folder, 'clear.mov'), 7);
  const clear = await runMotif(['stylize', 'clear.mov', '--style', 'red', '--pack', 'tiny', '--out', 'see-through.mp4', '--json'], { folder, timeoutMs: 100_000 });
  expect([clear.code, JSON.parse(clear.stdout)]).toMatchObject([0, { out: join(folder, 'see-through.webm'), frames: 7 }]);
  const bad = await runMotif(['stylize', 'small.mp4', '--style', 'red', '--span', '2-1:blue', '--out', 'new.mp4'], { folder });
  expect([bad.code, bad.stderr.includes('1.5-3:neon')]).toEqual([1, true]);
});
