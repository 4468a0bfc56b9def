import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** Steps that take long enough for a person to act while they run. */
const KEYFRAME_STEPS = 1000;

describe('the queue', () => {
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
    await studio.page.keyboard.press('ControlOrMeta+Enter');
    await window.preview.waitFor({ state: 'visible', timeout: 60_000 });
    await window.leaveFields();
    await studio.page.keyboard.press('q');
    await window.queue.waitFor();
  });
  afterEach(() => studio.close());

  const rows = (state: string) => window.queue.locator(`[data-state="${state}"][data-job]`);

  test('cancels at once and can try again', async () => {
    await rows('running').getByRole('button', { name: 'Cancel' }).click();
    await rows('cancelled').waitFor({ timeout: 10_000 });
    await studio.screenshot('queue-cancelled');
    await rows('cancelled').getByRole('button', { name: 'Try again' }).click();
    await rows('running').waitFor({ timeout: 30_000 });
    await studio.page.keyboard.press('Shift+X');
    await rows('cancelled').waitFor({ timeout: 10_000 });
    await rows('cancelled').getByRole('button', { name: 'Dismiss' }).click();
    await window.queue.getByText('Nothing in the queue').waitFor();
  });

  test('pauses, goes on from the same step, and finishes', async () => {
    await rows('running').getByRole('button', { name: 'Pause' }).click();
    await rows('paused').waitFor({ timeout: 20_000 });
    await studio.screenshot('queue-paused');
    const step = async () => Number(/(\d+) of/.exec((await window.queue.locator('[data-part="keyframes"]').getAttribute('aria-label')) ?? '')?.[1] ?? 0);
    const pausedAt = await step();
    await rows('paused').getByRole('button', { name: 'Resume' }).click();
    await rows('running').waitFor({ timeout: 20_000 });
    expect(await step()).toBeGreaterThanOrEqual(pausedAt);
    await rows('completed').waitFor({ timeout: 300_000 });
    await window.queue.getByRole('button', { name: 'Close the queue' }).click();
    await window.takes.first().waitFor();
  });

  test('is cleared as a whole, once asked, and tidied up', async () => {
    const { page } = studio;
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => rows('available').count()).toBe(1);
    await page.keyboard.press('ControlOrMeta+Shift+X');
    await page.getByRole('dialog', { name: 'Clear the queue?' }).getByRole('button', { name: 'Clear queue' }).click();
    await expect.poll(() => rows('cancelled').count()).toBe(2);
    await studio.screenshot('queue-cleared');
    await window.queue.getByRole('button', { name: 'Clear finished' }).click();
    await window.queue.getByText('Nothing in the queue').waitFor();
  });

  test('is put in another order by key and by drag, and paused and resumed as a whole', async () => {
    const { page } = studio;
    for (let count = 0; count < 3; count += 1) await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => rows('available').count()).toBe(3);
    const order = () => rows('available').evaluateAll((items) => items.map((item) => item.getAttribute('data-job')));
    const [a, b, c] = await order();
    const handle = (id: string | null | undefined) => window.queue.locator(`[data-job="${id}"]`).getByRole('button', { name: /^Move “/ });
    await handle(c).focus();
    await page.keyboard.press('ArrowUp');
    await expect.poll(order).toEqual([a, c, b]);
    // The focus stays with what is moved.
    await page.keyboard.press('ArrowUp');
    await expect.poll(order).toEqual([c, a, b]);
    const [from, to] = [await handle(c).boundingBox(), await window.queue.locator(`[data-job="${b}"]`).boundingBox()];
    await page.mouse.move(from!.x + 6, from!.y + 10);
    await page.mouse.down();
    await page.mouse.move(to!.x + 20, to!.y + to!.height * 0.2, { steps: 5 });
    await studio.screenshot('queue-drag');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await order()).toEqual([c, a, b]);
    await page.mouse.move(from!.x + 6, from!.y + 10);
    await page.mouse.down();
    await page.mouse.move(to!.x + 20, to!.y + to!.height * 0.8, { steps: 5 });
    await page.mouse.up();
    await expect.poll(order).toEqual([a, b, c]);

    await window.queue.getByRole('button', { name: 'Pause all' }).click();
    await expect.poll(() => rows('paused').count(), { timeout: 30_000 }).toBe(4);
    await studio.screenshot('queue-paused-all');
    await window.queue.getByRole('button', { name: 'Resume all' }).click();
    await rows('running').waitFor();
    await expect.poll(order).toEqual([a, b, c]);
  });

  test('tells why a job failed and how to mend it, and tries again once it is mended', async () => {
    const pack = join(packs.dir, 'tiny');
    // Outside the folder of packs: inside it, it would be found under any name.
    const away = `${packs.dir}-away`;
    await rename(pack, away);
    try {
      // The studio starts again, and the model is not where it was.
      await studio.restartHost('SIGTERM');
      await studio.page.getByText('Reef', { exact: true }).first().click();
      await window.prompt.waitFor();
      await studio.page.keyboard.press('q');
      await rows('discarded').waitFor({ timeout: 60_000 });
      await expect.poll(() => rows('discarded').getByRole('alert').textContent()).toMatch(/tiny.*not installed: \w+/);
      await studio.screenshot('queue-failed');
    } finally {
      await rename(away, pack);
    }
    await rows('discarded').getByRole('button', { name: 'Try again' }).click();
    await rows('running').waitFor({ timeout: 60_000 });
  });

  test('asks before a project is left while it works; paused work goes on when it is opened again', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    const dialog = page.getByRole('dialog', { name: 'Work is still running' });
    await studio.screenshot('leave-working');
    await dialog.getByRole('button', { name: 'Stay here' }).click();
    await rows('running').waitFor();
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await dialog.getByRole('button', { name: 'Pause and close' }).click();
    await page.getByText('Reef', { exact: true }).first().click();
    await window.prompt.waitFor();
    await page.keyboard.press('q');
    await rows('running').waitFor({ timeout: 60_000 });
    // It had stopped and gone on: this is not its first attempt, and no step is made again.
    await expect.poll(() => rows('running').textContent()).toContain('Attempt 2');
  });

  test('waits its turn, moves to the front, and Escape never cancels', async () => {
    const { page } = studio;
    for (let count = 0; count < 2; count += 1) await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => rows('available').count()).toBe(2);
    const last = (await rows('available').nth(1).getAttribute('data-job')) ?? '';
    await studio.screenshot('queue-waiting');
    await rows('available').nth(1).getByRole('button', { name: 'Move to front' }).click();
    await expect.poll(() => rows('available').first().getAttribute('data-job')).toBe(last);
    for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Escape');
    await window.queue.waitFor({ state: 'detached' });
    expect(await page.getByRole('banner').getByRole('button', { name: /^Queue/ }).textContent()).toContain('3');
  });
});
