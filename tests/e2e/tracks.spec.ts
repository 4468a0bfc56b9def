import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rational } from '../../src-shared/timing/rational.ts';
import { audioRecord, captionRecord, clipRecord, eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** Footage, sound and captions under real hands, in a project that has them already. */
describe('editing tracks', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    const records = [eventRecord(1, 0, 20), clipRecord(1, 0, 16, { sourceIn: rational(2), crossfadeOutFrames: 3 }), clipRecord(2, 16, 16, { sourceIn: rational(1) }), clipRecord(3, 40, 8), audioRecord(1, 0, 24), captionRecord(1, 4, 10, 'Hello there')];
    studio = await launchStudio({ packsDir: packs.dir, prepare: projectWith('Tracks', ...records) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Tracks');
    await window.events.first().waitFor();
  });
  afterEach(() => studio.close());

  const videos = () => studio.page.getByRole('list', { name: 'Video', exact: true }).getByRole('listitem');
  /** [start, end, seconds into the source] of every clip from left to right. */
  const spans = async () => (await videos().evaluateAll((items) => items.map(({ dataset }) => [Number(dataset['start']), Number(dataset['start']) + Number(dataset['duration']), Number(dataset['source'])] as const))).sort((a, b) => a[0] - b[0]);
  const clip = (index: number) => itemOf(studio, 'clip', index);
  const pixels = async () => ((await clip(2).boundingBox())!.width + 1) / 16;

  test('moves, trims, slips, ripples and cuts clips; every step can be undone', async () => {
    const { page } = studio;
    const step = await pixels();
    expect(await spans()).toEqual([[0, 16, 2], [16, 32, 1], [40, 48, 0]]);
    await window.drag(clip(3), { x: 30, y: 10 }, 10 * step);
    await expect.poll(spans).toEqual([[0, 16, 2], [16, 32, 1], [50, 58, 0]]);
    await window.drag(clip(1), { x: 16 * step - 4, y: 10 }, -6 * step);
    await expect.poll(spans).toEqual([[0, 10, 2], [16, 32, 1], [50, 58, 0]]);
    await page.keyboard.down('Shift');
    await window.drag(clip(2), { x: 40, y: 10 }, -4 * step);
    await page.keyboard.up('Shift');
    await expect.poll(spans).toEqual([[0, 10, 2], [16, 32, 1.5], [50, 58, 0]]);
    await page.keyboard.down('Shift');
    await window.drag(clip(1), { x: 10 * step - 4, y: 10 }, 4 * step);
    await page.keyboard.up('Shift');
    await expect.poll(spans).toEqual([[0, 14, 2], [20, 36, 1.5], [54, 62, 0]]);
    await page.keyboard.press('b');
    const box = (await clip(2).boundingBox())!;
    await page.mouse.click(box.x + 8 * step + 2, box.y + 10);
    await expect.poll(spans).toEqual([[0, 14, 2], [20, 28, 1.5], [28, 36, 2.5], [54, 62, 0]]);
    await page.keyboard.press('v');
    await studio.screenshot('tracks');
    await window.saved();
    for (let presses = 0; presses < 5; presses += 1) await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(spans).toEqual([[0, 16, 2], [16, 32, 1], [40, 48, 0]]);
  });

  test('selects with a box, copies, pastes, deletes with the gap closed, and keeps locked tracks as they are', async () => {
    const { page } = studio;
    const step = await pixels();
    const third = (await clip(3).boundingBox())!;
    await page.mouse.move(third.x + 10 * step, third.y + 4);
    await page.mouse.down();
    await page.mouse.move(third.x - 15 * step, third.y + 20, { steps: 5 });
    await page.getByTestId('selection-box').waitFor();
    await studio.screenshot('tracks-box');
    await page.mouse.up();
    await expect.poll(() => videos().evaluateAll((items) => items.filter((item) => item.getAttribute('aria-current') === 'true').length)).toBe(2);
    await page.keyboard.press('ControlOrMeta+C');
    await page.keyboard.press('Home');
    await page.keyboard.press('ControlOrMeta+Shift+V');
    await expect.poll(async () => (await spans()).length).toBe(5);
    await page.keyboard.press('Shift+Delete');
    await expect.poll(async () => (await spans()).length).toBe(3);
    await page.getByRole('button', { name: 'Lock Video' }).click();
    const before = await spans();
    await window.drag(clip(3), { x: 30, y: 10 }, 10 * step);
    expect(await spans()).toEqual(before);
    await page.keyboard.press('m');
    await page.locator('[data-marker="0"]').waitFor();
    await studio.screenshot('tracks-locked');
  });

  test('a track is heard alone from its header and its menu, by hand and by key', async () => {
    const { page } = studio;
    const solo = page.getByRole('button', { name: 'Hear Audio alone' });
    await solo.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => solo.getAttribute('aria-pressed')).toBe('true');
    await solo.hover();
    await page.getByRole('tooltip').filter({ hasText: 'Hear Audio alone' }).waitFor();
    await studio.screenshot('tracks-solo');
    // Every name has room, a numbered one too.
    expect(await page.locator('[data-track] > span:first-child').evaluateAll((names) => names.filter((name) => name.scrollWidth > name.clientWidth).map(({ textContent }) => textContent))).toEqual([]);
    await page.locator('[data-track="track:video"]').click({ button: 'right', position: { x: 20, y: 8 } });
    await page.getByRole('menuitem', { name: 'Rename track' }).click();
    const naming = page.getByRole('dialog', { name: 'Rename track' });
    await naming.getByRole('textbox').fill('Video 10');
    await naming.getByRole('button', { name: 'Rename', exact: true }).click();
    const name = page.locator('[data-track="track:video"] > span').first();
    await expect.poll(() => name.textContent()).toBe('Video 10');
    expect(await name.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    await studio.screenshot('tracks-named');
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => name.textContent()).toBe('Video');
    await window.saved();
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => solo.getAttribute('aria-pressed')).toBe('false');
    await page.locator('[data-track="track:video"]').click({ button: 'right', position: { x: 20, y: 8 } });
    await page.getByRole('menuitem', { name: 'Hear alone' }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Hear Video alone' }).getAttribute('aria-pressed')).toBe('true');
  });

  test('Escape lets go of a drag, and a drag shows where it snaps', async () => {
    const { page } = studio;
    const step = await pixels();
    await window.drag(clip(3), { x: 30, y: 10 }, -8 * step + 4, false);
    await page.getByTestId('snap-line').waitFor({ state: 'attached' });
    await expect.poll(spans).toEqual([[0, 16, 2], [16, 32, 1], [32, 40, 0]]);
    await studio.screenshot('tracks-snap');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(spans).toEqual([[0, 16, 2], [16, 32, 1], [40, 48, 0]]);
  });
});
