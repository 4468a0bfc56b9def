import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const STYLES = [{ name: 'Blue', prompt: 'blue bird' }, { name: 'Red', prompt: 'red fish' }];

describe('footage', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  let clips: TestClips;
  const setRestyling = async (restyling: object | undefined) => {
    const file = path.join(packs.dir, 'tiny', 'model_index.json');
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), restyling }));
  };
  beforeAll(async () => {
    [packs, clips] = await Promise.all([makeTestPacks(), makeTestClips()]);
  });
  afterAll(async () => {
    await packs.remove();
    await clips.remove();
  });
  beforeEach(async () => {
    await setRestyling({ styles: STYLES, numInferenceSteps: 2 });
    studio = await launchStudio({ packsDir: packs.dir });
    const window = new StudioWindow(studio.page);
    await window.createProject('Footage');
    await window.importMedia(clips.moving);
  });
  afterEach(() => studio.close());

  test('is restyled: a frame ahead of the run, with the looks of the gallery, and a new clip of the library', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'red_fish.mp4', exact: true }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Restyle…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restyle a clip' });
    const wipe = dialog.getByTestId('wipe');
    await expect.poll(() => wipe.getAttribute('data-current'), { timeout: 60_000 }).toBe('true');
    expect(await dialog.getByRole('textbox', { name: 'Style', exact: true }).inputValue()).toBe('blue bird');
    const looks = dialog.getByRole('list', { name: 'Styles of this pack' }).getByRole('button');
    await expect.poll(() => looks.evaluateAll((cards) => cards.map((card) => card.getAttribute('data-drawn'))), { timeout: 60_000 }).toEqual(['true', 'true']);
    expect(await dialog.getByTestId('restyle-cost').textContent()).toMatch(/^24 frames/);

    await looks.nth(1).click();
    expect(await looks.nth(1).getAttribute('aria-pressed')).toBe('true');
    await expect.poll(() => wipe.getAttribute('data-current')).toBe('false');
    await expect.poll(() => wipe.getAttribute('data-current'), { timeout: 60_000 }).toBe('true');
    const line = dialog.getByRole('slider', { name: 'Line between before and after' });
    await line.focus();
    await page.keyboard.press('Home');
    expect(await line.getAttribute('aria-valuetext')).toBe('0 % before');
    await line.fill('40');
    await studio.screenshot('restyle');

    await dialog.getByRole('textbox', { name: 'Style', exact: true }).fill('green boat');
    await dialog.getByText('was not trained on this style').waitFor();
    await dialog.getByRole('button', { name: 'Another style for a part' }).click();
    await dialog.getByRole('textbox', { name: 'Style of part 1' }).fill('red fish');
    await studio.screenshot('restyle-parts');
    await dialog.getByRole('button', { name: 'Restyle', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'red_fish, green boat.mp4' }).waitFor({ timeout: 120_000 });
  });

  test('a span of a clip on the timeline is restyled, becomes a take of it, and is wiped against the footage in the viewer', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'red_fish.mp4', exact: true }).click();
    await page.keyboard.press('.');
    const items = page.getByRole('list', { name: 'Video', exact: true }).getByRole('listitem');
    await items.first().waitFor();
    // Cut into two; the second half is restyled.
    await page.keyboard.press('Home');
    for (let frame = 0; frame < 12; frame += 1) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Control+b');
    await expect.poll(() => items.count()).toBe(2);
    await items.nth(1).click();
    await page.keyboard.press('Shift+R');
    const dialog = page.getByRole('dialog', { name: 'Restyle what this clip shows' });
    await expect.poll(() => dialog.getByTestId('restyle-cost').textContent(), { timeout: 60_000 }).toMatch(/^12 frames/);
    await dialog.getByRole('button', { name: 'Another style for a part' }).click();
    await dialog.getByRole('textbox', { name: 'Style of part 1' }).fill('red fish');
    await expect.poll(() => dialog.getByTestId('wipe').getAttribute('data-current'), { timeout: 60_000 }).toBe('true');
    await studio.screenshot('restyle-take-dialog');
    await dialog.getByRole('button', { name: 'Restyle', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });

    const takes = page.getByRole('region', { name: 'Takes of this clip' }).getByRole('button');
    await expect.poll(() => takes.count(), { timeout: 120_000 }).toBe(2);
    expect(await takes.evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-pressed')))).toEqual(['false', 'true']);
    await page.getByRole('button', { name: 'Before and after' }).click();
    const before = page.getByTestId('before');
    await expect.poll(() => before.locator('video').evaluate((video: HTMLVideoElement) => video.readyState >= 2 && !video.seeking), { timeout: 30_000 }).toBe(true);
    // The same moment of the footage: the clip begins at its frame twelve.
    expect(await before.getAttribute('data-frame')).toBe('12');
    const line = page.getByTestId('viewer').getByRole('slider', { name: 'Line between before and after' });
    await line.fill('40');
    await studio.screenshot('viewer-before-after');
    await takes.first().click();
    await before.waitFor({ state: 'hidden' });
    expect(await takes.evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-pressed')))).toEqual(['true', 'false']);
    await page.keyboard.press('Control+z');
    await expect.poll(() => takes.nth(1).getAttribute('aria-pressed')).toBe('true');
  });

  test('a pack without styles says so, and can be asked all the same', async () => {
    const { page } = studio;
    await setRestyling(undefined);
    await studio.restartHost('SIGTERM');
    await page.getByRole('button', { name: /Footage/ }).first().click();
    await page.getByRole('button', { name: 'red_fish.mp4', exact: true }).click();
    await page.keyboard.press('Shift+R');
    const dialog = page.getByRole('dialog', { name: 'Restyle a clip' });
    await dialog.getByText('was not trained to restyle').waitFor();
    await dialog.getByRole('textbox', { name: 'Style', exact: true }).fill('red fish');
    await expect.poll(() => dialog.getByTestId('wipe').getAttribute('data-current'), { timeout: 60_000 }).toBe('true');
    await studio.screenshot('restyle-untrained');
  });

  test('is re-imagined with its own motion', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'red_fish.mp4', exact: true }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Re-imagine…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Re-imagine a clip' });
    await dialog.getByRole('textbox', { name: 'What the new clip shows' }).fill('a blue bird flies');
    await dialog.getByTestId('frame-strip').locator('canvas').first().waitFor({ timeout: 30_000 });
    await studio.screenshot('reimagine');
    await dialog.getByRole('button', { name: 'Re-imagine', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.keyboard.press('q');
    await page.locator('[data-job][data-state=running]').waitFor({ timeout: 30_000 });
    await studio.screenshot('reimagine-queue');
  });

  test('is enlarged, and says beforehand how large it becomes', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'red_fish.mp4', exact: true }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Upscale…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Upscale a clip' });
    await dialog.getByText('640 × 360').waitFor();
    await studio.screenshot('upscale');
    await dialog.getByRole('button', { name: 'Upscale', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.keyboard.press('q');
    await page.locator('[data-job][data-state=running]').waitFor({ timeout: 30_000 });
    await page.locator('[data-job]').getByRole('button', { name: 'Cancel' }).first().click();
    await page.locator('[data-job][data-state=cancelled]').waitFor();
  });
});
