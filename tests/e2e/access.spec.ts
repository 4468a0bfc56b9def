import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { audioRecord, captionRecord, clipRecord, eventRecord } from '../timeline/sample-document.ts';
import { axeFindings } from './harness/axe.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';

describe('access', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  beforeEach(async () => {
    studio = await launchStudio({ prepare: projectWith('Access', eventRecord(1, 0, 20), eventRecord(2, 20, 20, { prompt: '' }), clipRecord(1, 0, 16), audioRecord(1, 0, 24), captionRecord(1, 4, 10, 'Hello there')) });
    window = new StudioWindow(studio.page);
  });
  afterEach(() => studio.close());

  test.each(['Dark', 'Light'] as const)('axe finds nothing serious in the main states, %s', async (theme) => {
    const { page } = studio;
    const found: Record<string, string[]> = {};
    const look = async (state: string) => {
      const lines = await axeFindings(page);
      if (lines.length > 0) found[state] = lines;
    };
    if (theme === 'Dark') {
      // Before it is there, the page is empty and half its colours are on their way.
      await page.getByRole('button', { name: 'Open project', exact: true }).waitFor();
      await look('start screen');
    }
    await openPrepared(studio, 'Access');
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+,');
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('button', { name: theme }).click();
    await look('settings');
    await settings.getByRole('button', { name: 'Close' }).click();
    await settings.waitFor({ state: 'detached' });
    await look('event');
    await window.events.first().click({ position: { x: 60, y: 20 } });
    await window.inspector.getByRole('button', { name: 'Prompt history' }).click();
    const history = page.getByRole('dialog', { name: 'Prompts used before' });
    await history.waitFor();
    await look('prompt history');
    await page.keyboard.press('Escape');
    await history.waitFor({ state: 'detached' });
    await itemOf(studio, 'clip', 1).click({ position: { x: 40, y: 10 } });
    await look('clip');
    await itemOf(studio, 'clip', 1).click({ position: { x: 40, y: 10 }, button: 'right' });
    await page.getByRole('menu').waitFor();
    await look('context menu');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    for (const tab of ['Takes', 'Motions', 'Models']) {
      await page.getByRole('tab', { name: tab }).click();
      await look(tab);
    }
    await window.leaveFields();
    await page.keyboard.press('q');
    await window.queue.waitFor();
    await look('queue');
    await page.keyboard.press('q');
    for (const [keys, state] of [['Shift+H', 'history'], ['ControlOrMeta+Alt+E', 'export'], ['Shift+V', 'variations'], ['Shift+M', 'learning']] as const) {
      if (state === 'variations') await window.events.first().click({ position: { x: 60, y: 20 } });
      await page.keyboard.press(keys);
      await page.getByRole('dialog').waitFor();
      await look(state);
      await studio.screenshot(`access-${state}-${theme.toLowerCase()}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await look('shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('ControlOrMeta+Shift+P');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await look('palette');
    await studio.screenshot(`access-${theme.toLowerCase()}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await page.getByRole('button', { name: /^Access/ }).waitFor();
    await look('start screen with a project');
    // Cards that carry lengths, presets, marks and words.
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByTestId('composed').waitFor({ timeout: 30_000 });
    for (const tab of ['Takes', 'Media']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel').getByRole('listitem').first().waitFor();
      await look(`${tab} of the sample`);
    }
    expect(found, JSON.stringify(found)).toEqual({});
  });

  test('the timeline is reached, moved along and changed with keys alone', async () => {
    const { page } = studio;
    await openPrepared(studio, 'Access');
    await window.leaveFields();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-event') ?? document.activeElement?.getAttribute('data-item') ?? null);
    await page.keyboard.press('Alt+4');
    for (let presses = 0; presses < 40 && !(await focused())?.startsWith('promptEvent:'); presses += 1) await page.keyboard.press('Tab');
    const event = await focused();
    expect(event).toMatch(/^promptEvent:/);
    await expect.poll(() => page.locator(`[data-event="${event}"]`).getAttribute('aria-current')).toBe('true');
    for (let presses = 0; presses < 60 && !(await focused())?.startsWith('clip:'); presses += 1) await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/^clip:/);
    await page.keyboard.press('Alt+ArrowRight');
    await expect.poll(() => itemOf(studio, 'clip', 1).getAttribute('data-start')).toBe('1');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Duplicate' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.keyboard.press('Delete');
    await expect.poll(() => itemOf(studio, 'clip', 1).count()).toBe(0);
    await window.saved();
  });
});
