import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { createStudioPack, type StudioPack } from './harness/studio-pack.ts';
import { createProject, studioWindow } from './harness/studio-window.ts';

describe('the queue', () => {
  let pack: StudioPack;
  let studio: StudioUnderTest;
  beforeEach(async () => {
    pack = await createStudioPack();
    // A refused upload is part of these specs; the browser reports its status by itself.
    studio = await launchStudio({ packsDir: pack.packsDir, ignore: [/status of 415/] });
    await createProject(studio.page, 'Queue');
  });
  afterEach(async () => {
    await studio.close();
    await pack.remove();
  });

  test('pauses, resumes and cancels within a step', async () => {
    const { page } = studio;
    const window = studioWindow(studio);
    await page.keyboard.press('e');
    await window.prompt.pressSequentially('a red fish swims right');
    await page.getByRole('button', { name: 'Final', exact: true }).click();
    await page.keyboard.press('Control+Enter');
    await window.preview.waitFor({ timeout: 30_000 });
    await page.keyboard.press('Control+Enter');
    await page.getByRole('banner').getByRole('button', { name: 'Queue' }).getByText('2').waitFor();

    await page.keyboard.press('Escape');
    await page.keyboard.press('q');
    await window.job('running').getByRole('button', { name: 'Pause' }).click();
    await window.job('paused').waitFor({ timeout: 15_000 });
    await window.job('paused').getByRole('button', { name: 'Resume' }).waitFor();
    await studio.screenshot('queue-paused');
    // The next one has its turn meanwhile; it is cancelled before it has taken another step of its thousand.
    const running = window.job('running');
    await running.getByRole('button', { name: 'Cancel' }).click();
    await window.job('cancelled').waitFor({ timeout: 10_000 });

    await window.job('paused').getByRole('button', { name: 'Resume' }).click();
    await running.waitFor({ timeout: 15_000 });
    await page.keyboard.press('Shift+X');
    await expect.poll(() => window.job('cancelled').count(), { timeout: 10_000 }).toBe(2);
    await expect.poll(() => window.live.count()).toBe(0);
    expect(await window.clips.count()).toBe(0);
    await studio.screenshot('queue-cancelled');
  }, 90_000);

  test('explains imports that fail and keeps what can be imported', async () => {
    const { page } = studio;
    const window = studioWindow(studio);
    const picker = page.getByLabel('Choose files to import');
    await picker.setInputFiles([{ name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.from('These are words, not a film.') }]);
    await page.getByRole('alert').filter({ hasText: 'notes.mp4' }).waitFor({ timeout: 20_000 });
    await page.keyboard.press('q');
    const failed = window.job('discarded');
    await failed.getByRole('alert').waitFor();
    expect((await failed.getByRole('alert').textContent()) ?? '').toMatch(/notes\.mp4.*\./);
    await studio.screenshot('import-failed');
    await failed.getByRole('button', { name: 'Dismiss' }).click();
    await expect.poll(() => failed.count()).toBe(0);
    await page.keyboard.press('q');

    await picker.setInputFiles([{ name: 'nothing.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(0) }]);
    await page.getByRole('alert').filter({ hasText: 'nothing.mp4 is empty' }).first().waitFor();

    const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
    const media = page.getByTestId('media-drop');
    const transfer = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const dropped = new DataTransfer();
      dropped.items.add(new File([bytes], 'dot.png', { type: 'image/png' }));
      return dropped;
    }, pixel);
    await media.dispatchEvent('drop', { dataTransfer: transfer });
    await window.library.getByRole('button', { name: 'dot.png' }).waitFor({ timeout: 20_000 });
  }, 90_000);
});
