import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

describe('importing', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    // A refused upload is part of this; the browser reports its status by itself.
    studio = await launchStudio({ packsDir: packs.dir, ignore: [/status of 415/] });
    await new StudioWindow(studio.page).createProject('Import');
  });
  afterEach(() => studio.close());

  test('explains imports that fail and keeps what can be imported', async () => {
    const { page } = studio;
    const picker = page.getByLabel('Choose files to import');
    await picker.setInputFiles([{ name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.from('These are words, not a film.') }]);
    await page.getByRole('alert').filter({ hasText: 'notes.mp4' }).waitFor({ timeout: 20_000 });
    await page.keyboard.press('q');
    const failed = page.locator('[data-job][data-state=discarded]');
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
    await page.getByRole('list', { name: 'Media', exact: true }).getByRole('button', { name: 'dot.png', exact: true }).waitFor({ timeout: 20_000 });
  }, 90_000);
});
