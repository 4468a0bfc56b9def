import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openProjectStore } from '../../src-main/store/project-store.ts';
import { eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

/** Drags that mean something else at each place: footage, pictures, takes, and events among themselves. Eight frames a second. */
describe('what is dragged where', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let clips: TestClips;
  let packs: TestPacks;
  beforeAll(async () => {
    [clips, packs] = await Promise.all([makeTestClips(), makeTestPacks()]);
  });
  afterAll(async () => {
    await clips.remove();
    await packs.remove();
  });
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir, viewport: { width: 1440, height: 1100 }, prepare: projectWith('Table', eventRecord(1, 0, 24)) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Table');
    await studio.page.getByRole('separator', { name: 'Height of the timeline' }).focus();
    for (let presses = 0; presses < 9; presses += 1) await studio.page.keyboard.press('ArrowUp');
    await window.leaveFields();
  });
  afterEach(() => studio.close());

  const lane = (id: string) => studio.page.locator(`[data-lane="track:${id}"]`);
  const videos = () => studio.page.getByRole('list', { name: 'Video', exact: true }).getByRole('listitem');
  const ghost = () => studio.page.getByTestId('drop-ghost');
  const desktop = (name: string, type: string, base64: string) => studio.page.evaluateHandle(({ bytes, fileName, mimeType }) => {
    const made = new DataTransfer();
    made.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], fileName, { type: mimeType }));
    return made;
  }, { bytes: base64, fileName: name, mimeType: type });
  const send = async (target: Locator, x: number, type: 'dragover' | 'drop', dataTransfer: Awaited<ReturnType<typeof desktop>>) => {
    const box = (await target.boundingBox())!;
    await target.dispatchEvent(type, { dataTransfer, clientX: box.x + x, clientY: box.y + box.height / 2 });
  };

  test('a film of the desktop is a clip on the video lane and a lesson on the motion lane', async () => {
    const { page } = studio;
    const film = await desktop('walk.mp4', 'video/mp4', (await readFile(clips.moving)).toString('base64'));
    const step = await window.pixelsPerFrame();
    await send(lane('video'), 10 * step + 2, 'dragover', film);
    await expect.poll(() => ghost().getAttribute('data-meaning')).toBe('item');
    await send(lane('video'), 10 * step + 2, 'drop', film);
    await expect.poll(() => videos().evaluateAll((all) => all.map(({ dataset }) => [dataset['start'], dataset['duration']])), { timeout: 30_000 }).toEqual([['10', '24']]);
    await page.getByTestId('motion-lane-drop').dispatchEvent('drop', { dataTransfer: film });
    await page.getByRole('dialog', { name: /motion/i }).waitFor({ timeout: 30_000 });
    await studio.screenshot('drag-film-to-motion');
  });

  test('a picture pins the start, the look or the end of an event, by the third that it is dropped on', async () => {
    const { page } = studio;
    const still = await desktop('dot.png', 'image/png', PIXEL);
    const step = await window.pixelsPerFrame();
    for (const [frame, hint, pin] of [[2, 'First frame of this event', 'Start image of an event'], [12, 'Colours and light of this event', 'Reference image of an event'], [22, 'Last frame of this event', 'End image of an event']] as const) {
      await send(lane('prompt'), frame * step, 'dragover', still);
      await ghost().filter({ hasText: hint }).waitFor();
      await send(lane('prompt'), frame * step, 'drop', still);
      await page.getByRole('button', { name: pin }).waitFor({ timeout: 30_000 });
    }
    await send(lane('prompt'), 60 * step, 'dragover', still);
    await ghost().filter({ hasText: 'Drop the image on an event' }).waitFor();
    await studio.screenshot('drag-pictures');
    await page.mouse.move(0, 0);
    await page.getByRole('button', { name: 'Reference image of an event' }).click();
    const strength = window.inspector.getByRole('slider', { name: 'Strength of the reference' });
    expect(await strength.getAttribute('aria-valuenow')).toBe('50');
    await strength.press('PageDown');
    await expect.poll(() => strength.getAttribute('aria-valuenow')).toBe('40');
    await window.inspector.getByRole('note').getByText('colours and its light lead the event').waitFor();
    await studio.screenshot('reference-picture');
  });

  test('a take lands on the video lane with its record, and goes out of the window as a file', async () => {
    const { page } = studio;
    await window.events.first().click({ position: { x: 60, y: 20 } });
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 120_000 });
    await page.getByRole('tab', { name: 'Takes' }).click();
    const card = page.getByRole('list', { name: 'All takes' }).getByRole('button', { name: /Seed \d/ });
    await card.waitFor();
    const carried = await card.evaluate((element) => {
      const dataTransfer = new DataTransfer();
      element.dispatchEvent(new DragEvent('dragstart', { bubbles: true, dataTransfer }));
      element.dispatchEvent(new DragEvent('dragend', { bubbles: true, dataTransfer }));
      return dataTransfer.getData('DownloadURL');
    });
    const [, type, name, address] = /^([^:]+):([^:]+):(.+)$/.exec(carried)!;
    expect([type, name]).toEqual(['video/mp4', 'event 1.mp4']);
    const answer = await page.evaluate(async (url) => {
      const response = await fetch(url);
      return [response.status, response.headers.get('content-disposition')?.startsWith('attachment'), (await response.arrayBuffer()).byteLength > 1000];
    }, address!);
    expect(answer).toEqual([200, true, true]);

    const [from, to] = [(await card.boundingBox())!, (await lane('video').boundingBox())!];
    const step = await window.pixelsPerFrame();
    await page.mouse.move(from.x + 30, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 });
    await page.mouse.move(to.x + 40 * step, to.y + 20, { steps: 3 });
    await page.mouse.move(to.x + 40 * step + 1, to.y + 20);
    await expect.poll(() => ghost().getAttribute('data-meaning')).toBe('item');
    await page.mouse.up();
    await expect.poll(() => videos().count()).toBe(1);
    await window.saved();
    const store = openProjectStore(join(studio.home.projectsFolder, 'Table.motif'), { readOnly: true });
    const [take] = store.takes.list();
    const clip = Object.values(store.timeline.get().document.records).find(({ type: kind }) => kind === 'clip');
    store.close();
    expect(clip).toMatchObject({ assetId: take!.asset.id, takes: [{ takeId: take!.id, assetId: take!.asset.id, starred: false }] });
  });

  test('events stick to the model’s keyframes, Ctrl lets them go, Alt leaves a copy behind', async () => {
    const { page } = studio;
    const step = await window.pixelsPerFrame();
    const starts = async () => (await window.eventSpans()).map(({ start }) => start);
    await page.keyboard.down('Alt');
    await window.drag(window.events.first(), { x: 60, y: 20 }, 40 * step);
    await page.keyboard.up('Alt');
    await expect.poll(starts).toEqual([0, 40]);
    const second = page.locator('[data-event][data-start="40"]');
    // Somewhat more than half a frame before a keyframe: the grid of four takes it.
    await window.drag(second, { x: 60, y: 20 }, 3.4 * step, false);
    await expect.poll(() => page.getByTestId('snap-line').count()).toBe(1);
    await page.mouse.up();
    await expect.poll(starts).toEqual([0, 44]);
    const third = page.locator('[data-event][data-start="44"]');
    const box = (await third.boundingBox())!;
    await window.drag(third, { x: 60, y: 20 }, 3.4 * step, false);
    await expect.poll(() => page.getByTestId('snap-line').count()).toBe(1);
    // Held once the drag has begun: before, it would add to the selection.
    await page.keyboard.down('Control');
    await page.mouse.move(box.x + 60 + 3.4 * step, box.y + 21);
    await expect.poll(() => page.getByTestId('snap-line').count()).toBe(0);
    await page.mouse.up();
    await page.keyboard.up('Control');
    await expect.poll(starts).toEqual([0, 47]);
    await window.saved();
  });
});
