import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { ExportSettings } from '../../src-shared/export/settings.ts';
import { parseCarriedRecipe } from '../../src-shared/recipe/carried-recipe.ts';
import { canonicalJson, WITHHELD_PROMPT, type Recipe } from '../../src-shared/recipe/recipe.ts';
import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { writeRunnablePack } from '../engine/process/make-runnable-pack.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { jobEnd, openTestStudio, type StudioUnderTest } from './studio-fixture.ts';

const media = createMedia();
let under: StudioUnderTest;
let projectId: string;
let made: { assetId: string; recipe: Recipe; width: number; height: number; frames: number };
const out = (name: string): string => join(under.folder, 'out', name);

const importOf = async (path: string) => {
  const { jobId } = await under.client.assets.importFile({ projectId, path });
  const job = await jobEnd(under.client, projectId, jobId);
  return { job, assetId: job.resultAssetId ?? '' };
};
const report = async (assetId: string) => (await under.client.recipes.read({ projectId, source: { assetId } })).report;

/** Exports the generated clip's timeline and imports the file into a new project of this studio. */
async function exported(name: string, settings: Partial<ExportSettings>): Promise<string> {
  const { jobs } = await under.client.export.startTimeline({ projectId, settings: ExportSettings.parse({ format: 'mp4-h264', ...settings }), path: out(name), clipIds: [] });
  const job = await jobEnd(under.client, projectId, jobs[0]?.jobId ?? '');
  expect([name, job.state, job.error?.message ?? null]).toEqual([name, 'completed', null]);
  return job.resultPath ?? '';
}

beforeAll(async () => {
  under = await openTestStudio();
  writeRunnablePack(join(under.folder, 'embedded', 'tiny'));
  mkdirSync(out(''), { recursive: true });
  projectId = (await under.client.projects.create({ name: 'Recipes', path: join(under.folder, 'recipes.motif') })).id;
  const { packs: [pack] } = await under.client.models.list({});
  const { jobId } = await under.client.generation.start({ projectId, prompt: 'a red fish', seed: 5, preset: 'draft', packId: pack?.id ?? '' });
  const job = await jobEnd(under.client, projectId, jobId);
  expect(job.error).toBeNull();
  const asset = await under.client.assets.get({ projectId, assetId: job.resultAssetId ?? '' });
  made = { assetId: asset.id, recipe: asset.recipe!, width: asset.width ?? 0, height: asset.height ?? 0, frames: asset.frames ?? 0 };
  const { document } = await under.client.timeline.get({ projectId });
  const sequence = document.records['sequence:main']!;
  const rate = asset.frameRate ?? { num: 8, den: 1 };
  const added: TimelineRecord[] = [clipRecord(1, 0, made.frames, { assetId: made.assetId, sourceDuration: null })];
  await under.client.timeline.apply({ projectId, baseRevision: document.revision, label: 'arrange', diff: { added, removed: [], updated: [{ from: sequence, to: { ...DEFAULT_SEQUENCE, width: made.width, height: made.height, frameRate: rate } }] } });
}, 120_000);
afterAll(() => under.close());

describe('a recipe that travels', () => {
  it('comes back from every format that carries it, with all, without prompts, or not at all', async () => {
    for (const [name, format] of [['a.mp4', 'mp4-h264'], ['b.webm', 'webm-vp9'], ['c.mov', 'prores-422hq'], ['d.gif', 'gif']] as const) {
      const { assetId } = await importOf(await exported(name, { format }));
      const found = await report(assetId);
      expect([name, found?.kind, found?.clips.map(({ recipe }) => canonicalJson(recipe))]).toEqual([name, 'clip', [canonicalJson(made.recipe)]]);
      expect(found?.clips[0]).toMatchObject({ isWithheld: false, problem: null, pack: { state: 'same' }, knownAssetId: made.assetId, sources: [] });
    }
    const silent = await report((await importOf(await exported('e.mp4', { embedRecipe: 'withoutPrompts' }))).assetId);
    expect(silent?.clips[0]).toMatchObject({ isWithheld: true, recipe: { prompt: WITHHELD_PROMPT, seed: 5 }, problem: expect.stringContaining('without its prompts') });
    expect(await report((await importOf(await exported('f.mp4', { embedRecipe: 'none' }))).assetId)).toBeNull();
    expect(readFileSync(out('f.mp4')).includes('a red fish')).toBe(false);
    expect(readFileSync(out('e.mp4')).includes('a red fish')).toBe(false);
  }, 180_000);

  it('is read from a picture of a sequence, and from a file beside', async () => {
    const folder = await exported('pictures', { format: 'png-sequence' });
    expect((await report((await importOf(join(folder, 'frame-000001.png'))).assetId))?.clips[0]?.recipe).toEqual(made.recipe);
    const { report: beside } = await under.client.recipes.read({ projectId, source: { text: JSON.stringify(made.recipe) } });
    expect(beside?.clips[0]?.recipe).toEqual(made.recipe);
  }, 60_000);

  it('names what is missing here: the model, other weights, motions', async () => {
    const told = async (change: Partial<Recipe>) => (await under.client.recipes.read({ projectId, source: { text: JSON.stringify({ ...made.recipe, ...change }) } })).report?.clips[0];
    expect(await told({ pack: { ...made.recipe.pack, id: 'another' } })).toMatchObject({ pack: { state: 'missing', name: null }, problem: expect.stringMatching(/"another".*not installed.*Models/) });
    expect(await told({ pack: { ...made.recipe.pack, sha256: 'a'.repeat(64) } })).toMatchObject({ pack: { state: 'changed' }, problem: expect.stringContaining('other weights') });
    const motion = { sha256: 'b'.repeat(64), strength: 1, noiseMix: 0 };
    expect(await told({ motions: [motion] })).toMatchObject({ sources: [{ kind: 'motion', sha256: motion.sha256, name: null }], problem: expect.stringContaining('motion bbbbbbbb') });
    await expect(under.client.recipes.makeAgain({ projectId, recipe: { ...made.recipe, pack: { ...made.recipe.pack, id: 'another' } }, promptEventId: null })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
  });

  it('takes text from outside for what it is', () => {
    for (const text of ['', 'null', '[]', '{"format":1}', JSON.stringify({ ...made.recipe, seed: -1 }), 'x'.repeat(2_000_000)]) expect(parseCarriedRecipe(text)).toBeNull();
    expect(parseCarriedRecipe(JSON.stringify({ format: 1, kind: 'timeline', frameRate: made.recipe.frameRate, clips: [{ startFrame: 0, durationFrames: 3, recipe: made.recipe }] }))).toMatchObject({ kind: 'timeline' });
  });
});

describe('running again and verifying', () => {
  const verify = async (assetId: string) => {
    const { jobId } = await under.client.recipes.verify({ projectId, assetId });
    const job = await jobEnd(under.client, projectId, jobId);
    expect([job.state, job.error?.message ?? null]).toEqual(['completed', null]);
    expect(job.parts.every(({ state }) => state === 'done')).toBe(true);
    return (await under.client.recipes.verdict({ projectId, assetId })).verdict;
  };

  it('finds the clip itself and its untouched export identical', async () => {
    const generated = async () => (await under.client.assets.list({ projectId, kinds: ['video', 'stage'] })).assets.filter(({ origin }) => origin === 'generated').map(({ id }) => id);
    const before = await generated();
    expect(await verify(made.assetId)).toMatchObject({ outcome: 'identical', frames: made.frames, framesAgain: made.frames, worstDb: null, reasons: [] });
    const { assetId } = await importOf(await exported('copy.mp4', {}));
    expect(await verify(assetId)).toMatchObject({ outcome: 'identical' });
    // Nothing that was made for it stays.
    expect(await generated()).toEqual(before);
  }, 120_000);

  it('tells an encoding that looks the same from another clip, and why', async () => {
    const again = await importOf(await exported('again.mp4', { copyUntouched: false, quality: 'high' }));
    expect(await verify(again.assetId)).toMatchObject({ outcome: 'perceptuallyEqual', frames: made.frames, framesAgain: made.frames });
    // Another clip under the recipe's name: what a forger would do.
    const forged = join(under.folder, 'forged.mp4');
    await media.encodeVideo({ path: forged, width: made.width, height: made.height, frameRate: { num: 2, den: 1 }, frames: new Uint8Array(made.frames * made.width * made.height * 3).fill(90), recipeJson: canonicalJson(made.recipe) });
    const verdict = await verify((await importOf(forged)).assetId);
    expect(verdict).toMatchObject({ outcome: 'different', worstDb: expect.any(Number) });
    expect(verdict?.reasons.length).toBeGreaterThan(0);
  }, 120_000);

  it('refuses what carries no recipe', async () => {
    const { assetId } = await importOf(await exported('plain.mp4', { embedRecipe: 'none', copyUntouched: false }));
    await expect(under.client.recipes.verify({ projectId, assetId })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('carries no recipe') });
  }, 60_000);
});
