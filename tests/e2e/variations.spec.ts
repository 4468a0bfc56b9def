import { afterEach, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

let studio: StudioUnderTest | null = null;
let packs: TestPacks | null = null;
afterEach(async () => {
  await studio?.close();
  await packs?.remove();
});

/** From two events to a grid of variations of one, a pick, a comparison and an empty disk: as a person goes. */
test('varies one event in a grid, picks, compares by wipe and side by side, and gives the room back', { timeout: 600_000 }, async () => {
  packs = await makeTestPacks({ keyframeSteps: 4 });
  studio = await launchStudio({ packsDir: packs.dir });
  const { page } = studio;
  const window = new StudioWindow(page);
  await window.createProject('Variations');
  await window.typePrompt('a red fish swims right in the sea');
  await window.leaveFields();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('e');
  await window.typePrompt('a red fish swims left in the sea');
  await window.leaveFields();

  const badges = () => window.events.locator('[data-event-state]').evaluateAll((signs) => signs.map((sign) => sign.getAttribute('data-event-state')));
  await expect.poll(badges).toEqual(['new', 'new']);
  const scene = page.getByRole('region', { name: 'Scene' });
  await expect.poll(() => scene.getByRole('status').textContent(), { timeout: 30_000 }).toMatch(/^3 of 3 parts to make · about .*\(a first guess for this machine\) · .* of memory · .* on disk/);
  await scene.getByRole('button', { name: 'Render scene' }).click();
  await expect.poll(badges, { timeout: 120_000 }).toEqual(['rendered', 'rendered']);
  const toast = page.getByRole('status').filter({ hasText: '” is ready' }).first();
  await toast.waitFor();
  const [bar, notice] = [await scene.boundingBox(), await toast.boundingBox()];
  expect(notice!.y + notice!.height).toBeLessThan(bar!.y);
  // The scene stands for both events: the viewer shows it, each event at its own place in it.
  await expect.poll(() => window.shownFrame()).toBeGreaterThanOrEqual(0);
  await studio.screenshot('badges-rendered');

  await window.events.nth(1).click();
  await page.keyboard.press('Shift+V');
  const dialog = page.getByRole('dialog', { name: /^Variations/ });
  await dialog.waitFor();
  await dialog.getByRole('button', { name: '9 variations' }).click();
  await expect.poll(() => dialog.getByRole('status', { name: 'What it takes' }).textContent()).toMatch(/^about .* on disk/);
  await studio.screenshot('variations-before');
  await dialog.getByRole('button', { name: 'Make 9 variations' }).click();
  await dialog.locator('[data-variation="running"]').first().waitFor();
  await studio.screenshot('variations-running');
  await expect.poll(() => dialog.locator('[data-variation="completed"] video').count(), { timeout: 300_000 }).toBe(9);
  await expect.poll(() => dialog.locator('video').evaluateAll((videos) => videos.filter((video) => (video as HTMLVideoElement).readyState >= 2 && !(video as HTMLVideoElement).paused).length)).toBe(9);
  await studio.screenshot('variations-ready');
  await dialog.getByRole('button', { name: /^Use Variation 5/ }).click();
  await dialog.waitFor({ state: 'detached' });
  await expect.poll(() => window.takes.count()).toBe(0);
  const takes = window.inspector.getByRole('list', { name: 'Takes of this event' }).getByRole('button', { name: /^(Variation …|Whole scene)/ });
  await expect.poll(() => takes.count()).toBe(10);
  await expect.poll(badges).toEqual(['rendered', 'rendered']);
  await expect.poll(() => scene.getByRole('status').textContent()).toBe('All parts are ready to be joined');

  // One undo gives the event back as it was; the take stays.
  await page.keyboard.press('ControlOrMeta+Z');
  await expect.poll(() => scene.getByRole('status').textContent()).toBe('Nothing has changed: the scene is ready');
  await page.keyboard.press('ControlOrMeta+Shift+Z');

  await page.keyboard.press('Shift+C');
  const compare = page.getByRole('group', { name: 'Compare takes', exact: true });
  await compare.waitFor();
  const wipe = page.getByRole('slider', { name: 'Place of the wipe' });
  const picture = await page.getByTestId('picture').boundingBox();
  // Toasts may lie here: the hand reaches through them.
  await page.mouse.move(picture!.x + picture!.width / 2, picture!.y + picture!.height / 2);
  await page.mouse.down();
  await page.mouse.move(picture!.x + picture!.width / 4, picture!.y + picture!.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Number(await wipe.getAttribute('aria-valuenow'))).toBe(25);
  await wipe.press('ArrowRight');
  await expect.poll(async () => Number(await wipe.getAttribute('aria-valuenow'))).toBe(30);
  // What was changed between them is said beside them.
  await window.viewer.getByRole('note', { name: 'What changed from A to B' }).getByText(/^Seed \d+ → \d+$/).waitFor();
  await studio.screenshot('compare-wipe');
  await compare.getByRole('button', { name: 'Side by side' }).click();
  await expect.poll(() => window.viewer.locator('video').count()).toBe(2);
  await wipe.waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  // The same moment on both sides.
  await expect.poll(() => window.viewer.locator('video').evaluateAll((videos) => new Set(videos.map((video) => (video as HTMLVideoElement).currentTime)).size)).toBe(1);
  await studio.screenshot('compare-side');
  // Judged by the pictures alone: no name, no seed.
  await compare.getByRole('button', { name: 'Hide names' }).click();
  await expect.poll(() => compare.getByRole('button', { name: 'Use this one' }).count()).toBe(2);
  expect(await window.viewer.getByText(/Variation/).count()).toBe(0);
  await studio.screenshot('compare-blind');
  await compare.getByRole('button', { name: 'Show names' }).click();
  await expect.poll(() => compare.getByRole('button', { name: 'Use this one' }).count()).toBe(0);
  await compare.getByRole('button', { name: /^B/ }).click();
  await compare.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: /Disk use/ }).click();
  const disk = page.getByRole('dialog', { name: 'Disk use' });
  await disk.getByRole('button', { name: /^Delete intermediates \(\d/ }).waitFor();
  await studio.screenshot('disk-use');
  await disk.getByRole('button', { name: /^Delete intermediates/ }).click();
  await disk.waitFor({ state: 'detached' });
  await expect.poll(() => scene.getByRole('status').textContent(), { timeout: 30_000 }).toMatch(/^3 of 3 parts to make/);
});
