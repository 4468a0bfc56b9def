import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { diffRecords } from '../../src-shared/timeline/diff.ts';
import { DEFAULT_SEQUENCE } from '../../src-shared/timeline/document.ts';
import { captionRecord, clipRecord, documentOf } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import type { TemporaryHome } from './harness/temporary-home.ts';
import { ExportPages } from './pages/export-pages.ts';
import { openPrepared } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';

const LOST = 'asset:00000000-0000-4000-8000-00000000dead';
const SEQUENCE = { ...DEFAULT_SEQUENCE, width: 320, height: 180 };

/** The timeline as files, as a person makes them. The sequence runs at 8 frames a second. */
describe('exporting the timeline', () => {
  const media = createMedia();
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let pages: ExportPages;
  let clips: TestClips;
  let out: string;

  /** A project with the orange square on its timeline: two clips, a caption, and a clip of a file that is gone. */
  const prepare = async (home: TemporaryHome): Promise<void> => {
    const store = openProjectStore(join(home.projectsFolder, 'Film.motif'), { create: { name: 'Film' } });
    const writer = store.assets.beginWrite({ kind: 'video', name: 'red_fish.mp4', mimeType: 'video/mp4', origin: 'imported' });
    writer.write(readFileSync(clips.moving));
    const info = await media.probe(clips.moving);
    const { id: assetId } = writer.finish({ width: info.width, height: info.height, frames: info.frames, frameRate: info.frameRate, durationMs: info.durationMs, hasAudio: false });
    const document = documentOf(SEQUENCE, clipRecord(1, 0, 12, { assetId, sourceDuration: null }), clipRecord(2, 12, 12, { assetId, sourceDuration: null, scale: 0.5 }), captionRecord(3, 4, 8, 'What is said'));
    store.timeline.apply(0, 'made', diffRecords({ 'sequence:main': DEFAULT_SEQUENCE }, document));
    store.close();
  };

  /** Edits the project file itself, while nobody has it open. */
  const arrange = (home: TemporaryHome, change: (store: ReturnType<typeof openProjectStore>) => void): void => {
    const store = openProjectStore(join(home.projectsFolder, 'Film.motif'));
    change(store);
    store.close();
  };

  const launch = async (more: (home: TemporaryHome) => void = () => undefined) => {
    studio = await launchStudio({ viewport: { width: 1280, height: 960 }, prepare: async (home) => {
      await prepare(home);
      more(home);
    } });
    window = new StudioWindow(studio.page);
    pages = new ExportPages(studio.page);
    out = join(studio.home.projectsFolder, 'out');
    mkdirSync(out);
    await openPrepared(studio, 'Film');
  };

  beforeAll(async () => {
    clips = await makeTestClips();
  });
  afterAll(() => clips.remove());
  afterEach(() => studio.close());

  describe('with all media there', () => {
    beforeEach(() => launch());

    test('from the menu: format, size, captions, a name with tokens; the forecast says what comes, and it comes', async () => {
      const { page } = studio;
      await pages.openFromMenu();
      await pages.choose('Format', 'WebM (VP9)');
      await expect.poll(() => pages.path.inputValue()).toMatch(/\{project\}\.webm$/);
      await pages.choose('Picture height', '240');
      await pages.choose('Quality', 'Small file');
      await pages.choose('Captions', 'In a file beside it (SRT)');
      await pages.path.fill(join(out, '{project}-{resolution}.webm'));
      await expect.poll(() => pages.forecast.textContent()).toMatch(/426 × 240 · 24 frames.*about .*film-426x240\.webm.*free/);
      await studio.screenshot('export-dialog');
      await pages.begin();
      await page.getByRole('status').filter({ hasText: 'Exported to' }).waitFor({ timeout: 60_000 });
      await expect.poll(() => pages.dialog.count()).toBe(0);
      const file = join(out, 'film-426x240.webm');
      expect(await media.probe(file)).toMatchObject({ codec: 'vp9', width: 426, height: 240, frames: 24 });
      expect(readFileSync(join(out, 'film-426x240.srt'), 'utf8')).toContain('What is said');
      expect(readdirSync(out).sort()).toEqual(['film-426x240.srt', 'film-426x240.webm']);

      // What was chosen last comes back, and what is there already is named.
      await page.keyboard.press('Control+Alt+E');
      await pages.settled();
      await expect.poll(() => pages.chosen('Format')).toBe('WebM (VP9)');
      await pages.path.fill(join(out, '{project}-{resolution}.webm'));
      await pages.dialog.getByText('Replaces film-426x240.webm').waitFor();
      await page.keyboard.press('Escape');
      await expect.poll(() => pages.dialog.count()).toBe(0);
    });

    test('presets, the marked range and selected clips', async () => {
      const { page } = studio;
      await page.locator('[data-item^="clip:"]').nth(1).click();
      await page.keyboard.press('Control+Alt+E');
      await pages.settled();
      await pages.choose('Preset', 'GIF');
      await expect.poll(() => pages.chosen('Format')).toBe('GIF');
      await pages.choose('Picture height', '240');
      await expect.poll(() => pages.chosen('Preset')).toBe('Custom');
      await pages.dialog.getByRole('button', { name: 'Save as preset' }).click();
      await page.getByRole('textbox', { name: 'Name of the preset' }).fill('Small loop');
      await page.getByRole('dialog', { name: 'Save as preset' }).getByRole('button', { name: 'Save as preset' }).click();
      await expect.poll(() => pages.chosen('Preset')).toBe('Small loop');
      await pages.choose('What to export', 'Selected clips, each to a file of its own');
      await pages.path.fill(join(out, 'clip-{n}.gif'));
      await expect.poll(() => pages.forecast.textContent()).toMatch(/12 frames/);
      await studio.screenshot('export-clips');
      await pages.begin();
      await expect.poll(() => pages.dialog.count(), { timeout: 60_000 }).toBe(0);
      expect(readdirSync(out)).toHaveLength(1);
      const [gif] = readdirSync(out);
      expect(await media.probe(join(out, gif ?? ''))).toMatchObject({ container: 'gif', frames: 12, height: 240 });

      await page.keyboard.press('Control+Alt+E');
      await pages.settled();
      // It leaves in a file, is deleted, and comes back from the file.
      const presetMenu = async (line: string) => {
        await pages.dialog.getByRole('button', { name: 'More about presets' }).click();
        await page.getByRole('menuitem', { name: line }).click();
      };
      const saved = page.waitForEvent('download');
      await presetMenu('Save my presets to a file…');
      const file = join(out, 'presets.json');
      await (await saved).saveAs(file);
      await pages.dialog.getByRole('button', { name: 'Delete the preset Small loop' }).click();
      await expect.poll(() => pages.chosen('Preset')).toBe('Custom');
      const chooser = page.waitForEvent('filechooser');
      await presetMenu('Bring presets from a file…');
      await (await chooser).setFiles(file);
      await expect.poll(() => pages.chosen('Preset')).toBe('Small loop');
      rmSync(file);
      await page.keyboard.press('Escape');
    });

    test('an error keeps every value and says in plain words what to do; the second try works', async () => {
      const { page } = studio;
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await pages.openFromMenu();
      writeFileSync(join(out, 'taken'), 'a file, not a folder');
      await pages.choose('Format', 'MP4 (H.264)');
      await pages.choose('Quality', 'Medium');
      await pages.path.fill(join(out, 'taken', 'film.mp4'));
      await pages.begin();
      await pages.problem.waitFor({ timeout: 30_000 });
      expect(await pages.problem.textContent()).toMatch(/taken.*(is not a place for a file|cannot be written).*Choose another/);
      await studio.screenshot('export-error');
      expect(await pages.chosen('Quality')).toBe('Medium');
      expect(await pages.path.inputValue()).toBe(join(out, 'taken', 'film.mp4'));
      await pages.problem.getByRole('button', { name: 'Copy details' }).click();
      const copied = () => page.evaluate(() => navigator.clipboard.readText());
      await expect.poll(copied).toMatch(/Choose another[\s\S]*"format":"mp4-h264"/);
      expect(await copied()).toContain(`\nffmpeg ${(await findFfmpeg()).version}\n`);
      await pages.path.fill(join(out, 'film.mp4'));
      await pages.begin();
      await expect.poll(() => existsSync(join(out, 'film.mp4')), { timeout: 60_000 }).toBe(true);
      await expect.poll(() => pages.dialog.count()).toBe(0);
      expect(await media.probe(join(out, 'film.mp4'))).toMatchObject({ codec: 'h264', frames: 24, width: 320, height: 180 });
    });
  });

  test('shows progress and remaining time, goes on behind the window, and is cancelled within a second without a trace', async () => {
    await launch((home) => arrange(home, (store) => {
      const { document } = store.timeline.get();
      const [clip] = Object.values(document.records).filter(({ type }) => type === 'clip');
      if (clip?.type !== 'clip') throw new Error('no clip');
      const { revision, records } = document;
      // Eight minutes of full HD: nobody waits for its end here.
      const long = { ...clip, startFrame: 24, durationFrames: 4000, id: 'clip:00000000-0000-4000-8000-000000000009', speed: { num: 1, den: 500 }, opacity: 0.9 };
      store.timeline.apply(revision, 'long', diffRecords(records, { ...records, [long.id]: long, 'sequence:main': { ...SEQUENCE, width: 1920, height: 1080 } }));
    }));
    const { page } = studio;
    await pages.openFromMenu();
    await pages.choose('Preset', 'Web MP4');
    await pages.path.fill(join(out, 'long.mp4'));
    await pages.begin();
    await expect.poll(() => pages.progress.textContent(), { timeout: 60_000 }).toMatch(/Frame [1-9]\d* of 4024 · .* left/);
    await studio.screenshot('export-progress');
    await pages.dialog.getByRole('button', { name: 'Hide' }).click();
    await expect.poll(() => pages.dialog.count()).toBe(0);
    await page.keyboard.press('q');
    await window.queue.getByRole('button', { name: 'Cancel' }).first().waitFor();
    await studio.screenshot('export-hidden');
    await window.queue.getByRole('button', { name: 'Cancel' }).first().click();
    await page.locator('[data-job][data-state=cancelled]').waitFor();
    expect(readdirSync(out)).toEqual([]);
    await page.keyboard.press('q');

    await pages.openFromMenu();
    await pages.path.fill(join(out, 'again.mp4'));
    await pages.begin();
    await expect.poll(() => pages.progress.textContent(), { timeout: 60_000 }).toMatch(/Frame [1-9]/);
    const began = performance.now();
    await pages.dialog.getByRole('button', { name: 'Cancel export' }).click();
    await page.getByText('The export was cancelled. Nothing was written.').waitFor();
    expect(performance.now() - began).toBeLessThan(2500);
    await expect.poll(() => pages.dialog.getByRole('button', { name: 'Export', exact: true }).isEnabled()).toBe(true);
    expect(await pages.path.inputValue()).toBe(join(out, 'again.mp4'));
    expect(readdirSync(out)).toEqual([]);
  });

  test('a damaged clip is named, with what helps, and every value stays', async () => {
    await launch((home) => arrange(home, (store) => {
      const writer = store.assets.beginWrite({ kind: 'video', name: 'broken holiday.mp4', mimeType: 'video/mp4', origin: 'imported' });
      writer.write(Buffer.concat([readFileSync(clips.moving).subarray(0, 64), Buffer.alloc(4000, 7)]));
      const { id } = writer.finish({ width: 320, height: 180, frames: 24, frameRate: { num: 8, den: 1 }, durationMs: 3000, hasAudio: false });
      const { revision, records } = store.timeline.get().document;
      const broken = clipRecord(4, 24, 8, { assetId: id, sourceDuration: null });
      store.timeline.apply(revision, 'broken', diffRecords(records, { ...records, [broken.id]: broken }));
    }));
    await pages.openFromMenu();
    await pages.choose('Preset', 'ProRes 422 HQ');
    await pages.path.fill(join(out, 'broken.mov'));
    await pages.begin();
    await pages.problem.waitFor({ timeout: 30_000 });
    expect(await pages.problem.textContent()).toMatch(/broken holiday\.mp4 is (cut off|damaged).*(fetch it again|convert it)/);
    expect([await pages.chosen('Format'), await pages.path.inputValue()]).toEqual(['ProRes 422 HQ', join(out, 'broken.mov')]);
    expect(readdirSync(out)).toEqual([]);
    await studio.screenshot('export-damaged');
  });

  test('names what is missing, and exports with a placeholder or without it', async () => {
    await launch((home) => arrange(home, (store) => {
      const { revision, records } = store.timeline.get().document;
      const gone = clipRecord(4, 24, 8, { assetId: LOST, sourceDuration: null });
      store.timeline.apply(revision, 'gone', diffRecords(records, { ...records, [gone.id]: gone }));
    }));
    const { page } = studio;
    await pages.openFromMenu();
    await pages.choose('Preset', 'Web MP4');
    await pages.path.fill(join(out, 'with.mp4'));
    await pages.missing.waitFor();
    expect(await pages.missing.textContent()).toMatch(/no longer in the project.*at 0:03\.00/);
    await studio.screenshot('export-missing');
    await pages.begin();
    await expect.poll(() => existsSync(join(out, 'with.mp4')), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => pages.dialog.count()).toBe(0);
    const { ffmpeg } = await findFfmpeg();
    const frame = join(out, 'frame.png');
    execFileSync(ffmpeg, ['-v', 'error', '-ss', '3.4', '-i', join(out, 'with.mp4'), '-frames:v', '1', '-y', frame]);
    mkdirSync('test-results/screens', { recursive: true });
    writeFileSync('test-results/screens/export-placeholder-frame.png', readFileSync(frame));
    rmSync(frame);
    const levels = async (path: string, startFrame: number) => {
      for await (const rgb of media.decodeFrames(path, { width: 32, height: 18, startFrame, frames: 1 })) return Math.max(...rgb);
      return -1;
    };
    expect(await levels(join(out, 'with.mp4'), 28)).toBeGreaterThan(40);

    await page.keyboard.press('Control+Alt+E');
    await pages.settled();
    await pages.choose('In their place', 'Nothing: leave them out');
    await pages.path.fill(join(out, 'without.mp4'));
    await pages.begin();
    await expect.poll(() => existsSync(join(out, 'without.mp4')), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => pages.dialog.count()).toBe(0);
    // Its time is over too: the rest of the timeline ends before.
    expect(await media.probe(join(out, 'without.mp4'))).toMatchObject({ frames: 24 });
  });
});
