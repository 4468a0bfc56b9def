import type { Locator, Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { createStudioPack, type StudioPack } from './harness/studio-pack.ts';
import { createProject, studioWindow } from './harness/studio-window.ts';

/** Presses the mouse at a place of `target`, given from its left edge (negative: from its right), and moves by `pixels`. */
async function dragFrom(page: Page, target: Locator, at: number, pixels: number): Promise<void> {
  const box = await target.boundingBox();
  if (box === null) throw new Error('nothing to drag');
  const x = at < 0 ? box.x + box.width + at : box.x + at;
  const y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + pixels / 2, y, { steps: 4 });
  await page.mouse.move(x + pixels, y, { steps: 4 });
}

/** Pixels per frame of a new project. */
const SCALE = 12;

describe('editing events', () => {
  let pack: StudioPack;
  let studio: StudioUnderTest;
  beforeEach(async () => {
    pack = await createStudioPack();
    studio = await launchStudio({ packsDir: pack.packsDir });
    await createProject(studio.page, 'Edit');
  });
  afterEach(async () => {
    await studio.close();
    await pack.remove();
  });

  test('creates, moves, retimes, lets go, undoes and deletes', async () => {
    const { page } = studio;
    const window = studioWindow(studio);
    const first = window.events.first();

    await page.keyboard.press('e');
    await window.prompt.pressSequentially('a red fish');
    await page.keyboard.press('Escape');
    await expect.poll(() => first.textContent()).toContain('a red fish');
    expect(await window.spans()).toEqual([[0, 29]]);

    await dragFrom(page, first, 60, 10 * SCALE);
    await studio.screenshot('event-dragged');
    await page.mouse.up();
    expect(await window.spans()).toEqual([[10, 29]]);

    await dragFrom(page, first, -3, -9 * SCALE);
    await page.mouse.up();
    expect(await window.spans()).toEqual([[10, 20]]);

    await dragFrom(page, first, 3, 4 * SCALE);
    await page.mouse.up();
    expect(await window.spans()).toEqual([[14, 16]]);

    await dragFrom(page, first, 60, 20 * SCALE);
    expect(await window.spans()).toEqual([[34, 16]]);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    expect(await window.spans()).toEqual([[14, 16]]);

    for (const expected of [[10, 20], [10, 29], [0, 29]]) {
      await page.keyboard.press('Control+z');
      await expect.poll(() => window.spans()).toEqual([expected]);
    }
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => window.spans()).toEqual([[10, 29]]);

    await first.click();
    await page.keyboard.press('Delete');
    await expect.poll(() => window.events.count()).toBe(0);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => window.spans()).toEqual([[10, 29]]);
  }, 60_000);

  test('snaps an edge to its neighbour and the playhead, not with Ctrl held', async () => {
    const { page } = studio;
    const window = studioWindow(studio);
    await page.getByRole('button', { name: 'Add a three-event example' }).click();
    await page.keyboard.press('Control+0');
    await expect.poll(() => window.events.count()).toBe(3);
    const last = window.events.nth(2);
    const box = await last.boundingBox();
    const scale = (box?.width ?? 0) / 29;
    await dragFrom(page, last, 80, 10 * scale);
    await page.mouse.up();
    expect((await window.spans())[2]).toEqual([68, 29]);

    await dragFrom(page, last, 80, -10 * scale + 5);
    await page.getByTestId('snap-line').waitFor();
    await studio.screenshot('event-snaps');
    await page.mouse.up();
    expect((await window.spans())[2]).toEqual([58, 29]);
  }, 60_000);

  test('marks an event without words before it is generated, and puts the cursor there', async () => {
    const { page } = studio;
    const window = studioWindow(studio);
    await page.keyboard.press('e');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    await window.inspector.getByText('Type what should happen first.').waitFor();
    await studio.screenshot('empty-prompt');
    await page.keyboard.type('a blue bird');
    await expect.poll(() => window.events.first().textContent()).toContain('a blue bird');
    expect(await window.inspector.getByText('Type what should happen first.').count()).toBe(0);
    expect(await window.live.count()).toBe(0);
  }, 60_000);
});
