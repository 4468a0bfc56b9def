import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findFfmpeg } from '../../src-main/media/find-ffmpeg.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const run = promisify(execFile);

/** Filmstrips, waveforms, and stand-ins for what a browser cannot decode. */
describe('previews of media', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let packs: TestPacks;
  let folder: string;
  beforeAll(async () => {
    packs = await makeTestPacks();
    folder = mkdtempSync(join(tmpdir(), 'motif-previews-'));
    const { ffmpeg } = await findFfmpeg();
    const picture = ['-f', 'lavfi', '-i', "color=c=0x203040:s=640x360:d=3:r=24[back];color=c=0xf09a3c:s=120x120:d=3:r=24[square];[back][square]overlay=x='t*180':y=120"];
    await run(ffmpeg, ['-v', 'error', ...picture, '-f', 'lavfi', '-i', 'sine=f=330:d=3', '-c:v', 'prores_ks', '-profile:v', '2', '-c:a', 'pcm_s16le', '-y', join(folder, 'master.mov')]);
    // Lime where nothing is to be seen of it.
    const clear = ['-f', 'lavfi', '-i', 'color=c=0x00ff00:s=640x360:d=2:r=24', '-f', 'lavfi', '-i', 'color=c=black:s=640x360:d=2:r=24,drawbox=x=0:y=120:w=120:h=120:color=white:t=fill,format=gray'];
    await run(ffmpeg, ['-v', 'error', ...clear, '-filter_complex', '[0:v][1:v]alphamerge', '-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le', '-y', join(folder, 'clear.mov')]);
    await run(ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', "sine=f=220:d=4,volume='0.1+0.2*t':eval=frame", '-y', join(folder, 'tone.wav')]);
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await packs.remove();
  });
  beforeEach(async () => {
    // Before its stand-in is there, the page tries the clip itself.
    studio = await launchStudio({ packsDir: packs.dir, ignore: [/decode|DEMUXER|media/iu] });
    window = new StudioWindow(studio.page);
    await window.createProject('Previews');
    await studio.page.getByLabel('Choose files to import').setInputFiles([join(folder, 'master.mov'), join(folder, 'tone.wav')]);
  });
  afterEach(() => studio.close());

  test('are made once and shown on cards and clips; a stand-in plays what the page cannot decode', async () => {
    const { page } = studio;
    const { library } = window;
    const clip = library.getByRole('button', { name: 'master.mov', exact: true });
    await clip.waitFor({ timeout: 30_000 });
    await library.getByTestId('waveform').waitFor({ timeout: 30_000 });
    await expect.poll(async () => {
      // Cards move up when what was on its way in has arrived.
      const box = (await clip.boundingBox())!;
      await page.mouse.move(box.x + 20, box.y + 20);
      await page.mouse.move(box.x + box.width - 20, box.y + 20);
      return library.getByTestId('hover-scrub').first().getAttribute('data-tile', { timeout: 1_000 }).catch(() => null);
    }, { timeout: 30_000 }).not.toBeNull();
    await studio.screenshot('previews-card');

    await clip.click();
    await page.keyboard.press(',');
    await page.locator('.source b').first().waitFor({ timeout: 30_000 });
    await page.getByTestId('composed').waitFor();
    await window.leaveFields();
    await page.keyboard.press('Home');
    // Its stand-in comes by itself; then the canvas shows the square where it is.
    const orange = () => page.getByTestId('composed').evaluate((canvas: HTMLCanvasElement) => {
      const [r = 0, g = 0, b = 0] = canvas.getContext('2d')!.getImageData(Math.round(canvas.width * 0.09), Math.round(canvas.height / 2), 1, 1).data;
      return r > 180 && g > 100 && b < 110;
    });
    await expect.poll(orange, { timeout: 60_000 }).toBe(true);
    await studio.screenshot('previews-timeline');
  }, 180_000);

  test('keep their transparency in stand-ins', async () => {
    const { page } = studio;
    await page.getByLabel('Choose files to import').setInputFiles([join(folder, 'clear.mov')]);
    await window.library.getByRole('button', { name: 'clear.mov', exact: true }).click({ timeout: 30_000 });
    await page.keyboard.press(',');
    await page.locator('.source b').first().waitFor({ timeout: 30_000 });
    await page.getByTestId('composed').waitFor();
    await window.leaveFields();
    await page.keyboard.press('Home');
    /** Green at a place, in shares of the canvas. */
    const greenAt = (x: number, y: number) => page.getByTestId('composed').evaluate((canvas: HTMLCanvasElement, [left, top]) => canvas.getContext('2d')!.getImageData(Math.round(canvas.width * left!), Math.round(canvas.height * top!), 1, 1).data[1]!, [x, y]);
    await expect.poll(() => greenAt(0.09, 0.5), { timeout: 60_000 }).toBeGreaterThan(200);
    expect(await greenAt(0.7, 0.5)).toBeLessThan(8);
    await studio.screenshot('previews-clear');
  }, 180_000);
});
