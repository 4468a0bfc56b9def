import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFfmpeg, type FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { makeFilm, type Film } from '../compose/three-track-film.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { compareFrame, exportFilm, scattered, soundAgainstPicture, scrubTo } from './pages/composed-proof.ts';
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
    // 40 is wanted and not reached yet (docs/viewer.md): this holds what is.
    expect(Math.min(...dB)).toBeGreaterThan(33);
  });

  test('keeps sound and picture together', async () => {
    await scrubTo(studio.page, 0);
    await studio.page.keyboard.press('Space');
    const { apart } = await soundAgainstPicture(studio.page, 3);
    await studio.page.keyboard.press('Space');
    expect(apart.length).toBeGreaterThan(10);
    const sorted = apart.map(Math.abs).sort((a, b) => a - b);
    process.stdout.write(`sound against picture: median ${sorted[sorted.length >> 1]!.toFixed(2)}, p90 ${sorted[Math.floor(sorted.length * 0.9)]!.toFixed(2)} frames\n`);
    expect(sorted[sorted.length >> 1]!).toBeLessThanOrEqual(1);
  });
});
