import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { createStudioPack, type StudioPack } from './harness/studio-pack.ts';
import { createProject, studioWindow } from './harness/studio-window.ts';

describe('first run', () => {
  let pack: StudioPack;
  let studio: StudioUnderTest;
  beforeEach(async () => {
    pack = await createStudioPack();
    studio = await launchStudio({ packsDir: pack.packsDir });
  });
  afterEach(async () => {
    await studio.close();
    await pack.remove();
  });

  test('tells three facts about this machine and makes a clip with one press', async () => {
    const { page } = studio;
    const facts = page.getByLabel('This machine');
    await facts.getByText('29 frames').waitFor();
    const text = (await facts.textContent()) ?? '';
    expect(text).toMatch(/\d+ cores?, \d+ GB/);
    expect(text).toMatch(/[\d.]+ GB free/);
    expect(text).toContain('29 frames');
    await studio.screenshot('start-first-run');

    await page.getByRole('button', { name: 'Make a clip now' }).click();
    const window = studioWindow(studio);
    await window.live.waitFor();
    await window.video.waitFor({ timeout: 60_000 });
    expect(await window.events.count()).toBe(1);
    expect(await window.events.first().textContent()).toContain('a red fish swims right in the sea');
    await studio.screenshot('first-clip');
  }, 90_000);

  test('shows an empty project that says what to do, in four named regions', async () => {
    const { page } = studio;
    await createProject(page, 'Harbour');
    const window = studioWindow(studio);
    for (const region of [window.library, window.viewer, window.inspector, window.timeline]) expect(await region.isVisible()).toBe(true);
    expect(await window.queue.count()).toBe(0);
    await page.getByText('What should happen?').waitFor();
    await page.getByText('No media yet').waitFor();
    await page.getByText('Press E for the next event.').waitFor();
    expect(await page.getByRole('button', { name: 'Export' }).isDisabled()).toBe(true);
    await studio.screenshot('empty-project');

    await page.keyboard.press('q');
    await window.queue.getByText('Nothing in the queue').waitFor();
    await page.keyboard.press('q');

    await page.getByRole('button', { name: 'Add a three-event example' }).click();
    expect(await window.events.count()).toBe(3);
    expect(await window.spans()).toEqual([[0, 29], [29, 29], [58, 29]]);
    await page.getByRole('button', { name: /^Undo/ }).click();
    await page.getByText('What should happen?').waitFor();
  }, 60_000);

  test('comes back to its projects after the host was killed', async () => {
    const { page } = studio;
    await createProject(page, 'Harbour');
    const window = studioWindow(studio);
    await page.keyboard.press('e');
    await window.prompt.pressSequentially('a green boat sails left');
    // The words are an edit once the event shows them, and safe once the title says so.
    await expect.poll(() => window.events.first().textContent()).toContain('a green boat sails left');
    await page.getByText('Saved just now').waitFor();
    await studio.restartHost('SIGKILL');

    const recent = studio.page.getByRole('button', { name: 'Open Harbour' });
    await recent.or(window.events.first()).first().waitFor();
    if (await recent.isVisible()) await recent.click();
    await window.events.first().waitFor();
    expect(await window.events.first().textContent()).toContain('a green boat sails left');
  }, 60_000);
});
