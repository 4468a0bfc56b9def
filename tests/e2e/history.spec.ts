import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clipRecord, eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';

describe('history', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  beforeEach(async () => {
    studio = await launchStudio({ prepare: projectWith('Past', eventRecord(1, 0, 24, { prompt: 'a red fish swims right' }), eventRecord(2, 24, 24, { prompt: 'a blue bird flies up' }), clipRecord(1, 0, 40)) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Past');
    await window.leaveFields();
  });
  afterEach(() => studio.close());

  const dialog = () => studio.page.getByRole('dialog', { name: 'History' });

  test('a moment is kept under a name, seen beside the present, gone back to, and that undone', async () => {
    const { page } = studio;
    await page.keyboard.press('Shift+H');
    await dialog().getByRole('textbox', { name: 'Name this moment' }).fill('Two events');
    await page.keyboard.press('Enter');
    await dialog().getByText('The timeline is just as it was then').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });

    await window.events.nth(1).click({ position: { x: 60, y: 20 } });
    await page.keyboard.press('Delete');
    await expect.poll(() => window.events.count()).toBe(1);
    await window.events.first().click({ position: { x: 60, y: 20 } });
    await window.prompt.fill('a green boat sails left');
    await window.leaveFields();
    await window.saved();

    await page.keyboard.press('Shift+H');
    const edits = dialog().getByRole('region', { name: 'Edits' }).getByRole('listitem');
    await expect.poll(() => edits.allTextContents()).toEqual([expect.stringMatching(/^Change promptNow/), expect.stringMatching(/^Event deleted/), expect.stringMatching(/^made/), expect.stringMatching(/^The beginning/)]);
    await dialog().getByRole('button', { name: /^Two events/ }).click();
    await dialog().getByText('Going back adds 1 · changes 1 on the timeline').waitFor();
    await studio.screenshot('history');
    await page.emulateMedia({ colorScheme: 'light' });
    await dialog().getByRole('button', { name: 'Go back to this' }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(() => window.events.count()).toBe(2);
    await expect.poll(() => window.events.first().getAttribute('aria-label')).toContain('a red fish swims right');
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.events.count()).toBe(1);
    await page.keyboard.press('ControlOrMeta+Shift+Z');
    await expect.poll(() => window.events.count()).toBe(2);
    await window.saved();
  });
});
