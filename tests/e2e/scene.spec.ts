import { afterEach, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { hasEmbeddedPack, makeTestPacks, type TestPacks } from './pages/test-packs.ts';

let studio: StudioUnderTest | null = null;
let packs: TestPacks | null = null;
afterEach(async () => {
  await studio?.close();
  await packs?.remove();
});

/** Two events make a scene; of a changed one only what changed is made again. */
test('renders the timeline as a scene, then only the changed event and its seam', { timeout: 900_000 }, async () => {
  packs = hasEmbeddedPack ? null : await makeTestPacks({ keyframeSteps: 4 });
  studio = await launchStudio(packs ? { packsDir: packs.dir } : {});
  const { page } = studio;
  const window = new StudioWindow(page);
  await window.createProject('Scene study');
  await window.typePrompt('a red fish swims right in the sea');
  await window.leaveFields();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('e');
  await window.typePrompt('a red fish swims left in the sea');
  await window.leaveFields();

  const scene = page.getByRole('region', { name: 'Scene' });
  await scene.waitFor();
  const estimate = scene.getByRole('status');
  await expect.poll(() => estimate.textContent(), { timeout: 30_000 }).toMatch(/^3 of 3 parts to make/);
  expect(await scene.getByText('New', { exact: true }).count()).toBe(2);
  await studio.screenshot('scene-before');

  await scene.getByRole('checkbox', { name: 'Measure adherence' }).check();
  await scene.getByRole('button', { name: 'Render scene' }).click();
  await expect.poll(() => estimate.textContent(), { timeout: 300_000 }).toBe('Nothing has changed: the scene is ready');
  await expect.poll(() => scene.getByRole('img', { name: /of the attention to text/ }).count(), { timeout: 60_000 }).toBe(2);
  await studio.screenshot('scene-ready');

  await scene.getByRole('button', { name: /^2\./ }).click();
  await window.typePrompt('a red fish jumps in the sea');
  await window.leaveFields();
  await expect.poll(() => estimate.textContent(), { timeout: 30_000 }).toMatch(/^2 of 3 parts to make · about/);
  await expect.poll(() => scene.getByText('Changed', { exact: true }).count()).toBeGreaterThan(0);
  await studio.screenshot('scene-changed');
});
