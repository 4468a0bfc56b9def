import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { ExportSettings } from '../../src-shared/export/settings.ts';
import type { TimelineRecord } from '../../src-shared/timeline/document.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/records/sequence.ts';
import { DEFAULT_TRACKS } from '../../src-shared/timeline/records/track.ts';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { makeClip } from '../compose/make-sources.ts';
import { captionRecord, clipRecord } from '../timeline/sample-document.ts';
import { jobEnd, openTestStudio, writeTestClip, type StudioUnderTest } from './studio-fixture.ts';

let under: StudioUnderTest;
let projectId: string;
let assetId: string;
const media = createMedia();
const settings = (more: Partial<ExportSettings>): ExportSettings => ExportSettings.parse({ format: 'mp4-h264', ...more });
const out = (name: string): string => join(under.folder, 'out', name);
const sequence = { ...DEFAULT_SEQUENCE, width: 64, height: 48 };

/** Puts these records on the timeline in place of all others. */
async function arrange(...records: TimelineRecord[]): Promise<void> {
  const { document } = await under.client.timeline.get({ projectId });
  const wanted = new Map(records.map((record) => [record.id, record]));
  const present = Object.values(document.records);
  await under.client.timeline.apply({
    projectId, baseRevision: document.revision, label: 'arrange',
    diff: {
      added: records.filter(({ id }) => document.records[id] === undefined), removed: present.filter(({ id }) => id !== sequence.id && !wanted.has(id)),
      updated: present.flatMap((from) => (wanted.has(from.id) ? [{ from, to: wanted.get(from.id) ?? from }] : [])),
    },
  });
}

async function exported(path: string, more: Partial<ExportSettings>, clipIds: string[] = []) {
  const { jobs } = await under.client.export.startTimeline({ projectId, settings: settings(more), path, clipIds });
  return Promise.all(jobs.map(async ({ jobId }) => jobEnd(under.client, projectId, jobId)));
}

beforeAll(async () => {
  under = await openTestStudio();
  mkdirSync(out(''), { recursive: true });
  projectId = (await under.client.projects.create({ name: 'Exports', path: join(under.folder, 'exports.motif') })).id;
  const clip = await writeTestClip(join(under.folder, 'waves.mp4'), { frames: 16 });
  const { jobId } = await under.client.assets.importFile({ projectId, path: clip });
  assetId = (await jobEnd(under.client, projectId, jobId)).resultAssetId ?? '';
});
afterAll(() => under.close());

describe('exporting a timeline', () => {
  it('renders what lies on it, with captions in a file of their own', async () => {
    await arrange(sequence, clipRecord(1, 0, 8, { assetId, sourceDuration: null }), clipRecord(2, 10, 6, { assetId, sourceDuration: null, scale: 0.5 }), captionRecord(3, 2, 4, 'Hello <there>'));
    const [job] = await exported(out('first.mp4'), { captions: 'srt' });
    expect(job).toMatchObject({ state: 'completed', resultPath: out('first.mp4'), parts: [{ name: 'prepare', state: 'done' }, { name: 'export', state: 'done', step: 16, total: 16 }] });
    expect(await media.probe(out('first.mp4'))).toMatchObject({ frames: 16, width: 64, height: 48, codec: 'h264', hasAudio: false });
    expect(readFileSync(out('first.srt'), 'utf8')).toContain('00:00:00,250 --> 00:00:00,750\nHello <there>');
    expect(readdirSync(out('')).filter((name) => name.endsWith('.part'))).toEqual([]);
  }, 60_000);

  it('copies a clip without its sound while that is not heard', async () => {
    const file = await makeClip(await findFfmpeg(), join(under.folder, 'tone.mp4'), { width: 64, height: 48, rate: '8', seconds: 2, tone: 440 });
    const { jobId } = await under.client.assets.importFile({ projectId, path: file });
    const toneId = (await jobEnd(under.client, projectId, jobId)).resultAssetId ?? '';
    const video = DEFAULT_TRACKS.find(({ kind }) => kind === 'video')!;
    const audio = DEFAULT_TRACKS.find(({ kind }) => kind === 'audio')!;
    const clip = clipRecord(1, 0, 16, { assetId: toneId, sourceDuration: null });
    for (const [name, heard, ...more] of [['heard', true], ['muted', false, { ...video, muted: true }], ['solo-elsewhere', false, { ...audio, solo: true }]] as const) {
      await arrange(sequence, clip, ...more);
      const path = out(`${name}.mp4`);
      expect(await under.client.export.estimate({ projectId, settings: settings({}), path, clipIds: [] })).toMatchObject({ copies: true, hasSound: heard });
      await exported(path, {});
      expect([name, (await media.probe(path)).hasAudio]).toEqual([name, heard]);
    }
  }, 60_000);

  it('copies a single clip that nothing was done to, bit for bit', async () => {
    await arrange(sequence, clipRecord(1, 0, 16, { assetId, sourceDuration: null }));
    const request = { projectId, settings: settings({}), path: out('copy.mp4'), clipIds: [] };
    expect(await under.client.export.estimate(request)).toMatchObject({ copies: true, frames: 16, durationMs: 2000, missing: [], present: [], paths: [out('copy.mp4')] });
    await exported(out('copy.mp4'), {});
    const frames = async (path: string) => {
      const all: Uint8Array[] = [];
      for await (const frame of media.decodeFrames(path, { width: 64, height: 48 })) all.push(frame);
      return Buffer.concat(all);
    };
    expect((await frames(out('copy.mp4'))).equals(await frames(join(under.folder, 'waves.mp4')))).toBe(true);
    await exported(out('encoded.mp4'), { copyUntouched: false });
    expect((await frames(out('encoded.mp4'))).equals(await frames(join(under.folder, 'waves.mp4')))).toBe(false);
    // The slightest change, and it is encoded.
    await arrange(sequence, clipRecord(1, 0, 16, { assetId, sourceDuration: null, opacity: 0.99 }));
    expect(await under.client.export.estimate(request)).toMatchObject({ copies: false });
  }, 60_000);

  it('writes selected clips each to a file of its own, named by a template', async () => {
    await arrange(sequence, clipRecord(1, 0, 4, { assetId, sourceDuration: null }), clipRecord(2, 4, 12, { assetId, sourceDuration: null }));
    const jobs = await exported(out('{project}-{event}-{resolution}-{n}'), { height: 96 }, [clipRecord(1, 0, 1).id, clipRecord(2, 0, 1).id]);
    expect(jobs.map(({ resultPath }) => resultPath)).toEqual([out('exports-waves-128x96-1.mp4'), out('exports-waves-128x96-2.mp4')]);
    expect(await media.probe(out('exports-waves-128x96-2.mp4'))).toMatchObject({ frames: 12, width: 128, height: 96 });
  }, 60_000);

  it('keeps what it was asked to write, whatever is edited meanwhile', async () => {
    await arrange(sequence, clipRecord(1, 0, 12, { assetId, sourceDuration: null, scale: 0.9 }));
    const { jobs } = await under.client.export.startTimeline({ projectId, settings: settings({}), path: out('asked.mp4'), clipIds: [] });
    await arrange(sequence);
    await jobEnd(under.client, projectId, jobs[0]?.jobId ?? '');
    expect(await media.probe(out('asked.mp4'))).toMatchObject({ frames: 12 });
  }, 60_000);

  it('tells in plain words what stands in the way', async () => {
    await arrange(sequence, clipRecord(1, 0, 4, { assetId: 'asset:00000000-0000-4000-8000-000000000000', sourceDuration: null }));
    expect((await exported(out('missing.mp4'), {}))[0]).toMatchObject({ state: 'discarded', error: { code: 'BLOB_MISSING', message: expect.stringContaining('media that the project no longer has: a file at 0:00.00') } });
    const request = { projectId, settings: settings({}), path: out('missing.mp4'), clipIds: [] };
    expect((await under.client.export.estimate(request)).missing).toEqual([{ assetId: 'asset:00000000-0000-4000-8000-000000000000', name: null, uses: 1, firstFrame: 0 }]);
    await arrange(sequence);
    await expect(under.client.export.startTimeline({ projectId, settings: settings({}), path: out('empty.mp4'), clipIds: [] })).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('nothing on this part') });
    await arrange(sequence, clipRecord(1, 0, 4, { assetId, sourceDuration: null }));
    writeFileSync(out('file'), 'x');
    expect((await exported(join(out('file'), 'inside.mp4'), {}))[0]).toMatchObject({ state: 'discarded', error: { code: 'INVALID_INPUT' } });
    expect((await exported(out('silent.wav'), { format: 'wav' }))[0]).toMatchObject({ state: 'discarded', error: { message: expect.stringContaining('no sound') } });
    expect(await under.client.export.estimate({ projectId, settings: settings({}), path: out('x.mp4'), clipIds: [] })).toMatchObject({ missingCharacters: [], freeBytes: expect.any(Number) });
    await arrange(sequence, clipRecord(1, 0, 4, { assetId, sourceDuration: null }), captionRecord(2, 0, 4, 'kana か'));
    expect(await under.client.export.estimate({ projectId, settings: settings({}), path: out('x.mp4'), clipIds: [] })).toMatchObject({ missingCharacters: ['か'] });
  }, 60_000);

  it('stops within a second and leaves nothing behind', async () => {
    await arrange({ ...sequence, width: 1280, height: 720 }, clipRecord(1, 0, 4000, { assetId, sourceDuration: null, speed: { num: 1, den: 250 } }));
    const { jobs: [started] } = await under.client.export.startTimeline({ projectId, settings: settings({}), path: out('long.mp4'), clipIds: [] });
    const jobId = started?.jobId ?? '';
    for await (const job of under.client.jobs.watch({ projectId })) if (job.id === jobId && (job.parts[1]?.step ?? 0) > 0) break;
    const asked = performance.now();
    expect(await under.client.jobs.cancel({ projectId, jobId })).toMatchObject({ state: 'cancelled' });
    expect(performance.now() - asked).toBeLessThan(1000);
    expect(readdirSync(out('')).filter((name) => name.includes('long') || name.endsWith('.part'))).toEqual([]);
  }, 60_000);

  it('hands the edit to other programs, with its media beside it', async () => {
    await arrange(sequence, clipRecord(1, 0, 8, { assetId, sourceDuration: null, crossfadeOutFrames: 2 }), clipRecord(2, 8, 6, { assetId, sourceDuration: null, speed: { num: 2, den: 1 }, scale: 0.5 }), { ...captionRecord(3, 0, 4, 'A & <B>'), kind: 'title' });
    await exported(out('edit.fcpxml'), { format: 'fcpxml' });
    const xml = readFileSync(out('edit.fcpxml'), 'utf8');
    expect(xml).toContain('<fcpxml version="1.9">');
    expect(xml).toContain('A &amp; &lt;B&gt;');
    expect(xml.match(/<asset-clip /g)).toHaveLength(2);
    await exported(out('edit.otio'), { format: 'otio' });
    const otio = JSON.parse(readFileSync(out('edit.otio'), 'utf8')) as { tracks: { children: { children: { OTIO_SCHEMA: string; media_reference?: { target_url: string }; effects?: { time_scalar: number }[] }[] }[] } };
    expect(otio.tracks.children[0]?.children.map(({ OTIO_SCHEMA }) => OTIO_SCHEMA)).toEqual(['Clip.1', 'Transition.1', 'Clip.1']);
    expect(otio.tracks.children[0]?.children[2]?.effects?.[0]?.time_scalar).toBe(2);
    const file = new URL(otio.tracks.children[0]?.children[0]?.media_reference?.target_url ?? '');
    expect(statSync(file).size).toBe(statSync(join(under.folder, 'waves.mp4')).size);
  }, 60_000);

  it('keeps presets of its own across restarts', async () => {
    const preset = { name: 'Mine', settings: settings({ format: 'webm-vp9', quality: 'small' }) };
    await under.client.export.savePreset(preset);
    under = await under.restart();
    expect((await under.client.export.presets({})).own).toEqual([preset]);
    await expect(under.client.export.savePreset({ ...preset, name: 'Web MP4' })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await under.client.export.removePreset({ name: 'Mine' })).own).toEqual([]);
    expect((await under.client.export.formats({})).formats).toEqual(expect.arrayContaining(['mp4-h264', 'otio']));
    expect(existsSync(out('never.mp4'))).toBe(false);
  });
});
