import { readFile } from 'node:fs/promises';
import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** A second of silence: 8,000 samples of 8 bits. */
function silence(): string {
  const header = Buffer.from('524946460000000057415645666d74201000000001000100401f0000401f000001000800646174610000000000', 'hex').subarray(0, 44);
  header.writeUInt32LE(36 + 8000, 4);
  header.writeUInt32LE(8000, 40);
  return Buffer.concat([header, Buffer.alloc(8000, 128)]).toString('base64');
}

const SRT = '1\n00:00:01,000 --> 00:00:02,500\nHello there\n\n2\n00:00:03,000 --> 00:00:04,000\nFar below\n';

/** Files from the library and from outside onto the lanes. The sequence runs at 8 frames a second. */
describe('drops', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let clips: TestClips;
  beforeAll(async () => {
    clips = await makeTestClips();
  });
  afterAll(() => clips.remove());
  beforeEach(async () => {
    studio = await launchStudio({ viewport: { width: 1440, height: 1100 }, prepare: projectWith('Drops', eventRecord(1, 0, 24)) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Drops');
    // Room for all tracks.
    await studio.page.getByRole('separator', { name: 'Height of the timeline' }).focus();
    for (let presses = 0; presses < 9; presses += 1) await studio.page.keyboard.press('ArrowUp');
    await window.leaveFields();
  });
  afterEach(() => studio.close());

  const lane = (id: string) => studio.page.locator(`[data-lane="track:${id}"]`);
  const items = (name: string) => studio.page.getByRole('list', { name, exact: true }).getByRole('listitem');
  const spans = (name: string) => items(name).evaluateAll((all) => all.map(({ dataset }) => [Number(dataset['start']), Number(dataset['start']) + Number(dataset['duration'])]).sort((a, b) => a[0]! - b[0]!));
  const ghost = () => studio.page.getByTestId('drop-ghost');
  /** A drag of files of the desktop, at `x` pixels into `target`. */
  const files = async (target: Locator, x: number, type: 'dragover' | 'drop', ...dropped: { name: string; type: string; base64: string }[]) => {
    const transfer = await studio.page.evaluateHandle((all) => {
      const made = new DataTransfer();
      for (const { name, type: mimeType, base64 } of all) made.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type: mimeType }));
      return made;
    }, dropped);
    const box = (await target.boundingBox())!;
    await target.dispatchEvent(type, { dataTransfer: transfer, clientX: box.x + x, clientY: box.y + box.height / 2 });
  };
  test('a clip of the library lands where the ghost stood, snaps, is refused with a reason, and Escape lets go', async () => {
    const { page } = studio;
    const card = await window.importMedia(clips.moving);
    const step = await window.pixelsPerFrame();
    const video = (await lane('video').boundingBox())!;
    const to = async (x: number, y: number) => {
      await page.mouse.move(x, y, { steps: 3 });
      await page.mouse.move(x + 1, y);
    };
    const lift = async () => {
      await expect.poll(() => card.boundingBox()).not.toBeNull();
      const from = (await card.boundingBox())!;
      await page.mouse.move(from.x + 30, from.y + 20);
      await page.mouse.down();
      await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 });
    };
    await lift();
    await to(video.x + 23.6 * step, video.y + 20);
    await expect.poll(() => ghost().getAttribute('data-meaning')).toBe('item');
    await page.getByTestId('snap-line').waitFor({ state: 'attached' });
    await studio.screenshot('drop-ghost');
    await page.mouse.up();
    // Three seconds at eight frames a second, behind the event.
    await expect.poll(() => spans('Video')).toEqual([[24, 48]]);
    expect(await ghost().count()).toBe(0);

    await lift();
    const audio = (await lane('audio').boundingBox())!;
    await to(audio.x + 100, audio.y + 10);
    await ghost().filter({ hasText: 'Only sound belongs on this track.' }).waitFor();
    await studio.screenshot('drop-refused');
    await to(video.x + 60 * step, video.y + 20);
    await expect.poll(() => ghost().getAttribute('data-meaning')).toBe('item');
    await page.keyboard.press('Escape');
    await expect.poll(() => ghost().count()).toBe(0);
    await page.mouse.up();
    expect(await spans('Video')).toEqual([[24, 48]]);
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => spans('Video')).toEqual([]);
    await window.saved();
  });

  test('files of the desktop become clips, sound, pinned images, captions and events', async () => {
    const { page } = studio;
    const step = await window.pixelsPerFrame();
    const still = { name: 'dot.png', type: 'image/png', base64: PIXEL };
    await files(lane('video'), 40 * step + 2, 'dragover', still);
    await page.getByTestId('file-drop').waitFor();
    await studio.screenshot('drop-files');
    await files(lane('video'), 40 * step + 2, 'drop', still);
    await expect.poll(() => spans('Video'), { timeout: 30_000 }).toEqual([[40, 64]]);
    await files(lane('audio'), 10 * step + 2, 'drop', { name: 'hush.wav', type: 'audio/wav', base64: silence() });
    await expect.poll(() => spans('Audio'), { timeout: 30_000 }).toEqual([[10, 18]]);
    await files(lane('prompt'), 22 * step, 'drop', { ...still, name: 'end.png' });
    await page.getByRole('button', { name: 'End image of an event' }).waitFor({ timeout: 30_000 });
    const srt = { name: 'words.srt', type: '', base64: Buffer.from(SRT).toString('base64') };
    await files(lane('video'), 80, 'drop', srt);
    await page.getByRole('alert').filter({ hasText: 'Captions belong on a captions track.' }).waitFor();
    await files(lane('caption'), 80, 'drop', srt);
    await expect.poll(() => spans('Captions')).toEqual([[8, 20], [24, 32]]);
    await files(lane('prompt'), 30 * step, 'drop', { name: 'script.md', type: 'text/markdown', base64: Buffer.from('# Reef\n\n1. A red fish swims right\n- a blue bird flies left\n').toString('base64') });
    await expect.poll(async () => (await window.eventSpans()).length).toBe(3);
    await studio.screenshot('drop-done');
    await window.saved();
  });

  test('captions go out as a file and come back, titles are added, tracks are locked from their menu', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Captions track' }).click();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('menuitem', { name: 'Import captions…' }).click()]);
    await chooser.setFiles({ name: 'words.srt', mimeType: 'application/x-subrip', buffer: Buffer.from(SRT) });
    await expect.poll(() => spans('Captions')).toEqual([[8, 20], [24, 32]]);
    await page.getByRole('button', { name: 'Captions track' }).click();
    await studio.screenshot('track-menu');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export captions as WebVTT' }).click()]);
    expect(download.suggestedFilename()).toBe('Drops.vtt');
    expect(await readFile(await download.path(), 'utf8')).toBe('WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nHello there\n\n2\n00:00:03.000 --> 00:00:04.000\nFar below\n');
    await window.leaveFields();
    await page.keyboard.press('End');
    await page.keyboard.press('Shift+T');
    await expect.poll(async () => (await spans('Captions')).length).toBe(3);
    await window.inspector.getByRole('heading', { name: 'Title' }).waitFor();
    await page.locator('[data-track="track:caption"]').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Lock' }).click();
    await page.keyboard.press('Delete');
    expect((await spans('Captions')).length).toBe(3);
    await window.saved();
  });

  test('a removed file can be taken back, and everything has a menu', async () => {
    const { page } = studio;
    const card = await window.importMedia(clips.moving);
    await card.click({ button: 'right' });
    await page.getByRole('menuitem', { name: /at the playhead|Insert/ }).first().waitFor();
    await studio.screenshot('asset-menu');
    await page.keyboard.press('Escape');
    await card.click();
    await page.keyboard.press('Delete');
    await expect.poll(() => card.count()).toBe(0);
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await card.waitFor();
    await window.events.first().click({ button: 'right', position: { x: 60, y: 20 } });
    await page.getByRole('menuitem', { name: /^Generate/ }).first().waitFor();
    await studio.screenshot('event-menu');
    await page.getByRole('menuitem', { name: /^Duplicate/ }).click();
    await expect.poll(async () => (await window.eventSpans()).length).toBe(2);
    await window.saved();
  });
});
