import { describe, expect, it } from 'vitest';
import type { Job } from '../../src-shared/contract/jobs.ts';
import { chooseTiles } from '../../src-shared/pack/tile-choice.ts';
import { recipeHash, withTiles } from '../../src-shared/recipe/recipe.ts';
import type { TileCount } from '../../src-shared/recipe/tile-count.ts';
import { expectedStageMs } from '../../src-main/jobs/stage-times.ts';
import { createTileChooser } from '../../src-main/jobs/tile-chooser.ts';
import { clipBytes, closedBenches, isFinished as finished, tinyRecipe } from './fixtures/queue-bench.ts';

const { open, keep } = closedBenches();
const stageOf = (job: Job, name: string) => job.parts.find((part) => part.name === name);

describe('how many tiles are chosen', () => {
  const needs = [{ count: 1, needBytes: 100 }, { count: 2, needBytes: 60 }, { count: 4, needBytes: 40 }] as const;
  it('is as few as fit what is free', () => {
    expect([120, 100, 99, 60, 50].map((free) => chooseTiles(needs, free))).toEqual([1, 1, 2, 2, 4]);
  });
  it('is as many as spare anything where none fit, and none where tiles spare nothing', () => {
    expect(chooseTiles(needs, 10)).toBe(4);
    expect(chooseTiles([{ count: 1, needBytes: 100 }, { count: 2, needBytes: 97 }, { count: 4, needBytes: 97 }], 10)).toBe(1);
  });
  it('counts what ran out before as not fitting, until more is free than then', () => {
    const ranOutAt = new Map<TileCount, number>([[1, 150]]);
    expect(chooseTiles(needs, 150, ranOutAt)).toBe(2);
    expect(chooseTiles(needs, 151, ranOutAt)).toBe(1);
  });

  it('is learned on this machine, and asked of the models only where it could matter', async () => {
    const settings = new Map<string, unknown>();
    let [freeBytes, looks] = [20e9, 0];
    const chooser = createTileChooser({
      machine: () => ({ totalBytes: 32e9, freeBytes }), settings: { get: (key) => settings.get(key), set: (key, value) => void settings.set(key, value) },
      steps: { of: async (_, [stage = 'keyframes'], wish) => {
        looks += 1;
        return [{ stage, part: 'unet', weightBytes: 0, int8Bytes: null, weightsStayInFile: false, activationBytes: 0, needBytes: 5e9 / (wish?.tiles ?? 1) }];
      } },
    });
    const stage = { opened: { dir: '', pack: { sha256: 'a', sizeBytes: 4e7 }, index: { sizes: {} } }, stage: 'superResolution2', inScene: false } as const;
    expect(await chooser.choose(stage)).toBeNull();
    expect(looks).toBe(0);
    expect(await chooser.afterRunningOut(stage, 1)).toEqual({ count: 2, reason: 'ranOut', neededBytes: 5e9, freeBytes: 20e9 });
    expect(await chooser.choose(stage)).toEqual({ count: 2, reason: 'budget', neededBytes: 5e9, freeBytes: 20e9 });
    freeBytes = 24e9;
    expect(await chooser.choose(stage)).toBeNull();
    freeBytes = 1.3e9;
    expect(await chooser.choose(stage)).toMatchObject({ count: 4 });
    expect(await chooser.afterRunningOut(stage, 16)).toBeNull();
    expect(await chooser.choose({ ...stage, stage: 'interpolation' })).toBeNull();
  });
});

describe.each([['reported by the runtime', 'room'], ['of which the engine died', 'abort']])('a want of memory %s', (_, word) => {
  it('makes the job go on by itself in smaller tiles, from the stages that are kept', async () => {
    const bench = await open();
    const recipe = tinyRecipe(`a red fish [${word}=4]`);
    const job = await bench.until((await bench.generate(recipe, { promptEventId: 'promptEvent:1' })).id, finished);
    expect(job).toMatchObject({ state: 'completed', attempt: 1, error: null });
    expect(stageOf(job, 'superResolution2')).toMatchObject({ state: 'done', tiles: { count: 4, reason: 'ranOut', freeBytes: 8e9 } });
    expect(job.parts.filter(({ tiles }) => tiles !== undefined)).toHaveLength(1);
    // The recipe says how the clip was really made, and so makes it again on any machine.
    const made = withTiles(recipe, 'superResolution2', 4);
    expect(bench.store.takes.list()).toMatchObject([{ promptEventId: 'promptEvent:1', recipe: made, recipeHash: await recipeHash(made) }]);
    expect(bench.store.assets.list({ kinds: ['stage'] })).toHaveLength(3);
    // What tiles take says nothing about whole frames.
    const times = [recipe, made].map((of) => expectedStageMs(bench.app.stepTimes, of, of.stages.at(-1)!));
    expect(times).toEqual([null, expect.any(Number)]);
    const other = await open();
    const again = await other.until((await other.generate(made)).id, finished);
    expect(again.parts.every(({ tiles }) => tiles === undefined)).toBe(true);
    expect(Buffer.compare(clipBytes(other, again), clipBytes(bench, job))).toBe(0);
  });
});

describe('tiles', () => {
  it('are remembered: the same wish finds the clip instead of running out again', async () => {
    const bench = await open();
    const recipe = tinyRecipe('a red fish [room=2]');
    const first = await bench.until((await bench.generate(recipe)).id, finished);
    const second = await bench.until((await bench.generate(recipe)).id, finished);
    expect(second).toMatchObject({ state: 'completed', resultAssetId: first.resultAssetId });
    expect(stageOf(second, 'superResolution2')).toMatchObject({ tiles: { count: 2, reason: 'budget' } });
  });

  it('are chosen before anything runs where whole frames need more than is free', async () => {
    const bench = await open({ freeBytes: () => 3e9, needBytes: (stage, tiles) => (stage === 'superResolution2' ? 8e9 / tiles : 1e9) });
    const job = await bench.until((await bench.generate(tinyRecipe('a kite'))).id, finished);
    expect(stageOf(job, 'superResolution2')).toMatchObject({ tiles: { count: 4, reason: 'budget', neededBytes: 8e9, freeBytes: 3e9 } });
    expect(bench.store.takes.list()[0]!.recipe.stages.map(({ tiles }) => tiles)).toEqual([undefined, undefined, undefined, 4]);
  });

  it('stay what they were through a pause and a new start, with the same bytes', async () => {
    const recipe = tinyRecipe('a blue bird [room=2] [stepMs=25]');
    const undisturbed = await open();
    const whole = await undisturbed.until((await undisturbed.generate(recipe)).id, finished);
    const bench = await open();
    const { id } = await bench.generate(recipe);
    await bench.until(id, (job) => (stageOf(job, 'superResolution2')?.step ?? 0) >= 2 || finished(job));
    const reopened = await bench.reopen();
    keep(reopened);
    const done = await reopened.until(id, finished);
    expect(stageOf(done, 'superResolution2')).toMatchObject({ tiles: { count: 2, reason: 'ranOut' } });
    expect(Buffer.compare(clipBytes(reopened, done), clipBytes(undisturbed, whole))).toBe(0);
  });

  it('end where they get no smaller, with the reason', async () => {
    const bench = await open();
    const job = await bench.until((await bench.generate(tinyRecipe('a crab [room=32]'))).id, finished);
    expect(job).toMatchObject({ state: 'discarded', error: { code: 'OUT_OF_MEMORY' } });
    expect(stageOf(job, 'superResolution2')).toMatchObject({ tiles: { count: 16 } });
    expect(bench.store.assets.list({ kinds: ['stage'] })).toHaveLength(3);
  });

  it('are not tried for a kill that was not for memory', async () => {
    let kills = 0;
    const bench = await open({ engine: { memoryKills: () => kills } });
    const { id } = await bench.generate(tinyRecipe('a bee [kill=2]'));
    const failed = await bench.until(id, (job) => job.state === 'retryable' || finished(job));
    expect(failed.parts.every(({ tiles }) => tiles === undefined)).toBe(true);
    // From now on the system says that it was: every look finds one more.
    bench.engine.unload();
    kills = 1;
    const counting = await open({ engine: { memoryKills: () => (kills += 1) } });
    const done = await counting.until((await counting.generate(tinyRecipe('a bee [kill=2]'))).id, finished);
    expect(done).toMatchObject({ state: 'completed', attempt: 1 });
    expect(stageOf(done, 'superResolution2')).toMatchObject({ tiles: { count: 2, reason: 'ranOut' } });
  });
});
