import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GenerationRequest } from '../../src-shared/contract/generation.ts';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent } from '../../src-shared/timeline/document.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, type StudioUnderTest } from './studio-fixture.ts';

const EVENT: PromptEvent = {
  id: 'promptEvent:00000000-0000-4000-8000-000000000001', type: 'promptEvent', startFrame: 0, durationFrames: 9, prompt: 'a red fish', negativePrompt: '',
  seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
};

let under: StudioUnderTest;
let projectId: string;

/** A wish for the tiny pack, whose draft is keyframes alone. */
const wish = (more: Partial<GenerationRequest> = {}): GenerationRequest => ({ projectId, prompt: 'a red fish', negativePrompt: '', seed: 7, preset: 'draft', packId: 'tiny', motions: [], promptEventId: null, ...more });

const generate = async (more: Partial<GenerationRequest> = {}): Promise<Job> => {
  const { jobId } = await under.client.generation.start(wish(more));
  return jobEnd(under.client, projectId, jobId);
};

beforeEach(async () => {
  under = await openTestStudio();
  writeRunnablePack(join(under.folder, 'embedded', 'tiny'));
  ({ id: projectId } = await under.client.projects.create({ name: 'Sea', path: null }));
});
afterEach(() => under.close());

describe('generation', () => {
  it('turns a prompt event into a take that is shown there and can be undone', async () => {
    const { client } = under;
    const { document } = await client.timeline.get({ projectId });
    await client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Add event', diff: { added: [EVENT], updated: [], removed: [] } });
    const job = await generate({ promptEventId: EVENT.id });
    expect(job).toMatchObject({ state: 'completed', kind: 'generate', title: 'a red fish', promptEventId: EVENT.id });
    const { takes } = await client.takes.list({ projectId });
    expect(takes).toMatchObject([{ promptEventId: EVENT.id, preset: 'draft', starred: false, recipe: { seed: expect.any(Number) as number }, asset: { id: job.resultAssetId, kind: 'video', frames: 3, origin: 'generated', hasThumbnail: true, recipe: null } }]);
    const shown = await client.timeline.get({ projectId });
    expect([shown.document.records[EVENT.id], shown.undoLabel]).toEqual([{ ...EVENT, activeTakeId: takes[0]?.id }, 'New take']);
    expect((await client.timeline.undo({ projectId })).diff.updated.map(({ to }) => to)).toEqual([EVENT]);

    const again = await generate({ promptEventId: EVENT.id });
    expect(again.resultAssetId).toBe(job.resultAssetId);
    const both = (await client.takes.list({ projectId })).takes;
    const [newest] = both;
    expect(both).toHaveLength(2);
    expect((await client.timeline.get({ projectId })).document.records[EVENT.id]).toMatchObject({ activeTakeId: newest?.id });
    await client.takes.remove({ projectId, takeId: newest?.id ?? '' });
    expect((await client.timeline.get({ projectId })).document.records[EVENT.id]).toMatchObject({ activeTakeId: takes[0]?.id });
  });

  it('leaves the timeline alone when the event has gone meanwhile', async () => {
    const before = await under.client.timeline.get({ projectId });
    await generate({ promptEventId: EVENT.id });
    expect(await under.client.timeline.get({ projectId })).toEqual(before);
    expect((await under.client.takes.list({ projectId })).takes).toHaveLength(1);
  });

  it('plans: nothing measured at first, then times, memory and what is already there', async () => {
    const { client } = under;
    const before = await client.generation.plan(wish());
    expect(before).toMatchObject({ cachedAssetId: null, isRough: true, stages: [{ stage: 'keyframes', cached: false, expectedMs: null }], output: { frames: 3, width: 16, height: 8 } });
    const job = await generate();
    const same = await client.generation.plan(wish());
    expect(same).toMatchObject({ cachedAssetId: job.resultAssetId, expectedMs: 0, recipeHash: before.recipeHash });
    const other = await client.generation.plan(wish({ seed: 8 }));
    expect(other.stages[0]?.expectedMs).toBeGreaterThan(0);
    expect(other.expectedMs).toBeGreaterThanOrEqual(other.stages[0]?.expectedMs ?? Infinity);
    expect(other.expectedMemoryBytes).toBeGreaterThan(10 * 1024 * 1024);
    const finished = await client.generation.plan(wish({ preset: 'standard' }));
    expect(finished.stages.map(({ cached }) => cached)).toEqual([true, false, false, false]);
    expect(finished.output).toEqual({ frames: 9, width: 64, height: 32 });
  });

  it('finishes a draft from its keyframes, to the same frames as without a draft', async () => {
    await generate();
    const finished = await generate({ preset: 'standard' });
    expect(finished.parts.map(({ name, state }) => `${name} ${state}`)).toEqual(['keyframes cached', 'interpolation done', 'superResolution1 done', 'superResolution2 done', 'encode done']);
    const { sha256 } = await under.client.assets.get({ projectId, assetId: finished.resultAssetId ?? '' });
    ({ id: projectId } = await under.client.projects.create({ name: 'Afresh', path: null }));
    const direct = await generate({ preset: 'standard' });
    expect(direct.parts[0]?.state).toBe('done');
    expect((await under.client.assets.get({ projectId, assetId: direct.resultAssetId ?? '' })).sha256).toBe(sha256);
  });

  it('makes another clip with weaker words, and the plain one at full strength', async () => {
    const plain = await under.client.generation.plan(wish());
    const strong = (strength: number, against = 'a blue bird') => ({ emphasis: { strength, against } });
    expect((await under.client.generation.plan(wish(strong(1)))).recipeHash).toBe(plain.recipeHash);
    const job = await generate(strong(0.5));
    expect(job.state).toBe('completed');
    expect((await under.client.takes.list({ projectId })).takes[0]?.recipe.emphasis).toEqual({ strength: 0.5, against: 'a blue bird' });
    expect((await under.client.generation.plan(wish())).cachedAssetId).toBeNull();
    expect((await under.client.generation.plan(wish(strong(0.5)))).cachedAssetId).toBe(job.resultAssetId);
    // A standard clip of the same words goes on from its key frames.
    expect((await under.client.generation.plan(wish({ ...strong(0.5), preset: 'standard' }))).stages[0]?.cached).toBe(true);
  });

  it('serves a preview of the running stage as raw frames', async () => {
    const { jobId } = await under.client.generation.start(wish({ preset: 'standard' }));
    for await (const job of under.client.jobs.watch({ projectId })) if (job.id === jobId && (job.previewVersion > 0 || job.finishedAt !== null)) break;
    const preview = await under.media({ segments: ['preview', projectId, jobId] });
    expect(preview.status).toBe(200);
    const [frames, width, height] = ['x-frames', 'x-width', 'x-height'].map((name) => Number(preview.headers[name]));
    expect(preview.bytes.length).toBe(frames! * width! * height! * 3);
    expect((await jobEnd(under.client, projectId, jobId)).state).toBe('completed');
  });

  it('cancels, and runs the job again on retry', async () => {
    const { jobId } = await under.client.generation.start(wish({ preset: 'standard' }));
    expect((await under.client.jobs.cancel({ projectId, jobId })).state).toBe('cancelled');
    expect((await under.client.takes.list({ projectId })).takes).toEqual([]);
    await under.client.jobs.retry({ projectId, jobId });
    expect((await jobEnd(under.client, projectId, jobId)).state).toBe('completed');
    await under.client.jobs.dismiss({ projectId, jobId });
    expect((await under.client.jobs.list({ projectId })).jobs).toEqual([]);
  });

  it('tells what a draft takes: guessed at first, then as it was measured', async () => {
    const first = await under.client.generation.expectedDraft({ packId: 'tiny' });
    expect(first.isRough).toBe(true);
    expect(first.expectedMs).toBeGreaterThan(0);
    await generate();
    expect(await under.client.generation.expectedDraft({ packId: 'tiny' })).toEqual({ expectedMs: (await under.client.generation.plan(wish({ seed: 8 }))).expectedMs, isRough: false });
  });

  it('stops a job and keeps its draft: the frames that a draft alone would have', async () => {
    const { jobId } = await under.client.generation.start(wish({ preset: 'standard' }));
    for await (const job of under.client.jobs.watch({ projectId })) if (job.id === jobId && job.parts[0]?.state === 'done') break;
    expect((await under.client.jobs.get({ projectId, jobId })).preset).toBe('standard');
    const kept = await jobEnd(under.client, projectId, (await under.client.generation.keepDraft({ projectId, jobId })).jobId);
    expect(kept).toMatchObject({ state: 'completed', preset: 'draft' });
    const draft = await generate();
    expect(draft.resultAssetId).toBe(kept.resultAssetId);
    await expect(under.client.generation.keepDraft({ projectId, jobId: draft.id })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('goes on with an unfinished job after a restart, to the same frames', async () => {
    const { path } = await under.client.projects.get({ projectId });
    const { jobId } = await under.client.generation.start(wish({ preset: 'standard' }));
    for await (const job of under.client.jobs.watch({ projectId })) if (job.parts[0]?.state === 'done') break;
    under = await under.restart();
    await under.client.projects.open({ path });
    const resumed = await jobEnd(under.client, projectId, jobId);
    expect(resumed).toMatchObject({ state: 'completed' });
    const { sha256 } = await under.client.assets.get({ projectId, assetId: resumed.resultAssetId ?? '' });
    ({ id: projectId } = await under.client.projects.create({ name: 'Afresh', path: null }));
    const undisturbed = await generate({ preset: 'standard' });
    expect((await under.client.assets.get({ projectId, assetId: undisturbed.resultAssetId ?? '' })).sha256).toBe(sha256);
  });

  it("shows the newest take's poster among recent projects", async () => {
    await generate();
    const { posterUrl } = (await under.client.projects.recent({})).projects[0] ?? {};
    expect(posterUrl).toMatch(/^\/media\/secret\/poster\/[0-9a-f]{64}$/);
    const poster = await under.media({ segments: ['poster', posterUrl?.split('/').at(-1) ?? ''] });
    expect([poster.status, poster.headers['content-type'], poster.bytes.subarray(0, 2).toString('hex')]).toEqual([200, 'image/jpeg', 'ffd8']);
  });
});
