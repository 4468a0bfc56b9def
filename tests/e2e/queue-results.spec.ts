import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** Steps that a person can act in, and that end soon enough to wait for. */
const KEYFRAME_STEPS = 300;

describe('what the queue makes', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks({ keyframeSteps: KEYFRAME_STEPS });
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir });
    window = new StudioWindow(studio.page);
    await window.createProject('Reef');
    await window.typePrompt('a red fish');
    await window.leaveFields();
  });
  afterEach(() => studio.close());

  const rows = (state: string) => window.queue.locator(`[data-state="${state}"][data-job]`);
  const takeNames = () => window.takes.evaluateAll((all) => all.map((take) => take.getAttribute('aria-label')));

  test('is asked for again with another seed, while it works and afterwards, and is opened', { timeout: 600_000 }, async () => {
    const { page } = studio;
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.keyboard.press('q');
    await rows('running').getByRole('button', { name: 'Once more with a new seed' }).click();
    await expect.poll(() => rows('completed').count(), { timeout: 300_000 }).toBe(2);
    await studio.screenshot('queue-finished');
    await rows('completed').first().getByRole('button', { name: 'Run again with a new seed' }).click();
    await rows('completed').last().getByRole('button', { name: 'Open take' }).click();
    await window.viewer.getByRole('button', { name: 'Back to the timeline' }).waitFor();
    await expect.poll(() => rows('completed').count(), { timeout: 300_000 }).toBe(3);
    await window.queue.getByRole('button', { name: 'Close the queue' }).click();
    // Three seeds, three takes.
    await expect.poll(async () => new Set(await takeNames()).size).toBe(3);
  });

  test('keeps its draft when a long run is stopped', { timeout: 600_000 }, async () => {
    const { page } = studio;
    await window.choosePreset('Standard');
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.keyboard.press('q');
    await rows('running').getByRole('button', { name: 'Stop and keep the draft' }).click();
    await rows('cancelled').waitFor({ timeout: 30_000 });
    await rows('completed').waitFor({ timeout: 300_000 });
    await window.queue.getByRole('button', { name: 'Close the queue' }).click();
    await expect.poll(takeNames).toEqual([expect.stringMatching(/Draft$/)]);
  });
});
