import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { MotionPages } from './pages/motion-pages.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** Key frames of the tiny pack. */
const FRAMES = 3;

describe('motions', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let motions: MotionPages;
  let packs: TestPacks;
  let clips: TestClips;
  beforeAll(async () => {
    [packs, clips] = await Promise.all([makeTestPacks(), makeTestClips()]);
  });
  afterAll(async () => {
    await packs.remove();
    await clips.remove();
  });
  beforeEach(async () => {
    // Refused uploads are part of this; the browser reports their status by itself.
    studio = await launchStudio({ packsDir: packs.dir, ignore: [/status of 415/] });
    window = new StudioWindow(studio.page);
    motions = new MotionPages(studio.page);
    await window.createProject('Reef');
  });
  afterEach(() => studio.close());

  test('learns from a file, shows how it goes, and generates with what was learned', async () => {
    const { page } = studio;
    await window.typePrompt('a blue bird flies');
    await window.saved();
    await motions.tab.click();
    await page.getByText('No motions yet').waitFor();
    await studio.screenshot('motions-empty');
    await motions.open();
    await studio.screenshot('motions-choose');
    await motions.chooseFile(clips.moving);
    await motions.strip(FRAMES).waitFor({ timeout: 30_000 });
    expect(await motions.caption.inputValue()).toBe('red fish');
    await motions.caption.fill('a red fish swims');

    const length = motions.dialog.getByTestId('trim-length');
    // Longer than what the model makes: its middle is proposed.
    expect(await length.textContent()).toBe('1.1 s of 3.0 s');
    const end = motions.dialog.getByRole('slider', { name: 'End of the part' });
    await end.focus();
    await page.keyboard.press('End');
    const start = motions.dialog.getByRole('slider', { name: 'Start of the part' });
    await start.focus();
    await page.keyboard.press('Home');
    expect(await length.textContent()).toBe('3.0 s of 3.0 s');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    expect(await start.getAttribute('aria-valuetext')).toBe('0:01.1');
    expect(await length.textContent()).toBe('1.9 s of 3.0 s');
    await motions.dialog.getByRole('button', { name: 'Crop the picture' }).click();
    await motions.dialog.getByRole('checkbox', { name: 'Learn it backwards' }).check();
    const crop = motions.dialog.getByRole('slider', { name: 'Crop' });
    const left = motions.dialog.getByRole('textbox', { name: 'Left' });
    const leftBefore = Number(await left.inputValue());
    await crop.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(async () => Number(await left.inputValue())).toBeGreaterThan(leftBefore);
    await motions.strip(FRAMES).waitFor();
    await studio.screenshot('motions-clip');
    await motions.setSteps(600);
    await motions.strip(FRAMES).waitFor();
    await studio.screenshot('motions-clip-settings');

    await motions.learnButton.click();
    await expect.poll(async () => Number(await motions.curve.getAttribute('data-points')), { timeout: 60_000 }).toBeGreaterThan(3);
    // At once: on a fast machine the tiny pack has learned before a picture is taken.
    await motions.dialog.getByRole('button', { name: 'Pause' }).click();
    await motions.dialog.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 20_000 });
    await studio.screenshot('motions-paused');
    await motions.dialog.getByRole('button', { name: 'Go on in the background' }).click();
    await page.getByRole('button', { name: /^a red fish swims: Paused/ }).waitFor();
    await studio.screenshot('motions-tab-learning');
    await window.leaveFields();
    await page.keyboard.press('q');
    const row = window.queue.locator('[data-job][data-state="paused"]');
    await row.getByTestId('loss-curve').waitFor();
    await row.getByRole('button', { name: 'Resume' }).click();
    await window.queue.locator('[data-job][data-state="running"]').getByTestId('loss-curve').waitFor({ timeout: 20_000 });
    await studio.screenshot('motions-queue');
    await page.keyboard.press('q');

    await motions.cards.first().waitFor({ timeout: 240_000 });
    const card = motions.cards.first().getByRole('button', { name: /^a red fish swims/ });
    await card.hover();
    await motions.cards.first().getByRole('img', { name: /looping/ }).waitFor();
    await expect.poll(async () => Number(await motions.cards.first().getByRole('img', { name: /looping/ }).getAttribute('data-frames'))).toBe(FRAMES);
    await studio.screenshot('motions-card');
    await card.dragTo(window.events.first());
    await window.events.first().getByTestId('motion-chip').filter({ hasText: 'a red fish swims 100 %' }).waitFor();
    const strength = motions.field.getByRole('slider', { name: 'Strength of a red fish swims' });
    await strength.focus();
    for (let presses = 0; presses < 2; presses += 1) await page.keyboard.press('PageUp');
    await window.events.first().getByTestId('motion-chip').filter({ hasText: '120 %' }).waitFor();
    await window.saved();
    await studio.screenshot('motions-event');

    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 120_000 });
    await window.takes.first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Recipe ?Alt/ }).click();
    await window.inspector.getByText('a red fish swims 120 %').waitFor();
    await studio.screenshot('motions-take');
  }, 480_000);

  test('explains clips that cannot be learned from before anything starts', async () => {
    const { page } = studio;
    const warning = motions.dialog.getByRole('alert');
    await motions.tab.click();
    await motions.dropFile(motions.panel, { name: 'still water.mp4', type: 'video/mp4', base64: await clips.base64(clips.still) });
    await warning.filter({ hasText: 'Nothing moves' }).waitFor({ timeout: 30_000 });
    expect(await motions.learnButton.isDisabled()).toBe(true);
    await studio.screenshot('motions-static');
    await motions.dialog.getByRole('button', { name: 'Cancel' }).click();
    await motions.dialog.waitFor({ state: 'detached' });
    // The lane takes clips as the tab does.
    await motions.dropFile(motions.lane, { name: 'still water.mp4', type: 'video/mp4', base64: await clips.base64(clips.still) });
    await warning.filter({ hasText: 'Nothing moves' }).waitFor({ timeout: 30_000 });

    await motions.dialog.getByRole('button', { name: 'Another clip' }).click();
    await motions.chooseFile(clips.short);
    await warning.filter({ hasText: /has 2 frames.*longer/ }).waitFor({ timeout: 30_000 });
    expect(await motions.learnButton.isDisabled()).toBe(true);

    await motions.dialog.getByRole('button', { name: 'Another clip' }).click();
    await motions.chooseFile({ name: 'nothing.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(0) });
    await warning.filter({ hasText: 'nothing.mp4 is empty' }).waitFor({ timeout: 30_000 });
    await motions.chooseFile({ name: 'notes.mp4', mimeType: 'video/mp4', buffer: Buffer.from('These are words, not a film.') });
    await warning.filter({ hasText: 'notes.mp4' }).waitFor({ timeout: 30_000 });
    await studio.screenshot('motions-unreadable');
    await motions.dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.locator('[data-job]').count()).toBe(0);
  }, 180_000);

  test('learns from the library, cancels, keeps, renames, deletes, exports and imports', async () => {
    const { page } = studio;
    const media = await window.importMedia(clips.moving);
    await media.dragTo(motions.lane);
    await motions.strip(FRAMES).waitFor({ timeout: 30_000 });
    await motions.dialog.getByRole('button', { name: 'Cancel' }).click();
    await motions.dialog.waitFor({ state: 'detached' });
    await media.dragTo(motions.tab);
    await motions.strip(FRAMES).waitFor({ timeout: 30_000 });
    await motions.setSteps(2000);
    await motions.strip(FRAMES).waitFor();
    await motions.learnButton.click();
    await motions.dialog.getByRole('button', { name: 'Cancel learning' }).click();
    await motions.dialog.getByText('Learning was cancelled').waitFor({ timeout: 30_000 });
    await motions.dialog.getByRole('button', { name: 'Close' }).click();

    await media.click();
    await window.inspector.getByRole('button', { name: 'Learn motion…' }).click();
    await motions.strip(FRAMES).waitFor({ timeout: 30_000 });
    await motions.setSteps(20);
    await motions.strip(FRAMES).waitFor();
    await motions.learnButton.click();
    await motions.dialog.getByText('is in the library').waitFor({ timeout: 120_000 });
    await studio.screenshot('motions-done');
    await motions.dialog.getByRole('button', { name: 'Show in library' }).click();

    await motions.cards.first().waitFor();
    const name = window.inspector.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Swing');
    await motions.cards.getByRole('button', { name: /^Swing: red fish/ }).waitFor();
    await studio.screenshot('motions-panel');

    const downloading = page.waitForEvent('download');
    await window.inspector.getByRole('button', { name: 'Export to a file' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('Swing.motion.safetensors');
    const bytes = await readFile(await download.path());

    await motions.cards.getByRole('button', { name: /^Swing: red fish/ }).focus();
    await page.keyboard.press('Delete');
    await expect.poll(() => motions.cards.count()).toBe(0);
    await studio.screenshot('motions-deleted');
    await page.getByRole('status').filter({ hasText: 'deleted' }).getByRole('button', { name: 'Undo' }).click();
    await motions.cards.first().waitFor();

    await motions.cards.first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('status').filter({ hasText: 'deleted' }).waitFor({ state: 'detached', timeout: 20_000 });
    expect(await motions.cards.count()).toBe(0);
    await page.getByLabel('Choose motion files to import').setInputFiles({ name: 'Swing.motion.safetensors', mimeType: 'application/octet-stream', buffer: bytes });
    await motions.cards.first().getByRole('button', { name: /^Swing/ }).first().waitFor();
    await motions.dropFile(motions.panel, { name: 'bad.safetensors', type: '', base64: Buffer.from('not a motion').toString('base64') });
    await page.getByRole('alert').filter({ hasText: 'bad' }).waitFor();
    expect(await motions.cards.count()).toBe(1);
  }, 240_000);
});
