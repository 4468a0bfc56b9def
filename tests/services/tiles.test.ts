import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent } from '../../src-shared/timeline/document.ts';
import { createNodeEngineFork, type EngineFork } from '../../src-main/jobs/engine-process.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';

const MODELS = join(import.meta.dirname, '../../models');
const idOf = (index: number): PromptEvent['id'] => `promptEvent:00000000-0000-4000-8000-00000000000${index}`;
const eventAt = (index: number): PromptEvent => ({
  id: idOf(index), type: 'promptEvent', startFrame: index * 16, durationFrames: 16, prompt: ['a red fish', 'a blue bird'][index] ?? 'a fish', negativePrompt: '', seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
});

/** The real engine, with too little memory for superResolution2 in fewer than so many tiles. */
function smallEngine(room: { tiles: number }): EngineFork {
  const fork = createNodeEngineFork();
  return () => {
    const child = fork();
    let tell: Parameters<typeof child.onEvent>[0] = () => {};
    return {
      ...child,
      onEvent: (listener) => child.onEvent(tell = listener),
      send: (command) => {
        if (command.type !== 'runStage' || command.stage !== 'superResolution2' || (command.settings.tiles ?? 1) >= room.tiles) child.send(command);
        else tell({ type: 'failed', runId: command.runId, error: { code: 'OUT_OF_MEMORY', message: 'There was not enough memory for this stage.', details: {}, retryable: false } });
      },
    };
  };
}

let under: StudioUnderTest;
let projectId: string;
const add = async (count: number): Promise<void> => {
  const { document } = await under.client.timeline.get({ projectId });
  await under.client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Add', diff: { added: Array.from({ length: count }, (_, index) => eventAt(index)), updated: [], removed: [] } });
};
afterEach(() => under.close());

describe('a scene for which memory runs out in its last stage', { timeout: 300_000 }, () => {
  const room = { tiles: 2 };
  const wish = () => ({ projectId, preset: 'standard' as const, packId: 'tiny', seed: 3 });
  beforeEach(async () => {
    under = await openTestStudio({ config: { forkEngine: smallEngine(room) } });
    writeRunnablePack(join(under.folder, 'embedded', 'tiny'));
    ({ id: projectId } = await under.client.projects.create({ name: 'Sea', path: null }));
    await add(2);
  });

  it('goes on in tiles from what is kept; an edit then reaches what it always does, in the same tiles', async () => {
    const { client } = under;
    const first = await jobEnd(client, projectId, (await client.scenes.render(wish())).jobId);
    expect(first).toMatchObject({ state: 'completed', attempt: 1 });
    expect(first.parts.map(({ name, state, tiles }) => [name, state, tiles?.count])).toEqual([
      ['keyframes', 'done', undefined], ['interpolation', 'done', undefined], ['superResolution1', 'done', undefined], ['superResolution2', 'done', 2], ['encode', 'done', undefined],
    ]);
    const entries = (await client.scenes.log({ projectId, jobId: first.id })).entries;
    expect(entries).toHaveLength(12);
    expect(new Set(entries.map(({ nodeId }) => nodeId)).size).toBe(12);
    const [take] = (await client.takes.list({ projectId })).takes;
    expect(take!.recipe.stages.map(({ tiles }) => tiles)).toEqual([undefined, undefined, undefined, 2]);

    room.tiles = 1;
    const done = await client.scenes.plan(wish());
    expect(done).toMatchObject({ cachedAssetId: first.resultAssetId, recipeHash: take!.recipeHash });
    expect(done.events.map(({ state }) => state)).toEqual(['fresh', 'fresh']);
    const { document } = await client.timeline.get({ projectId });
    const from = document.records[idOf(1)] as PromptEvent;
    await client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Words', diff: { added: [], removed: [], updated: [{ from, to: { ...from, prompt: 'a red bird' } }] } });
    const plan = await client.scenes.plan(wish());
    expect(plan.stages.map(({ nodes, stale }) => [nodes, stale])).toEqual([[3, 2], [3, 2], [3, 2], [3, 2]]);
    // Nothing has to be made anew for want of what was made: with other seeds memory decides again.
    expect((await client.scenes.plan({ ...wish(), seed: 5 })).stages.map(({ stale }) => stale)).toEqual([3, 3, 3, 3]);
  });
});

it('is told before anything runs: for a clip, a scene, variants, an enlargement and a restyling', { timeout: 120_000 }, async () => {
  under = await openTestStudio({ config: { embeddedPacksDir: MODELS } });
  const { client } = under;
  ({ id: projectId } = await client.projects.create({ name: 'Sea', path: null }));
  await add(1);
  const clip = await writeTestClip(join(under.folder, 'clip.mp4'));
  const { resultAssetId } = await jobEnd(client, projectId, (await client.assets.importFile({ projectId, path: clip })).jobId);
  const assetId = resultAssetId!;
  const told = async () => [
    await client.generation.plan({ projectId, prompt: 'a red fish', seed: 1, preset: 'standard' }),
    await client.scenes.plan({ projectId, preset: 'standard' }),
    await client.scenes.planVary({ projectId, preset: 'standard', promptEventId: idOf(0), variants: [{ seedOffset: 1 }] }),
    await client.footage.planUpscale({ projectId, assetId }),
    await client.stylization.plan({ projectId, assetId, style: 'watercolor' }),
  ].map(({ tiles }) => tiles);
  // A limit counts as what is free, whatever else is.
  await client.settings.set({ key: 'memoryBudget', value: '0.6' });
  const [generated, scene, varied, upscaled, restyled] = await told();
  expect(generated).toMatchObject([{ stage: 'superResolution1', count: 2, reason: 'budget', freeBytes: 6e8 }, { stage: 'superResolution2', count: 8 }]);
  expect(scene!.map(({ stage }) => stage)).toEqual(['superResolution1', 'superResolution2']);
  expect(scene!.at(-1)!.neededBytes).toBeLessThan(generated!.at(-1)!.neededBytes!);
  expect(varied).toEqual(scene);
  expect(upscaled).toEqual([generated![0]]);
  // Its decoder alone is tiled, and fits.
  expect(restyled).toEqual([]);
  await client.settings.set({ key: 'memoryBudget', value: '0.35' });
  expect((await told())[4]).toMatchObject([{ stage: 'superResolution2', count: 2, freeBytes: 3.5e8 }]);
  await client.settings.set({ key: 'memoryBudget', value: '2' });
  expect(await told()).toEqual([[], [], [], [], []]);
});
