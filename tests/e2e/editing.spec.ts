import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** Prompt events under real hands: the tiny pack makes clips of 9 frames, so events begin 9 frames long. */
describe('editing the timeline', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir });
    window = new StudioWindow(studio.page);
    await window.createProject('Cuts');
  });
  afterEach(() => studio.close());

  /** Two events of 9 frames, side by side, and nothing focused. */
  const addTwo = async () => {
    await window.typePrompt('a red fish');
    await window.leaveFields();
    await studio.page.keyboard.press('e');
    await expect.poll(() => window.events.count()).toBe(2);
    await window.typePrompt('a blue bird');
    await window.leaveFields();
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 9, duration: 9 }]);
  };

  test('adds events with words, by key and by double click, and takes it all back and forth', async () => {
    const { page } = studio;
    await addTwo();
    const pixels = await window.pixelsPerFrame();
    const lane = page.getByRole('list', { name: 'Events', exact: true });
    await lane.dblclick({ position: { x: 40 * pixels + 2, y: 20 } });
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 9, duration: 9 }, { start: 40, duration: 9 }]);
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.events.count()).toBe(2);
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.events.count()).toBe(0);
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('ControlOrMeta+Shift+Z');
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 9, duration: 9 }, { start: 40, duration: 9 }]);
    await window.saved();
  });

  test('moves, retimes and snaps by dragging; Escape lets go without a change', async () => {
    const { page } = studio;
    await addTwo();
    const pixels = await window.pixelsPerFrame();
    const second = window.events.nth(1);
    const middle = { x: 40, y: 20 };
    await window.drag(second, middle, 20 * pixels);
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 29, duration: 9 }]);
    await window.drag(second, middle, 10 * pixels, false);
    await expect.poll(async () => (await window.eventSpans())[1]?.start).toBe(39);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 29, duration: 9 }]);
    const width = (await second.boundingBox())?.width ?? 0;
    await window.drag(second, { x: width - 3, y: 20 }, 6 * pixels);
    await expect.poll(async () => (await window.eventSpans())[1]).toEqual({ start: 29, duration: 15 });
    await window.drag(second, { x: 3, y: 20 }, -20 * pixels + 5, false);
    await page.getByTestId('snap-line').waitFor({ state: 'attached' });
    await studio.screenshot('drag-with-snap-line');
    await page.mouse.up();
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 9, duration: 35 }]);
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.eventSpans()).toEqual([{ start: 0, duration: 9 }, { start: 9, duration: 9 }]);
  });

  test('deletes with a toast that takes it back', async () => {
    const { page } = studio;
    await addTwo();
    await page.keyboard.press('Delete');
    await expect.poll(() => window.events.count()).toBe(1);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => window.events.count()).toBe(2);
  });

  test('shows an empty prompt in red before anything is generated', async () => {
    const { page } = studio;
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.inspector.getByText('Type what should happen first.').waitFor();
    expect(await window.prompt.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByTestId('preview').count()).toBe(0);
    await studio.screenshot('empty-prompt');
  });

  test('keeps the last words typed before leaving', async () => {
    const { page } = studio;
    await window.typePrompt('a red fish');
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await page.getByRole('button', { name: /^Cuts/ }).click();
    await expect.poll(() => window.prompt.inputValue()).toBe('a red fish');
  });

  test('lists every shortcut and finds one', async () => {
    const { page } = studio;
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByText('Play or pause', { exact: true }).waitFor();
    await dialog.getByRole('textbox').fill('undo');
    await expect.poll(() => dialog.getByText('Play or pause', { exact: true }).count()).toBe(0);
    await studio.screenshot('shortcuts');
  });
});
