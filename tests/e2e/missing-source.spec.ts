import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rational } from '../../src-shared/timing/rational.ts';
import { clipRecord } from '../timeline/sample-document.ts';
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
    studio = await launchStudio({ viewport: { width: 1440, height: 1000 }, prepare: projectWith('Lost', clipRecord(1, 0, 16, { ...lost, opacity: 0.8 }), clipRecord(2, 16, 40, lost)) });
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
  }, 180_000);
});
