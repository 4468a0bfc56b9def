import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { StudioError, type ErrorCode } from '../../src-shared/errors/studio-error.ts';
import { PROMPT_EVENT_DEFAULTS, type PromptEvent, type TimelineRecord } from '../../src-shared/timeline/document.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';
import { clipRecord } from '../timeline/sample-document.ts';


let it_: StudioUnderTest;
beforeEach(async () => {
  it_ = await openTestStudio();
});
afterEach(() => it_.close());

const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | 'no error'> => promise.then(() => 'no error' as const, (error: StudioError) => error.code);

/** The next `count` values of a stream, with the work that causes them started once it is listened to. */
async function take<T>(stream: AsyncIterable<T>, count: number, cause: () => Promise<unknown>): Promise<T[]> {
  const iterator = stream[Symbol.asyncIterator]();
  const values: T[] = [];
  let next = iterator.next();
  await cause();
  while (values.length < count) {
    const result = await next;
    if (result.done === true) break;
    values.push(result.value);
    if (values.length < count) next = iterator.next();
  }
  await iterator.return?.(undefined);
  return values;
}

const EVENT: PromptEvent = {
  id: 'promptEvent:00000000-0000-4000-8000-000000000001', type: 'promptEvent', startFrame: 0, durationFrames: 29, prompt: 'a fish', negativePrompt: '',
  seed: 7, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS,
};
const added = (...records: TimelineRecord[]) => ({ added: records, updated: [], removed: [] });

describe('projects', () => {
  it('are made, numbered, renamed, remembered, forgotten and found again after a restart', async () => {
    const { client, folder } = it_;
    const first = await client.projects.create({ name: 'Sea: "deep"', path: null });
    const second = await client.projects.create({ name: 'Sea: "deep"', path: null });
    expect([first.path, second.path]).toEqual([join(folder, 'projects', 'Sea deep.motif'), join(folder, 'projects', 'Sea deep 2.motif')]);
    await client.projects.rename({ projectId: second.id, name: 'Shore' });
    expect((await client.projects.get({ projectId: second.id })).name).toBe('Shore');
    expect((await client.projects.recent({})).projects.map(({ name, exists, posterUrl }) => ({ name, exists, posterUrl }))).toEqual([
      { name: 'Shore', exists: true, posterUrl: null }, { name: 'Sea: "deep"', exists: true, posterUrl: null },
    ]);
    await client.projects.forget({ path: first.path });
    it_ = await it_.restart();
    const { projects } = await it_.client.projects.recent({});
    expect(projects.map(({ path }) => path)).toEqual([second.path]);
    expect(await codeOf(it_.client.projects.get({ projectId: second.id }))).toBe('NOT_FOUND');
    expect(await it_.client.projects.open({ path: second.path })).toMatchObject({ id: second.id, name: 'Shore', readOnly: false });
    expect(existsSync(first.path)).toBe(true);
  });

  it('open once, however often they are opened', async () => {
    const { client } = it_;
    const { id, path } = await client.projects.create({ name: 'Sea', path: null });
    expect((await client.projects.open({ path })).id).toBe(id);
    expect((await client.projects.open({ path: join(path, '..', '.', 'Sea.motif') })).id).toBe(id);
    await client.projects.close({ projectId: id });
    expect(await codeOf(client.projects.get({ projectId: id }))).toBe('NOT_FOUND');
    expect((await client.projects.open({ path })).id).toBe(id);
  });

  it('refuse names that are taken, files that are none, copies of open ones and files that are gone', async () => {
    const { client, folder } = it_;
    const { path } = await client.projects.create({ name: 'Sea', path: null });
    expect(await codeOf(client.projects.create({ name: 'Sea', path }))).toBe('CONFLICT');
    const text = join(folder, 'notes.motif');
    writeFileSync(text, 'not a project');
    expect(await codeOf(client.projects.open({ path: text }))).toBe('DB_FOREIGN');
    expect(readFileSync(text, 'utf8')).toBe('not a project');
    expect(await codeOf(client.projects.open({ path: join(folder, 'gone.motif') }))).toBe('NOT_FOUND');
    const { id } = await client.projects.open({ path });
    await client.projects.close({ projectId: id });
    const copy = join(folder, 'copy.motif');
    writeFileSync(copy, readFileSync(path));
    await client.projects.open({ path });
    expect(await codeOf(client.projects.open({ path: copy }))).toBe('CONFLICT');
  });

  it('tell what changed, until the caller leaves', async () => {
    const { client } = it_;
    const { id: projectId } = await client.projects.create({ name: 'Sea', path: null });
    const topics = await take(client.projects.changes({ projectId }), 2, async () => {
      await client.projects.rename({ projectId, name: 'Shore' });
      const { document } = await client.timeline.get({ projectId });
      await client.timeline.apply({ projectId, baseRevision: document.revision, label: 'Add event', diff: added(EVENT) });
    });
    expect(topics).toEqual([{ projectId, topic: 'project' }, { projectId, topic: 'timeline' }]);
  });

  it('refuse input outside the contract with the field in the message', async () => {
    const error = await it_.client.projects.create({ name: '', path: null }).catch((caught: StudioError) => caught);
    expect(error).toBeInstanceOf(StudioError);
    expect((error as StudioError).message).toContain('projects.create: name');
  });
});

describe('the timeline', () => {
  it('applies, undoes and redoes edits, across a restart', async () => {
    const { id: projectId, path } = await it_.client.projects.create({ name: 'Sea', path: null });
    const before = await it_.client.timeline.get({ projectId });
    await it_.client.timeline.apply({ projectId, baseRevision: before.document.revision, label: 'Add event', diff: added(EVENT) });
    expect(await codeOf(it_.client.timeline.apply({ projectId, baseRevision: before.document.revision, label: 'Late', diff: added() }))).toBe('CONFLICT');
    it_ = await it_.restart();
    await it_.client.projects.open({ path });
    const undone = await it_.client.timeline.undo({ projectId });
    expect([undone.revision, undone.diff, undone.undoLabel, undone.redoLabel]).toEqual([2, { added: [], updated: [], removed: [EVENT] }, null, 'Add event']);
    expect((await it_.client.timeline.get({ projectId })).document.records).toEqual(before.document.records);
    expect((await it_.client.timeline.redo({ projectId })).diff.added).toEqual([EVENT]);
    expect(await it_.client.timeline.revision({ projectId })).toEqual({ revision: 3 });
  });

  it('refuses what would make the timeline unsound, from whichever client', async () => {
    const { id: projectId } = await it_.client.projects.create({ name: 'Sea', path: null });
    await it_.client.timeline.apply({ projectId, baseRevision: 0, label: 'Add event', diff: added(EVENT) });
    const over = { ...EVENT, id: 'promptEvent:00000000-0000-4000-8000-00000000ffff', startFrame: EVENT.startFrame + 1 };
    await expect(it_.client.timeline.apply({ projectId, baseRevision: 1, label: 'Add event', diff: added(over) })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('before what lies to its left ends') as string });
    expect(await it_.client.timeline.get({ projectId })).toMatchObject({ document: { revision: 1 }, undoLabel: 'Add event' });
  });
});

describe('assets', () => {
  it('come back under their own ids from wherever they lie now, once what they hold is what was removed', async () => {
    const { client, folder } = it_;
    const { id: projectId } = await client.projects.create({ name: 'Sea', path: null });
    const bring = async (path: string) => (await jobEnd(client, projectId, (await client.assets.importFile({ projectId, path })).jobId)).resultAssetId ?? '';
    const [waves, dunes] = [await writeTestClip(join(folder, 'waves.mp4'), { frames: 8 }), await writeTestClip(join(folder, 'dunes.mp4'), { frames: 16 })];
    const ids = [await bring(waves), await bring(dunes)];
    const before = await client.assets.get({ projectId, assetId: ids[0]! });
    for (const assetId of ids) await client.assets.remove({ projectId, assetId });
    expect((await client.library.missing({ projectId, assetIds: [...ids, 'asset:gone'] })).missing.map(({ name }) => name)).toEqual(['waves.mp4', 'dunes.mp4']);
    // Nothing on the timeline misses them yet.
    expect(await client.library.locate({ projectId, path: folder })).toEqual({ found: [], lacking: [] });
    const clips = ids.map((assetId, index) => clipRecord(index + 1, index * 20, 8, { assetId }));
    await client.timeline.apply({ projectId, baseRevision: (await client.timeline.revision({ projectId })).revision, label: 'Undo', diff: added(...clips) });
    const moved = join(folder, 'archive', 'old');
    mkdirSync(moved, { recursive: true });
    renameSync(waves, join(moved, 'sea.mp4'));
    rmSync(dunes);
    const { found, lacking } = await client.library.locate({ projectId, path: join(folder, 'archive') });
    expect([found.map(({ id }) => id), lacking.map(({ name }) => name)]).toEqual([[ids[0]], ['dunes.mp4']]);
    expect(await jobEnd(client, projectId, found[0]!.jobId)).toMatchObject({ state: 'completed', resultAssetId: ids[0] });
    expect(await client.assets.get({ projectId, assetId: ids[0]! })).toMatchObject({ name: 'waves.mp4', sha256: before.sha256, frames: 8, hasThumbnail: true });
    expect((await client.library.missing({ projectId, assetIds: ids })).missing.map(({ name }) => name)).toEqual(['dunes.mp4']);
    await expect(client.library.locate({ projectId, path: 'archive' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('are imported, listed, renamed, exported and removed', async () => {
    const { client, folder } = it_;
    const { id: projectId } = await client.projects.create({ name: 'Sea', path: null });
    const clip = await writeTestClip(join(folder, 'clip.mp4'));
    const { jobId } = await client.assets.importFile({ projectId, path: clip });
    const job = await jobEnd(client, projectId, jobId);
    expect(job).toMatchObject({ state: 'completed', kind: 'import', error: null });
    const assetId = job.resultAssetId ?? '';
    expect((await client.assets.list({ projectId })).assets).toMatchObject([{ id: assetId, name: 'clip.mp4', width: 64, height: 48, frames: 8, origin: 'imported', hasThumbnail: true }]);
    expect((await client.assets.rename({ projectId, assetId, name: 'Waves' })).name).toBe('Waves');
    expect((await client.assets.list({ projectId, ids: [assetId, 'asset:gone'] })).assets.map(({ name }) => name)).toEqual(['Waves']);
    expect((await client.assets.list({ projectId, ids: [] })).assets).toEqual([]);
    const out = join(folder, 'out.mp4');
    const { jobId: exportId } = await client.export.start({ projectId, assetId, path: out });
    expect(await jobEnd(client, projectId, exportId)).toMatchObject({ state: 'completed', resultPath: out });
    expect(existsSync(out)).toBe(true);
    await client.assets.remove({ projectId, assetId });
    expect((await client.assets.list({ projectId })).assets).toEqual([]);
    expect(await codeOf(client.assets.get({ projectId, assetId }))).toBe('NOT_FOUND');
  });

  it('refuse what is not media and say why, in the job', async () => {
    const { client, folder } = it_;
    const { id: projectId } = await client.projects.create({ name: 'Sea', path: null });
    writeFileSync(join(folder, 'empty.mp4'), '');
    writeFileSync(join(folder, 'text.mp4'), 'just words\n');
    for (const name of ['empty.mp4', 'text.mp4']) {
      const { jobId } = await client.assets.importFile({ projectId, path: join(folder, name) });
      const job = await jobEnd(client, projectId, jobId);
      expect(job).toMatchObject({ state: 'discarded', error: { code: 'MEDIA_UNREADABLE' } });
      expect(job.error?.message).toContain(name);
    }
    expect(await codeOf(client.assets.importFile({ projectId, path: join(folder, 'gone.mp4') }))).toBe('NOT_FOUND');
    expect(await codeOf(client.assets.importFile({ projectId, path: folder }))).toBe('INVALID_INPUT');
    expect(await codeOf(client.assets.importFile({ projectId, path: 'relative.mp4' }))).toBe('INVALID_INPUT');
  });
});

describe('the system', () => {
  it('tells what this machine and host can do', async () => {
    const info = await it_.client.system.info({});
    expect(info).toMatchObject({ host: 'node', capabilities: ['uploadOverHttp'], mediaBase: '/media/secret', projectsFolder: join(it_.folder, 'projects') });
    expect(info.cpu.cores).toBeGreaterThan(0);
    expect(info.disk.freeBytes).toBeGreaterThan(0);
    expect(info.ffmpegVersion).not.toBeNull();
  });

  it('has no dialogs without a desktop', async () => {
    expect(await codeOf(it_.client.system.chooseMedia({}))).toBe('CAPABILITY_UNAVAILABLE');
    expect(await codeOf(it_.client.system.revealInFolder({ path: '/' }))).toBe('CAPABILITY_UNAVAILABLE');
  });

  it('names the pack and the mend when a model is missing', async () => {
    const { id: projectId } = await it_.client.projects.create({ name: 'Sea', path: null });
    expect((await it_.client.models.list({})).packs).toEqual([]);
    const error = await it_.client.generation.start({ projectId, prompt: 'a fish', seed: 1, preset: 'draft', packId: 'other' }).catch((caught: StudioError) => caught);
    expect(error).toMatchObject({ code: 'MODEL_MISSING' });
    expect((error as StudioError).message).toContain('"other"');
  });
});

describe('a project another studio has open', () => {
  it('is refused until it is closed there', async () => {
    const { id, path } = await it_.client.projects.create({ name: 'Sea', path: null });
    await it_.client.projects.close({ projectId: id });
    const elsewhere = openProjectStore(path);
    expect(await codeOf(it_.client.projects.open({ path }))).toBe('CONFLICT');
    elsewhere.close();
    expect((await it_.client.projects.open({ path })).id).toBe(id);
  });
});
