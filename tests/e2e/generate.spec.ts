import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import ffprobe from '@ffprobe-installer/ffprobe';
import { afterEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { createStudioPack, type StudioPack } from './harness/studio-pack.ts';
import { createProject, studioWindow } from './harness/studio-window.ts';

interface Probe {
  readonly streams: readonly { readonly codec_name: string; readonly pix_fmt: string; readonly nb_read_frames: string; readonly r_frame_rate: string }[];
}

async function probe(file: string): Promise<Probe> {
  const { stdout } = await promisify(execFile)(ffprobe.path, ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', file]);
  return JSON.parse(stdout) as Probe;
}

describe('from a prompt to a finished clip', () => {
  let pack: StudioPack | null = null;
  let studio: StudioUnderTest | null = null;
  afterEach(async () => {
    await studio?.close();
    await pack?.remove();
    pack = studio = null;
  });

  test('drafts, shows its keyframes, finishes, plays, scrubs and exports', async () => {
    pack = await createStudioPack();
    studio = await launchStudio({ packsDir: pack.packsDir });
    const { page, home } = studio;
    await createProject(page, 'Reef');
    const window = studioWindow(studio);
    await page.keyboard.press('e');
    await window.prompt.pressSequentially('a red fish swims right');
    await page.keyboard.press('Control+Enter');

    await window.live.waitFor();
    await window.preview.waitFor({ timeout: 30_000 });
    expect(await window.preview.getAttribute('data-frames')).toBe('8');
    await studio.screenshot('keyframes-denoising');
    await window.video.waitFor({ timeout: 30_000 });
    expect(await window.clips.count()).toBe(1);
    await studio.screenshot('draft-done');

    await page.keyboard.press('Escape');
    await window.events.first().click();
    await page.getByRole('button', { name: /^(Finish this draft|about )/ }).click();
    const standard = page.getByRole('list', { name: 'Takes of this event' }).getByRole('button', { name: /^Take, seed \d+, Standard$/ });
    await standard.waitFor({ timeout: 60_000 });
    await expect.poll(() => standard.getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => video.duration)).toBeCloseTo(29 / 8, 1);

    await page.keyboard.press('Space');
    await expect.poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => !video.paused && video.currentTime > 0.3)).toBe(true);
    await page.keyboard.press('k');
    expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
    await page.keyboard.press('Home');
    await expect.poll(window.frame).toBe(1);
    await page.keyboard.press('ArrowRight');
    await expect.poll(window.frame).toBe(2);

    const scrubber = await page.getByRole('slider', { name: 'Playhead' }).locator('..').locator('..').boundingBox();
    if (scrubber === null) throw new Error('no scrub bar');
    await page.mouse.move(scrubber.x + 5, scrubber.y + scrubber.height / 2);
    await page.mouse.down();
    await page.mouse.move(scrubber.x + scrubber.width / 2, scrubber.y + scrubber.height / 2, { steps: 5 });
    await page.mouse.up();
    await expect.poll(window.frame).toBeGreaterThan(13);
    await expect.poll(window.frame).toBeLessThan(17);
    const shown = (await window.frame()) - 1;
    await expect.poll(() => page.locator('video').evaluate((video: HTMLVideoElement) => Math.floor(video.currentTime * 8))).toBe(shown);
    await studio.screenshot('finished-clip');

    await page.locator('body').click({ position: { x: 700, y: 20 } });
    await page.keyboard.press('Control+e');
    const dialog = page.getByRole('dialog', { name: 'Export clip' });
    await dialog.waitFor();
    await studio.screenshot('export-dialog');
    const target = path.join(home.projectsFolder, 'reef.mp4');
    await dialog.getByRole('textbox', { name: 'File to write' }).fill(target);
    await dialog.getByRole('button', { name: 'Export' }).click();
    await dialog.waitFor({ state: 'detached', timeout: 20_000 });
    expect((await probe(target)).streams).toMatchObject([{ codec_name: 'h264', pix_fmt: 'yuv420p', nb_read_frames: '29', r_frame_rate: '8/1' }]);

    await page.keyboard.press('Control+e');
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download' }).click()]);
    expect(download.suggestedFilename()).toMatch(/\.mp4$/);
    expect((await probe(await download.path())).streams).toMatchObject([{ codec_name: 'h264', nb_read_frames: '29' }]);

    const draft = page.getByRole('list', { name: 'Takes of this event' }).getByRole('button', { name: /^Take, seed \d+, Draft$/ });
    await draft.click();
    await expect.poll(() => draft.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Control+z');
    await expect.poll(() => standard.getAttribute('aria-pressed')).toBe('true');
  }, 120_000);

  const embedded = path.resolve(import.meta.dirname, '../../models/motif-mini/model_index.json');
  test.skipIf(!existsSync(embedded))('drafts with the pack that comes with the studio', async () => {
    const { output } = JSON.parse(readFileSync(embedded, 'utf8')) as { output: { keyframes: number } };
    studio = await launchStudio();
    const { page } = studio;
    await createProject(page, 'Reef');
    const window = studioWindow(studio);
    await page.keyboard.press('e');
    await window.prompt.pressSequentially('a red fish swims right in the sea');
    await page.keyboard.press('Control+Enter');
    await window.preview.waitFor({ timeout: 60_000 });
    expect(await window.preview.getAttribute('data-frames')).toBe(String(output.keyframes));
    await window.video.waitFor({ timeout: 120_000 });
    await studio.screenshot('embedded-draft');
  }, 180_000);
});
