import { cpSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { proposeCaption } from '../../src-main/services/motion-caption.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import type { LearnInput, LearningProgress, Motion } from '../../src-shared/contract/motions.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, type StudioUnderTest } from './studio-fixture.ts';

let under: StudioUnderTest;
let projectId: string;
const path = (name: string): string => join(under.folder, name);

/** A clip of a square that moves `speed` pixels a frame; 0 stands still. */
async function writeMovingClip(name: string, options: { frames?: number; speed?: number } = {}): Promise<string> {
  const { frames = 16, speed = 3 } = options;
  const [width, height] = [64, 32];
  const rgb = new Uint8Array(frames * width * height * 3).fill(60);
  for (let frame = 0; frame < frames; frame += 1) {
    for (let y = 10; y < 20; y += 1) for (let x = 0; x < 10; x += 1) rgb.set([240, 200, 40], ((frame * height + y) * width + ((x + frame * speed) % width)) * 3);
  }
  await createMedia().encodeVideo({ path: path(name), width, height, frameRate: { num: 8, den: 1 }, frames: rgb });
  return path(name);
}

const settings = { steps: 6, learningRate: 0.01, rank: 2 } as const;
const wish = (clip: LearnInput['clip'], more: Partial<LearnInput> = {}): LearnInput => ({ projectId, clip, caption: 'a red fish', packId: 'tiny', settings, ...more });

async function learn(input: LearnInput): Promise<{ job: Job; motion: Motion }> {
  const { jobId } = await under.client.motions.learn(input);
  const job = await jobEnd(under.client, projectId, jobId);
  if (job.state !== 'completed') throw new Error(`${job.state}: ${job.error?.message}`);
  return { job, motion: await under.client.motions.get({ projectId, motionId: job.resultAssetId ?? '' }) };
}

beforeAll(async () => {
  under = await openTestStudio();
  writeRunnablePack(path('packs/tiny'));
  projectId = (await under.client.projects.create({ name: 'Motions', path: null })).id;
}, 240_000);
afterAll(() => under.close());

describe('before learning', () => {
  it('shows what would be learned and proposes a caption', async () => {
    const clip = { path: await writeMovingClip('sharks_swimming-03.mp4') };
    const inspection = await under.client.motions.inspectClip({ projectId, clip, packId: 'tiny', fromSeconds: 0.5, toSeconds: 1.5, settings });
    expect(inspection).toMatchObject({
      problem: 'none', message: null, fromSeconds: 0.5, toSeconds: 1.5, proposedCaption: 'sharks swimming', expectedMs: null,
      clip: { name: 'sharks_swimming-03.mp4', width: 64, height: 32, frames: 16, frameRate: { num: 8, den: 1 }, durationSeconds: 2 }, strip: { frames: 3, width: 16, height: 8 },
    });
    expect(inspection.motionAmount).toBeGreaterThan(0.003);
    expect(inspection.expectedMemoryBytes).toBeGreaterThan(2 ** 20);
    const strip = await under.media({ segments: ['strip', projectId, basename(inspection.strip?.url ?? '')] });
    const backwards = await under.client.motions.inspectClip({ projectId, clip, packId: 'tiny', fromSeconds: 0.5, toSeconds: 1.5, reversed: true });
    const turned = await under.media({ segments: ['strip', projectId, basename(backwards.strip?.url ?? '')] });
    expect([turned.bytes.subarray(0, 384).equals(strip.bytes.subarray(768)), turned.bytes.subarray(768).equals(strip.bytes.subarray(0, 384))]).toEqual([true, true]);
    expect([strip.status, strip.headers['x-frames'], strip.headers['x-width'], strip.bytes.length]).toEqual([200, '3', '16', 3 * 16 * 8 * 3]);
  });

  it.each<[string, () => Promise<Partial<LearnInput>>, string, RegExp]>([
    ['stands still', async () => ({ clip: { path: await writeMovingClip('still.mp4', { speed: 0 }) } }), 'static', /^Nothing moves in the chosen part of "still\.mp4"/],
    ['is too short', async () => ({ clip: { path: await writeMovingClip('short.mp4', { frames: 2 }) } }), 'tooShort', /has 2 frames; a motion is learned from 3/],
    ['has too short a span', async () => ({ clip: { path: await writeMovingClip('span.mp4') }, fromSeconds: 1, toSeconds: 1.2 }), 'tooShort', /2 frames/],
    ['ends before its span', async () => ({ clip: { path: await writeMovingClip('end.mp4') }, fromSeconds: 5, toSeconds: 6 }), 'span', /is 2\.0 s long/],
    ['is empty', async () => { writeFileSync(path('empty.mp4'), ''); return { clip: { path: path('empty.mp4') } }; }, 'empty', /empty\.mp4/],
    ['is no video', async () => { writeFileSync(path('words.mp4'), 'just words\n'); return { clip: { path: path('words.mp4') } }; }, 'unreadable', /words\.mp4/],
    ['is cut off', async () => { const file = await writeMovingClip('cut.mp4'); truncateSync(file, 900); return { clip: { path: file } }; }, 'unreadable', /cut\.mp4/],
  ])('explains a clip that %s, and refuses to learn from it in the same words', async (_what, make, problem, message) => {
    const { clip = { path: '' }, ...span } = await make();
    const inspection = await under.client.motions.inspectClip({ projectId, clip, packId: 'tiny', ...span });
    expect(inspection).toMatchObject({ problem, message: expect.stringMatching(message) });
    await expect(under.client.motions.learn(wish(clip, span))).rejects.toMatchObject({ message: inspection.message });
    expect((await under.client.jobs.list({ projectId })).jobs.filter(({ kind }) => kind === 'learn')).toEqual([]);
  });

  it.each([
    ['car-turn.mp4', null, 'car turn'], ['IMG_2041.MOV', null, 'something is moving'], ['x.mp4', 'a red fish swims in the sea, watercolor', 'a red fish swims'], ['x.mp4', 'two birds fly over the city', 'two birds fly'],
  ])('proposes for %s and %s: %s', (name, prompt, caption) => expect(proposeCaption(name, prompt)).toBe(caption));
});

describe('a learned motion', () => {
  it('is learned from a clip of the project, with its curve, frames and facts', async () => {
    const file = await writeMovingClip('fish.mp4');
    const { resultAssetId } = await jobEnd(under.client, projectId, (await under.client.assets.importFile({ projectId, path: file })).jobId);
    const { jobId } = await under.client.motions.learn(wish({ assetId: resultAssetId ?? '' }, { name: 'Fish, gliding', crop: { x: 0, y: 0, width: 1, height: 0.75 } }));
    const states: LearningProgress[] = [];
    for await (const state of under.client.motions.watchLearning({ projectId, jobId })) states.push(state);
    expect(states.at(-1)).toMatchObject({ jobId, step: 6, steps: 6 });
    expect(states.at(-1)?.points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    const job = await jobEnd(under.client, projectId, jobId);
    expect(job).toMatchObject({ kind: 'learn', state: 'completed', title: 'Fish, gliding' });
    expect(job.parts.map(({ name, state }) => [name, state])).toEqual([['prepare', 'done'], ['learn', 'done'], ['invert', 'done']]);
    const motion = await under.client.motions.get({ projectId, motionId: job.resultAssetId ?? '' });
    expect(motion).toMatchObject({
      name: 'Fish, gliding', caption: 'a red fish', origin: 'learned', packIds: ['tiny'], hasNoise: true, steps: 6, settings: { ...settings, loss: 'motion', seed: 0 },
      model: { packId: 'tiny', packName: 'Tiny' }, source: { name: 'fish.mp4', fromSeconds: 0, toSeconds: 2, crop: { x: 0, y: 0, width: 1, height: 0.75 } },
    });
    expect(motion.lossCurve).toHaveLength(6);
    const loop = await under.media({ segments: ['loop', projectId, motion.id] });
    expect([loop.status, loop.headers['x-frames'], loop.bytes.length]).toEqual([200, '3', 3 * 16 * 8 * 3]);
    const thumbnail = await under.media({ segments: ['thumbnail', projectId, motion.id] });
    expect([thumbnail.headers['content-type'], thumbnail.bytes.subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
    // The next clip is told how long it will take.
    const { expectedMs } = await under.client.motions.inspectClip({ projectId, clip: { path: file }, packId: 'tiny', settings });
    expect(expectedMs).toBeGreaterThan(0);
    // It is no media, and leaves no working frames behind.
    expect((await under.client.assets.list({ projectId })).assets.map(({ name }) => name)).toEqual(['fish.mp4']);
    expect((await under.client.assets.list({ projectId, kinds: ['stage'] })).assets).toEqual([]);
  }, 240_000);

  it('is paused and resumed to the very motion that an undisturbed run gives', async () => {
    const clip = { path: await writeMovingClip('paused.mp4') };
    const calm = await learn(wish(clip, { settings: { ...settings, steps: 12 } }));
    const { jobId } = await under.client.motions.learn(wish(clip, { settings: { ...settings, steps: 12 } }));
    for await (const { step } of under.client.motions.watchLearning({ projectId, jobId })) if (step >= 2) break;
    const paused = await under.client.jobs.pause({ projectId, jobId });
    if (paused.state === 'paused') {
      for await (const { points } of under.client.motions.watchLearning({ projectId, jobId })) {
        expect(points.length).toBeGreaterThan(1);
        break;
      }
      await under.client.jobs.resume({ projectId, jobId });
    }
    const job = await jobEnd(under.client, projectId, jobId);
    expect((await under.client.motions.get({ projectId, motionId: job.resultAssetId ?? '' })).sha256).toBe(calm.motion.sha256);
  }, 240_000);

  it('goes out to a file and comes back, renamed and removed like any asset', async () => {
    const { motion } = await learn(wish({ path: await writeMovingClip('wave.mp4') }, { name: 'Wave' }));
    const file = path('wave.motion.safetensors');
    expect(await under.client.motions.exportToFile({ projectId, motionId: motion.id, path: file })).toEqual({ path: file, sizeBytes: motion.sizeBytes });
    expect(statSync(file).size).toBe(motion.sizeBytes);
    expect((await under.client.motions.rename({ projectId, motionId: motion.id, name: 'Ripple' })).name).toBe('Ripple');
    // The same bytes are kept once.
    expect((await under.client.motions.importFromFile({ projectId, path: file })).id).toBe(motion.id);
    const other = (await under.client.projects.create({ name: 'Other', path: null })).id;
    const imported = await under.client.motions.importFromFile({ projectId: other, path: file });
    expect(imported).toMatchObject({ name: 'wave', caption: 'a red fish', origin: 'imported', sha256: motion.sha256, packIds: ['tiny'] });
    const uploaded = await under.media({ method: 'PUT', segments: ['upload-motion', other, 'again.motion.safetensors'], body: (async function* () { yield new Uint8Array(readFileSync(file)); })() });
    expect([uploaded.status, JSON.parse(uploaded.bytes.toString()).id]).toEqual([201, imported.id]);
    truncateSync(file, 5000);
    await expect(under.client.motions.importFromFile({ projectId: other, path: file })).rejects.toMatchObject({ code: 'WEIGHTS_INVALID', message: expect.stringContaining('wave') });
    const download = await under.media({ segments: ['download', projectId, motion.id] });
    expect(download.headers['content-disposition']).toContain('Ripple.motion.safetensors');
    await under.client.motions.remove({ projectId: other, motionId: imported.id });
    expect((await under.client.motions.list({ projectId: other })).motions).toEqual([]);
    await expect(under.client.motions.get({ projectId: other, motionId: imported.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }, 240_000);

  it('belongs to the recipe of a clip, and leaves the clip as it was at strength 0', async () => {
    const { motion } = await learn(wish({ path: await writeMovingClip('used.mp4') }));
    const request = { projectId, prompt: 'a blue bird', seed: 4, preset: 'draft', packId: 'tiny' } as const;
    const plan = (strength: number) => under.client.generation.plan({ ...request, motions: [{ motionId: motion.id, strength }] });
    const base = await under.client.generation.plan(request);
    expect((await plan(0)).recipeHash).toBe(base.recipeHash);
    expect('motions' in base.recipe).toBe(false);
    expect((await plan(1)).recipe.motions).toEqual([{ sha256: motion.sha256, strength: 1, noiseMix: 1 }]);
    expect(new Set([base.recipeHash, (await plan(0.5)).recipeHash, (await plan(1)).recipeHash]).size).toBe(3);
    const start = async (strength: number) => {
      const { jobId } = await under.client.generation.start({ ...request, motions: [{ motionId: motion.id, strength }] });
      return under.client.assets.get({ projectId, assetId: (await jobEnd(under.client, projectId, jobId)).resultAssetId ?? '' });
    };
    const [off, on] = [await start(0), await start(1)];
    expect(on.sha256).not.toBe(off.sha256);
    expect(on.recipe?.motions).toHaveLength(1);
    await expect(under.client.generation.plan({ ...request, motions: [{ motionId: motion.id }, { motionId: motion.id, strength: 0.5 }] })).rejects.toMatchObject({ message: expect.stringContaining('twice') });
  }, 240_000);

  it('is refused on a model with other weights', async () => {
    const [motion] = (await under.client.motions.list({ projectId })).motions;
    cpSync(path('packs/tiny'), path('packs/other'), { recursive: true });
    const index = JSON.parse(readFileSync(path('packs/other/model_index.json'), 'utf8')) as object;
    writeFileSync(path('packs/other/model_index.json'), JSON.stringify({ ...index, id: 'other', name: 'Other' }));
    // The same UNet under another name is the same model; one changed weight makes it another.
    expect((await under.client.motions.get({ projectId, motionId: motion!.id })).packIds).toEqual(['other', 'tiny']);
    const weights = path('packs/other/keyframes/unet/diffusion_pytorch_model.safetensors');
    const bytes = readFileSync(weights);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(weights, bytes);
    await expect(under.client.generation.start({ projectId, prompt: 'a bird', seed: 1, preset: 'draft', packId: 'other', motions: [{ motionId: motion!.id }] })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/was learned on "Tiny" and does not work with "Other"/),
    });
    rmSync(path('packs/other'), { recursive: true });
  }, 240_000);
});
