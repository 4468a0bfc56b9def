import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg, type FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { FILM_RATE, makeFilm, type Film } from '../compose/three-track-film.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { compareFrame, exportFilm, scattered, scrubTo, watchPlayback } from './pages/composed-proof.ts';
import { openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** The viewer against the export of the same film; `npm run bench -- viewer` is the long form. */
describe('the viewer beside the export', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  let folder: string;
  let film: Film;
  let binaries: FfmpegBinaries;
  let exported: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'motif-film-'));
    packs = await makeTestPacks();
    binaries = await findFfmpeg();
    film = await makeFilm(createMedia(), binaries, folder, { seconds: 4, width: 1280, height: 720 });
    studio = await launchStudio({ packsDir: packs.dir, prepare: projectWith('Film', film.fill) });
    exported = await exportFilm(studio.home, 'Film');
    await openPrepared(studio, 'Film');
    await new StudioWindow(studio.page).leaveFields();
    await studio.page.getByTestId('composed').waitFor();
  });
  afterAll(async () => {
    // Making the film may have failed before there was a studio.
    await (studio as StudioUnderTest | undefined)?.close();
    await packs.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test('shows what the export holds, at any time', async () => {
    const dB: number[] = [];
    // One of them lies in the dissolve.
    for (const frame of [...scattered(film, 6), film.frames / 2 + 3]) dB.push(await compareFrame(studio.page, binaries, exported, frame));
    await studio.screenshot('viewer-proof');
    process.stdout.write(`viewer against export: ${dB.map((value) => value.toFixed(1)).join(', ')} dB\n`);
    expect(Math.min(...dB)).toBeGreaterThan(40);
  });

  test('keeps sound and picture together, in a size that keeps up, and is whole where it stops', async () => {
    const { page } = studio;
    await scrubTo(page, 0);
    await page.keyboard.press('Space');
    const { apart, shown, passed, looksPerSecond, shrink } = await watchPlayback(page, 2);
    await page.keyboard.press('Space');
    const sorted = apart.map(Math.abs).sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1] ?? Infinity;
    process.stdout.write(`sound against picture: median ${median.toFixed(2)} frames of ${apart.length} looks; ${shown} of ${passed} frames seen at 1/${shrink}, ${looksPerSecond.toFixed(0)} looks a second\n`);
    // A window that itself is drawn less often than the film has frames can show no more than that: then only what it comes to rest on is judged.
    if (looksPerSecond >= FILM_RATE) {
      expect(apart.length).toBeGreaterThan(10);
      expect(median).toBeLessThanOrEqual(1);
      expect(shown).toBeGreaterThan(8);
    }
    const canvas = page.getByTestId('composed');
    await expect.poll(() => canvas.getAttribute('data-shrink')).toBe('1');
    expect(await canvas.evaluate((element: HTMLCanvasElement) => element.width)).toBe(film.width);
  });

  test('plays in the size that was chosen', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: /^Picture size while playing/u }).click();
    await studio.screenshot('viewer-quality');
    await page.getByRole('menuitemradio', { name: 'Quarter' }).click();
    await new StudioWindow(page).leaveFields();
    await scrubTo(page, 0);
    await page.keyboard.press('Space');
    const canvas = page.getByTestId('composed');
    await expect.poll(() => canvas.getAttribute('data-shrink')).toBe('4');
    expect(await canvas.evaluate((element: HTMLCanvasElement) => element.width)).toBe(film.width / 4);
    await studio.screenshot('viewer-quarter');
    await page.keyboard.press('Space');
    await expect.poll(() => canvas.getAttribute('data-shrink')).toBe('1');
  });
});
