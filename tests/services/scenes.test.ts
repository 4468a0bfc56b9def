import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent, type TimelineRecord } from '../../src-shared/timeline/document.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';

const idOf = (index: number): PromptEvent['id'] => `promptEvent:00000000-0000-4000-8000-00000000000${index}`;
const WORDS = ['a red fish', 'a blue fish', 'a red bird', 'a blue bird', 'a fish'];
const eventAt = (index: number, more: Partial<PromptEvent> = {}): PromptEvent => ({
  id: idOf(index), type: 'promptEvent', startFrame: index * 16, durationFrames: 16, prompt: WORDS[index] ?? 'a bird', negativePrompt: '', seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS, ...more,
});

let under: StudioUnderTest;
let projectId: string;

async function edit(diff: { added?: TimelineRecord[]; updated?: { from: TimelineRecord; to: TimelineRecord }[]; removed?: TimelineRecord[] }): Promise<void> {
  const { document } = await under.client.timeline.get({ projectId });
  await under.client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Edit', diff: { added: [], updated: [], removed: [], ...diff } });
}
/** Edits an event as it is now: a finished scene has shown itself there. */
async function change(index: number, more: Partial<PromptEvent>): Promise<void> {
  const from = (await under.client.timeline.get({ projectId })).document.records[idOf(index)];
  if (from?.type !== 'promptEvent') throw new Error('the event is there');
  await edit({ updated: [{ from, to: { ...from, ...more } }] });
}
const wish = (preset: 'draft' | 'standard' = 'draft') => ({ projectId, preset, packId: 'tiny', seed: 3 });
const render = async (preset: 'draft' | 'standard' = 'draft'): Promise<Job> => jobEnd(under.client, projectId, (await under.client.scenes.render(wish(preset))).jobId);
const log = async (job: Job) => (await under.client.scenes.log({ projectId, jobId: job.id })).entries;
const made = async (job: Job): Promise<string[]> => (await log(job)).filter(({ state }) => state === 'done').map(({ nodeId }) => nodeId.replaceAll(/promptEvent:[0-9a-f-]{35}/g, ''));

// One studio for all, whose engine stays warm; each test has a project of its own.
beforeAll(async () => {
  under = await openTestStudio();
  writeRunnablePack(join(under.folder, 'embedded', 'tiny'));
}, 60_000);
beforeEach(async () => {
  ({ id: projectId } = await under.client.projects.create({ name: 'Sea', path: null }));
});
afterAll(() => under.close());

describe('a scene of five events', { timeout: 300_000 }, () => {
  it('renders whole, then again only what an edit of event 3 reaches, every other frame bit for bit', async () => {
    await edit({ added: [0, 1, 2, 3, 4].map((index) => eventAt(index)) });
    const first = await render();
    expect(first).toMatchObject({ state: 'completed', kind: 'scene' });
    expect(await under.client.assets.get({ projectId, assetId: first.resultAssetId! })).toMatchObject({ kind: 'video', frames: 21, frameRate: { num: 8, den: 4 } });
    expect(await made(first)).toEqual(['keyframes/0', 'keyframes/1', 'keyframes/2', 'keyframes/3', 'keyframes/4', 'keyframes/0|1', 'keyframes/1|2', 'keyframes/2|3', 'keyframes/3|4']);
    const before = new Map((await log(first)).map(({ nodeId, stageKey }) => [nodeId, stageKey]));

    await change(2, { prompt: 'a blue red bird' });
    const plan = await under.client.scenes.plan(wish());
    expect(plan.stages).toMatchObject([{ stage: 'keyframes', nodes: 9, stale: 3 }]);
    expect(plan.events.map(({ state, staleSeams }) => `${state} ${staleSeams}`)).toEqual(['fresh 0', 'stale 1', 'stale 2', 'stale 1', 'fresh 0']);
    expect(plan.expectedMs).toBeGreaterThan(0);
    expect(plan.expectedDiskBytes).toBeGreaterThan(0);
    expect(plan.freeDiskBytes).toBeGreaterThan(plan.expectedDiskBytes);

    const second = await render();
    expect(await made(second)).toEqual(['keyframes/2', 'keyframes/1|2', 'keyframes/2|3']);
    for (const { nodeId, stageKey, state } of await log(second)) expect(before.get(nodeId) === stageKey).toBe(state === 'cached');

    // The same scene made from nothing has the same frames: what was kept is what would have been made.
    const { path } = await under.client.projects.get({ projectId });
    ({ id: projectId } = await under.client.projects.create({ name: 'Afresh', path: null }));
    await edit({ added: [0, 1, 2, 3, 4].map((index) => eventAt(index, index === 2 ? { prompt: 'a blue red bird' } : {})) });
    const afresh = await render();
    const fresh = new Map((await log(afresh)).map(({ nodeId, stageKey }) => [nodeId, stageKey]));
    const other = await under.client.projects.get({ projectId });
    const [a, b] = [openProjectStore(path, { readOnly: true }), openProjectStore(other.path, { readOnly: true })];
    try {
      for (const [nodeId, key] of fresh) expect(b.assets.findByStageKey(key)!.sha256, nodeId).toBe(a.assets.findByStageKey(key)?.sha256);
      expect(b.assets.get(afresh.resultAssetId!).sha256).toBe(a.assets.get(second.resultAssetId!).sha256);
    } finally {
      a.close();
      b.close();
    }
  });

});

describe('a scene of three events', { timeout: 300_000 }, () => {
  beforeEach(() => edit({ added: [0, 1, 2].map((index) => eventAt(index)) }));

  it('is found at once when nothing changed, and when an edit is undone', async () => {
    const first = await render();
    await change(2, { prompt: 'a bird' });
    await render();
    // The new scene was shown, and the words were changed.
    for (let step = 0; step < 2; step += 1) await under.client.timeline.undo({ projectId });
    const again = await render();
    expect(again.resultAssetId).toBe(first.resultAssetId);
    expect(again.parts.every(({ state }) => state === 'cached')).toBe(true);
    expect((await under.client.scenes.plan(wish())).expectedMs).toBe(0);
  });

  it('gives the room of kept stages back, and makes the same scene again from nothing', async () => {
    const first = await render();
    const sizeBytes = (await under.client.library.diskUse({ projectId })).intermediates;
    // Three bodies and two seams of 8 x 16 pixels, three floats each.
    expect(sizeBytes).toBeGreaterThan(13 * 8 * 16 * 3 * 4);
    const { jobId } = await under.client.scenes.render({ ...wish(), seed: 4 });
    await expect(under.client.assets.removeIntermediates({ projectId })).rejects.toMatchObject({ code: 'CONFLICT' });
    await jobEnd(under.client, projectId, jobId);
    const before = (await under.client.projects.get({ projectId })).sizeBytes;
    expect((await under.client.assets.removeIntermediates({ projectId })).count).toBe(10);
    expect((await under.client.library.diskUse({ projectId })).intermediates).toBe(0);
    expect((await under.client.projects.get({ projectId })).sizeBytes).toBeLessThanOrEqual(before);
    // The clip itself is still there; an edit has nothing left to begin from.
    expect((await render()).resultAssetId).toBe(first.resultAssetId);
    await change(2, { prompt: 'a bird' });
    expect((await under.client.scenes.plan(wish())).stages).toMatchObject([{ nodes: 5, stale: 5 }]);
  });

  it('varies one event with the others frozen, as takes of that event', async () => {
    await render();
    const wanted = { ...wish(), promptEventId: idOf(1), variants: [{ seedOffset: 1 }, { seedOffset: 2 }, { seedOffset: 1 }] };
    expect(await under.client.scenes.planVary(wanted)).toMatchObject({ stale: 6, isRough: false, expectedMemoryBytes: expect.any(Number) as number });
    const { jobs } = await under.client.scenes.vary({ ...wish(), promptEventId: idOf(1), variants: [{ seedOffset: 1 }, { seedOffset: 2 }] });
    for (const { jobId } of jobs) {
      const job = await jobEnd(under.client, projectId, jobId);
      expect(job).toMatchObject({ state: 'completed', promptEventId: idOf(1) });
      expect(await made(job)).toEqual(['keyframes/1', 'keyframes/0|1', 'keyframes/1|2']);
    }
    const takes = (await under.client.takes.list({ projectId })).takes.filter(({ promptEventId }) => promptEventId === idOf(1));
    expect(takes.map(({ recipe }) => recipe.scene?.events[1]?.seedOffset).toSorted()).toEqual([1, 2]);
    expect(takes[0]!.asset.sha256).not.toBe(takes[1]!.asset.sha256);
    expect(takes[0]!.asset.frames).toBe(4);
    // Nothing on the timeline changes until someone picks one.
    const { document } = await under.client.timeline.get({ projectId });
    const scene = (await under.client.takes.list({ projectId })).takes.find(({ promptEventId }) => promptEventId === null)!;
    expect(document.records[idOf(1)]).toMatchObject({ activeTakeId: scene.id, seedOffset: 0 });
    // Other words, with the event's own style and the seeds as they are.
    await change(1, { style: 'red' });
    const { jobs: [worded] } = await under.client.scenes.vary({ ...wish(), promptEventId: idOf(1), variants: [{ prompt: 'a bird' }] });
    await jobEnd(under.client, projectId, worded!.jobId);
    expect((await under.client.takes.list({ projectId })).takes[0]?.recipe.scene?.events[1]).toMatchObject({ prompt: 'a bird, red', seedOffset: 0 });
    expect((await under.client.prompts.list({ projectId })).prompts.map(({ words }) => words)).toContain('a bird');
    await expect(under.client.scenes.vary({ ...wish(), promptEventId: idOf(9), variants: [{ seedOffset: 1 }] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('lets seed offset, style, strength and what must not be seen change the frames of their event, and no others', { timeout: 300_000 }, async () => {
  await edit({ added: [0, 1, 2].map((index) => eventAt(index)) });
  const { path } = await under.client.projects.get({ projectId });
  /** What each event's body shows, by event. */
  const bodies = async (job: Job): Promise<string[]> => {
    const keys = (await log(job)).filter(({ nodeId }) => !nodeId.includes('|')).toSorted((a, b) => (a.nodeId < b.nodeId ? -1 : 1));
    const store = openProjectStore(path, { readOnly: true });
    try {
      return keys.map(({ stageKey }) => store.assets.findByStageKey(stageKey)!.sha256);
    } finally {
      store.close();
    }
  };
  const seen = [await bodies(await render())];
  for (const more of [{ seedOffset: 9 }, { style: 'a bird' }, { strength: 0.5 }, { negativePrompt: 'a blue' }]) {
    await change(1, more);
    const job = await render();
    expect(await made(job), JSON.stringify(more)).toEqual(['keyframes/1', 'keyframes/0|1', 'keyframes/1|2']);
    seen.push(await bodies(job));
  }
  expect(new Set(seen.map((frames) => frames[1])).size).toBe(seen.length);
  for (const index of [0, 2]) expect(new Set(seen.map((frames) => frames[index])).size).toBe(1);
});

it('measures on request how frames attend to the words of their event, without touching a frame', async () => {
  const sequence = (await under.client.timeline.get({ projectId })).document.records['sequence:main'];
  if (sequence?.type !== 'sequence') throw new Error('a project has a sequence');
  await edit({ added: [eventAt(0), eventAt(1)], updated: [{ from: sequence, to: { ...sequence, globalPrompt: 'a red' } }] });
  const plain = await render();
  expect((await under.client.scenes.adherence(wish())).events.map(({ shares }) => shares)).toEqual([null, null]);
  const { jobId } = await under.client.scenes.render({ ...wish(), adherence: true });
  const measured = await jobEnd(under.client, projectId, jobId);
  expect(measured).toMatchObject({ state: 'completed', resultAssetId: plain.resultAssetId });
  const { events } = await under.client.scenes.adherence(wish());
  expect(events.map(({ startFrame, keyframeStride, shares }) => [startFrame, keyframeStride, shares?.length])).toEqual([[0, 4, 4], [16, 4, 5]]);
  for (const share of events.flatMap(({ shares }) => shares ?? [])) {
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  }
  await change(1, { prompt: 'a fish' });
  // The blend between the two has changed with it, and so what both show there.
  expect((await under.client.scenes.adherence(wish())).events.map(({ shares }) => shares === null)).toEqual([true, true]);
}, 300_000);

describe('a scene through every stage', () => {
  beforeEach(() => edit({ added: [eventAt(0), eventAt(1, { durationFrames: 17 })] }));

  it('finishes a draft from its keyframes, and goes on after a restart to the same frames', async () => {
    await render();
    const { path } = await under.client.projects.get({ projectId });
    const { jobId } = await under.client.scenes.render(wish('standard'));
    for await (const job of under.client.jobs.watch({ projectId })) if (job.id === jobId && (job.parts[2]?.step ?? 0) > 0) break;
    under = await under.restart();
    await under.client.projects.open({ path });
    const resumed = await jobEnd(under.client, projectId, jobId);
    expect(resumed).toMatchObject({ state: 'completed' });
    expect(resumed.parts.map(({ name, state }) => `${name} ${state}`)).toEqual(['keyframes cached', 'interpolation done', 'superResolution1 done', 'superResolution2 done', 'encode done']);
    const clip = await under.client.assets.get({ projectId, assetId: resumed.resultAssetId! });
    expect(clip).toMatchObject({ frames: 33, frameRate: { num: 8, den: 1 } });
    expect(await made(resumed)).toEqual(['interpolation', 'superResolution1', 'superResolution2'].flatMap((stage) => [`${stage}/0/0`, `${stage}/1/0`, `${stage}/0|1/0`]));

    ({ id: projectId } = await under.client.projects.create({ name: 'Afresh', path: null }));
    await edit({ added: [eventAt(0), eventAt(1, { durationFrames: 17 })] });
    const direct = await render('standard');
    expect((await under.client.assets.get({ projectId, assetId: direct.resultAssetId! })).sha256).toBe(clip.sha256);
  }, 300_000);
});

it('shows start and end images where they were put, whatever the seed, and fades towards them', { timeout: 300_000 }, async () => {
  const clip = await writeTestClip(join(under.folder, 'clip.mp4'));
  const picture = join(under.folder, 'start.jpg');
  writeFileSync(picture, await createMedia().thumbnail(clip, { maxWidth: 64 }));
  const { jobId } = await under.client.assets.importFile({ projectId, path: picture });
  const { resultAssetId: assetId } = await jobEnd(under.client, projectId, jobId);
  const image = (position: 'start' | 'end', event: number): TimelineRecord => ({ id: `keyframe:00000000-0000-4000-8000-00000000001${event}`, type: 'keyframeImage', promptEventId: idOf(event), position, assetId: assetId!, strength: 1 });
  await edit({ added: [eventAt(0), eventAt(1), image('start', 0), image('end', 1)] });
  const bodies: Float32Array[][] = [];
  for (const seed of [3, 4]) {
    const job = await jobEnd(under.client, projectId, (await under.client.scenes.render({ ...wish(), seed })).jobId);
    expect(job.state).toBe('completed');
    const keys = (await log(job)).filter(({ nodeId }) => !nodeId.includes('|')).map(({ stageKey }) => stageKey);
    const store = openProjectStore((await under.client.projects.get({ projectId })).path, { readOnly: true });
    try {
      bodies.push(keys.map((key) => new Float32Array(store.assets.readAll(store.assets.findByStageKey(key)!.id).slice().buffer)));
    } finally {
      store.close();
    }
  }
  const frame = (seed: number, event: number, index: number): number[] => {
    const data = bodies[seed]![event]!;
    const area = 8 * 16;
    const frames = data.length / (3 * area);
    return [0, 1, 2].flatMap((channel) => [...data.subarray((channel * frames + index) * area, (channel * frames + index + 1) * area)]);
  };
  expect(frame(0, 0, 0)).toEqual(frame(1, 0, 0));
  expect(frame(0, 1, 4)).toEqual(frame(0, 0, 0));
  expect(frame(0, 0, 1)).not.toEqual(frame(1, 0, 1));
  await edit({ removed: [image('start', 0), image('end', 1)] });
  expect((await under.client.scenes.plan({ ...wish(), seed: 4 })).events.map(({ state }) => state)).toEqual(['stale', 'stale']);
});

it('lets a reference image lead the colours of its event, in its strength, and of no other', { timeout: 300_000 }, async () => {
  const clip = await writeTestClip(join(under.folder, 'clip.mp4'));
  const picture = join(under.folder, 'look.jpg');
  writeFileSync(picture, await createMedia().thumbnail(clip, { maxWidth: 64 }));
  const { jobId } = await under.client.assets.importFile({ projectId, path: picture });
  const { resultAssetId: assetId } = await jobEnd(under.client, projectId, jobId);
  const look = (strength: number): TimelineRecord => ({ id: 'keyframe:00000000-0000-4000-8000-000000000012', type: 'keyframeImage', promptEventId: idOf(1), position: 'reference', assetId: assetId!, strength });
  await edit({ added: [0, 1, 2].map((index) => eventAt(index)) });
  const plain = await render();
  const withoutLook = await under.client.scenes.plan(wish());
  await edit({ added: [look(1)] });
  expect((await under.client.scenes.plan(wish())).events.map(({ state, staleSeams }) => `${state} ${staleSeams}`)).toEqual(['stale 1', 'stale 2', 'stale 1']);
  const led = await render();
  expect(await made(led)).toEqual(['keyframes/1', 'keyframes/0|1', 'keyframes/1|2']);
  expect(led.resultAssetId).not.toBe(plain.resultAssetId);
  await edit({ updated: [{ from: look(1), to: look(0.4) }] });
  expect(await made(await render())).toEqual(['keyframes/1', 'keyframes/0|1', 'keyframes/1|2']);
  // At no strength it is as if it were not there, down to the recipe.
  await edit({ updated: [{ from: look(0.4), to: look(0) }] });
  expect(await under.client.scenes.plan(wish())).toMatchObject({ recipeHash: withoutLook.recipeHash, cachedAssetId: plain.resultAssetId });
});

it('says what is missing before anything runs', async () => {
  await expect(under.client.scenes.render(wish())).rejects.toThrow(/Add a prompt event/);
  await edit({ added: [eventAt(0, { prompt: ' ' })] });
  await expect(under.client.scenes.render(wish())).rejects.toThrow(/has no words/);
  await change(0, { prompt: 'a fish', durationFrames: 600 });
  await expect(under.client.scenes.plan(wish())).rejects.toThrow(/600 frames; one scene holds up to 480/);
});
