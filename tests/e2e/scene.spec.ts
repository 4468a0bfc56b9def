import { afterEach, expect, test } from 'vitest';
import { eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { openPrepared, projectWith } from './pages/prepared-project.ts';
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

  await scene.getByRole('checkbox', { name: 'Rate each event' }).check();
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

/** One event that lasts longer than the model's window: a clip of it alone would be cut off, and says so. */
test('renders one long event as a scene of its whole length', { timeout: 900_000 }, async () => {
  packs = await makeTestPacks({ keyframeSteps: 4 });
  studio = await launchStudio({ packsDir: packs.dir, prepare: projectWith('Long', eventRecord(1, 0, 40, { prompt: 'a red fish' })) });
  const { page } = studio;
  const window = new StudioWindow(page);
  await openPrepared(studio, 'Long');
  await window.inspector.getByRole('note').getByText('its whole length').waitFor();
  const scene = page.getByRole('region', { name: 'Scene' });
  await expect.poll(() => scene.getByRole('status').textContent(), { timeout: 30_000 }).toMatch(/^1 of 1 parts? to make/);
  await studio.screenshot('scene-long');
  await scene.getByRole('button', { name: 'Render scene' }).click();
  await expect.poll(() => scene.getByRole('status').textContent(), { timeout: 300_000 }).toBe('Nothing has changed: the scene is ready');
  const take = page.getByRole('list', { name: 'Takes', exact: true }).getByRole('listitem');
  const width = async (thing: typeof take) => Math.round((await thing.boundingBox())!.width);
  await expect.poll(() => width(take), { timeout: 30_000 }).toBe(await width(window.events.first()));
  expect(await window.events.first().locator('[data-event-state]').getAttribute('data-event-state')).toBe('rendered');
});
