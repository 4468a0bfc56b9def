import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { hasEmbeddedPack, makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** The whole way: words, keyframes, a finished clip, playing it, a file. With the embedded pack where it is, else a tiny one. */
describe('from a prompt to a file', () => {
  let studio: StudioUnderTest | null = null;
  let packs: TestPacks | null = null;
  afterEach(async () => {
    await studio?.close();
    await packs?.remove();
  });

  test('types a prompt, sees keyframes, finishes the draft, plays, scrubs and downloads it', { timeout: 900_000 }, async () => {
    packs = hasEmbeddedPack ? null : await makeTestPacks({ keyframeSteps: 40 });
    studio = await launchStudio(packs ? { packsDir: packs.dir } : {});
    const { page } = studio;
    const window = new StudioWindow(page);
    await window.createProject('Sea study');
    await page.getByText('What should happen?').waitFor();
    await studio.screenshot('empty-project');

    await window.typePrompt('a red fish swims right in the sea');
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.preview.waitFor({ state: 'visible', timeout: 120_000 });
    expect(Number(await window.preview.getAttribute('data-frames'))).toBeGreaterThan(1);
    const live = page.getByRole('group', { name: 'Making the clip' });
    expect(await live.getByRole('listitem').first().getAttribute('data-part')).toBe('keyframes');
    await studio.screenshot('keyframes-while-denoising');

    await window.takes.first().waitFor({ timeout: 300_000 });
    expect(await window.takes.count()).toBe(1);
    await studio.screenshot('draft-take');

    // With little memory allowed, the plan says what will be done, and the clip is finished so.
    if (hasEmbeddedPack) {
      await page.keyboard.press('ControlOrMeta+Shift+P');
      await page.getByRole('dialog', { name: 'Commands' }).waitFor();
      await page.keyboard.type('sett');
      await page.keyboard.press('Enter');
      const settings = page.getByRole('dialog', { name: 'Settings' });
      await settings.getByRole('combobox', { name: 'Memory for the models' }).click();
      await page.getByRole('option', { name: '1.0 GB', exact: true }).click();
      await studio.screenshot('settings-memory');
      await settings.getByRole('button', { name: 'Close' }).click();
      await settings.waitFor({ state: 'detached' });
      await window.inspector.getByRole('button', { name: /^Standard/ }).click();
      await window.inspector.getByText(/will run in 4 tiles/).waitFor({ timeout: 60_000 });
      await studio.screenshot('tiles-ahead');
    }

    await window.inspector.getByRole('button', { name: /^Finish this draft/ }).click();
    const finishing = live.locator('[data-part="keyframes"]');
    await finishing.waitFor({ timeout: 60_000 });
    await expect.poll(() => finishing.getAttribute('data-state'), { timeout: 60_000 }).toBe('cached');
    await window.takes.nth(1).waitFor({ timeout: 600_000 });
    const newest = window.takes.first();
    expect(await newest.getAttribute('aria-label')).toMatch(/Standard$/);
    await expect.poll(() => newest.getAttribute('aria-pressed')).toBe('true');
    await studio.screenshot('finished-take');
    // A clip that was made in tiles is the clip that was asked for.
    if (hasEmbeddedPack) await window.inspector.getByRole('button', { name: /^Standard\s*already made$/ }).waitFor();

    await expect.poll(() => window.shownFrame()).toBeGreaterThanOrEqual(0);
    await window.leaveFields();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await expect.poll(() => window.playhead(), { timeout: 10_000 }).toBeGreaterThan(2);
    await expect.poll(() => window.shownFrame()).toBeGreaterThan(0);
    await page.keyboard.press('Space');
    const scrub = page.getByRole('slider', { name: 'Playhead' });
    await page.keyboard.press('Home');
    expect(await window.playhead()).toBe(0);
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight');
    expect(await window.playhead()).toBe(3);
    expect(await page.getByTestId('frame').textContent()).toContain('Frame 4 of');
    await expect.poll(() => window.shownFrame()).toBe(3);
    const bar = await scrub.locator('xpath=ancestor::span[contains(@class,"MuiSlider-root")]').boundingBox();
    if (!bar) throw new Error('the scrub bar is not on the screen');
    await page.mouse.click(bar.x + bar.width * 0.75, bar.y + bar.height / 2);
    expect(await window.playhead()).toBeGreaterThan(3);

    await page.keyboard.press('ControlOrMeta+E');
    const dialog = page.getByRole('dialog', { name: 'Export clip' });
    await dialog.waitFor();
    await studio.screenshot('export');
    if (studio.kind === 'node') {
      const downloading = page.waitForEvent('download');
      await dialog.getByRole('button', { name: 'Download' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/\.mp4$/);
      const bytes = await readFile(await download.path());
      expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
      await page.keyboard.press('ControlOrMeta+E');
    }
    const file = `${studio.home.projectsFolder}/fish.mp4`;
    await dialog.getByRole('textbox', { name: 'File to write' }).fill('fish.mp4');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('textbox', { name: 'File to write' }).inputValue()).toBe('fish.mp4');
    await dialog.getByRole('textbox', { name: 'File to write' }).fill(file);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.waitFor({ state: 'detached', timeout: 60_000 });
    expect((await readFile(file)).subarray(4, 8).toString('latin1')).toBe('ftyp');
  });
});
