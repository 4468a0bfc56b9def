/**
 * What the viewer draws in Chromium against the export of the same 60 s, 1080p, three-track timeline: frames, sound, and how soon a moved
 * playhead is seen. `MOTIF_SECONDS` for another length. Writes test-results/bench-viewer.json.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { makeFilm } from '../compose/three-track-film.ts';
import { launchStudio } from '../e2e/harness/launch-studio.ts';
import { compareFrame, exportFilm, scattered, scrubTo, watchPlayback, wholeFrame } from '../e2e/pages/composed-proof.ts';
import { openPrepared, projectWith } from '../e2e/pages/prepared-project.ts';
import { StudioWindow } from '../e2e/pages/studio-window.ts';
import { describeMachine, median } from './machine.ts';

const share = (values: readonly number[], holds: (value: number) => boolean): number => values.filter(holds).length / Math.max(1, values.length);

test('the viewer against the export', async () => {
  const seconds = Number(process.env['MOTIF_SECONDS'] ?? 60);
  const folder = mkdtempSync(join(tmpdir(), 'motif-film-'));
  const binaries = await findFfmpeg();
  const film = await makeFilm(createMedia(), binaries, folder, { seconds, width: 1920, height: 1080 });
  const studio = await launchStudio({ prepare: projectWith('Film', film.fill) });
  try {
    const { page } = studio;
    const exported = await exportFilm(studio.home, 'Film');
    await openPrepared(studio, 'Film');
    await new StudioWindow(page).leaveFields();
    await page.getByTestId('composed').waitFor();

    const frames = scattered(film, 10);
    const dB: { frame: number; dB: number }[] = [];
    for (const frame of frames) dB.push({ frame, dB: Number((await compareFrame(page, binaries, exported, frame)).toFixed(1)) });

    const uncached: number[] = [];
    const whole: number[] = [];
    for (const frame of scattered(film, 15, 0.11)) {
      const seenMs = await scrubTo(page, frame);
      uncached.push(seenMs);
      whole.push(seenMs + (await wholeFrame(page)));
    }
    // Clips that came late have stand-ins some time after: both of the film's own size do.
    const canvas = page.getByTestId('composed');
    const began = performance.now();
    while (Number(await canvas.getAttribute('data-stand-ins')) < 2 && performance.now() - began < 240_000) await new Promise((resolve) => setTimeout(resolve, 500));
    const standIns = Number(await canvas.getAttribute('data-stand-ins'));
    const standInSeconds = (performance.now() - began) / 1000;
    const besides: number[] = [];
    for (const frame of scattered(film, 15, 0.23)) besides.push(await scrubTo(page, frame));
    const near = Math.floor(film.frames / 3);
    for (let step = 0; step < 6; step += 1) await scrubTo(page, near + step);
    const cached: number[] = [];
    for (let round = 0; round < 3; round += 1) for (const step of [3, 1, 4, 0, 5, 2]) cached.push(await scrubTo(page, near + step));

    await scrubTo(page, 0);
    await page.keyboard.press('Space');
    const { apart, shown, passed, looksPerSecond, shrink } = await watchPlayback(page, Math.min(10, seconds / 2));
    await page.keyboard.press('Space');

    const report = { machine: describeMachine(), seconds, dB, scrub: { uncachedMs: median(uncached), wholeMs: median(whole), standInMs: median(besides), standIns, standInSeconds, cachedMs: median(cached), uncached, whole, besides, cached }, sound: { within: share(apart, (frames_) => Math.abs(frames_) <= 1), worst: Math.max(...apart.map(Math.abs)), samples: apart.length }, playback: { shown, passed, looksPerSecond, shrink } };
    process.stdout.write(`${report.machine}\nframes in dB: ${JSON.stringify(dB)}\nscrub: cached ${report.scrub.cachedMs.toFixed(0)} ms, uncached ${report.scrub.uncachedMs.toFixed(0)} ms (whole after ${report.scrub.wholeMs.toFixed(0)} ms), with ${standIns} stand-ins, made in ${standInSeconds.toFixed(0)} s, ${report.scrub.standInMs.toFixed(0)} ms\nsound within a frame: ${(100 * report.sound.within).toFixed(1)} % of ${apart.length} looks, worst ${report.sound.worst.toFixed(2)} frames\nplayback: ${shown} of ${passed} frames seen, at 1/${shrink} of the size, ${looksPerSecond.toFixed(0)} looks a second\n`);
    mkdirSync('test-results', { recursive: true });
    writeFileSync('test-results/bench-viewer.json', JSON.stringify(report, null, 2));
    await studio.screenshot('bench-viewer');
    expect(Math.min(...dB.map((each) => each.dB))).toBeGreaterThan(40);
  } finally {
    await studio.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
