import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rational } from '../../src-shared/timing/rational.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { storeVideo } from '../store/project-bench.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';

/** A clip whose file has gone, as after a project was moved without its media. The sequence runs at 8 frames a second. */
describe('a clip without its file', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let clips: TestClips;
  beforeAll(async () => {
    clips = await makeTestClips();
  });
  afterAll(() => clips.remove());
  beforeEach(async () => {
    const lost = { assetId: 'asset:gone', sourceIn: rational(2), sourceDuration: rational(10) };
    const bytes = await readFile(clips.moving);
    /** A clip of the library that was thrown away while undo could still bring it back to the timeline. */
    const removed = (store: ProjectStore) => {
      const { id } = storeVideo(store, bytes, 'fish.mp4');
      store.assets.remove(id);
      return [clipRecord(1, 0, 16, { ...lost, opacity: 0.8 }), clipRecord(2, 16, 40, lost), clipRecord(3, 60, 16, { assetId: id, sourceDuration: rational(3) })];
    };
    studio = await launchStudio({ viewport: { width: 1440, height: 1000 }, prepare: projectWith('Lost', removed) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Lost');
  });
  afterEach(() => studio.close());

  /** Answers the browser's own dialog, once `act` has opened it. */
  const choose = async (file: string, act: () => Promise<void>): Promise<void> => {
    const [chooser] = await Promise.all([studio.page.waitForEvent('filechooser'), act()]);
    await chooser.setFiles(file);
  };

  test('says so where it stands, and takes another file from the inspector or from its menu', async () => {
    const { page } = studio;
    const [first, second] = [itemOf(studio, 'clip', 1), itemOf(studio, 'clip', 2)];
    await expect.poll(() => first.textContent()).toBe('Missing file');
    await page.getByTestId('missing-note').getByText('no longer in the project').waitFor();
    await first.click({ position: { x: 60, y: 20 } });
    const note = window.inspector.getByRole('note');
    await note.getByText('no longer in the project').waitFor();
    await studio.screenshot('missing-inspector');

    await choose(clips.moving, () => note.getByRole('button', { name: 'Replace with a file…' }).click());
    await expect.poll(() => first.textContent(), { timeout: 60_000 }).toBe('red_fish.mp4');
    await note.waitFor({ state: 'detached' });
    expect(await first.getAttribute('data-source')).toBe('0');
    expect(await first.getAttribute('data-duration')).toBe('16');
    expect(await window.inspector.getByRole('textbox', { name: 'Opacity', exact: true }).inputValue()).toBe('80');
    await page.getByTestId('composed').waitFor();

    // The other one is longer than the file lasts: three seconds, 24 frames.
    await second.click({ button: 'right', position: { x: 60, y: 20 } });
    await choose(clips.moving, () => page.getByRole('menuitem', { name: 'Replace with a file…' }).click());
    await expect.poll(() => second.getAttribute('data-duration'), { timeout: 60_000 }).toBe('24');
    await expect.poll(() => second.textContent()).toBe('red_fish.mp4');
    await studio.screenshot('missing-replaced');

    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => second.textContent()).toBe('Missing file');
    expect(await second.getAttribute('data-duration')).toBe('40');
    await page.keyboard.press('ControlOrMeta+Shift+Z');
    await expect.poll(() => second.textContent()).toBe('red_fish.mp4');
    await window.saved();

    // What was removed from this project is known by its bytes: it is found wherever it lies now.
    const third = itemOf(studio, 'clip', 3);
    await third.click({ position: { x: 60, y: 20 } });
    await note.getByText(/^fish\.mp4 \(/).waitFor();
    await studio.screenshot('missing-known');
    await note.getByRole('button', { name: 'Locate…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Where are the missing files now?' });
    await dialog.getByRole('textbox').fill(studio.home.dataDir);
    await dialog.getByRole('button', { name: 'Look there' }).click();
    await dialog.getByText('None of the missing files lies there: fish.mp4').waitFor();
    await studio.screenshot('missing-locate');
    await dialog.getByRole('textbox').fill(dirname(clips.moving));
    await dialog.getByRole('button', { name: 'Look there' }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => third.textContent(), { timeout: 60_000 }).toBe('fish.mp4');
  }, 180_000);
});
