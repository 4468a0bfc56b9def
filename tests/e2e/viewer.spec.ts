import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMedia } from '../../src-main/media/media.ts';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { rational } from '../../src-shared/timing/rational.ts';
import { captionRecord, clipRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const [WIDTH, HEIGHT, FRAMES] = [576, 320, 32];
/** Brightness that frame n of a source shows everywhere: each frame tells its number. */
const brightness = (frame: number): number => 40 + 5 * frame;

/** The composed timeline: what stands on the canvas is what the document says, frame by frame. */
describe('the viewer', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  let packs: TestPacks;
  let folder: string;
  let source: Buffer;
  beforeAll(async () => {
    packs = await makeTestPacks();
    folder = mkdtempSync(join(tmpdir(), 'motif-viewer-'));
    const frames = async function* () {
      for (let frame = 0; frame < FRAMES; frame += 1) yield new Uint8Array(WIDTH * HEIGHT * 3).fill(brightness(frame));
    };
    await createMedia().encodeVideo({ path: join(folder, 'steps.mp4'), width: WIDTH, height: HEIGHT, frameRate: { num: 8, den: 1 }, frames: frames(), crf: 4 });
    source = readFileSync(join(folder, 'steps.mp4'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await packs.remove();
  });
  beforeEach(async () => {
    const fill = (store: ProjectStore) => {
      const assetId = storeClip(store);
      return [
        clipRecord(1, 0, 12, { assetId, sourceIn: rational(0), crossfadeOutFrames: 3 }), clipRecord(2, 12, 12, { assetId, sourceIn: rational(2), speed: rational(1, 2) }),
        clipRecord(3, 28, 4, { assetId, sourceIn: rational(3), scale: 0.5, opacity: 0.5, position: { x: 0.25, y: 0 } }), captionRecord(1, 20, 6, 'Good evening'),
        { id: 'track:above', type: 'track' as const, kind: 'video' as const, name: 'Above', order: 35, locked: false, muted: false, hidden: true },
        clipRecord(4, 0, 8, { assetId, trackId: 'track:above', sourceIn: rational(2) }), clipRecord(5, 34, 4, { assetId: 'asset:gone' }),
      ];
    };
    studio = await launchStudio({ packsDir: packs.dir, prepare: projectWith('Viewer', fill) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Viewer');
    await studio.page.getByTestId('composed').waitFor();
  });
  afterEach(() => studio.close());

  function storeClip(store: ProjectStore): string {
    const writer = store.assets.beginWrite({ kind: 'video', name: 'steps.mp4', mimeType: 'video/mp4', origin: 'imported' });
    writer.write(source);
    return writer.finish({ width: WIDTH, height: HEIGHT, frames: FRAMES, frameRate: { num: 8, den: 1 }, durationMs: (FRAMES * 1000) / 8 }).id;
  }

  /** Grey at a place of the canvas, once it shows the frame. */
  const greyAt = async (frame: number, x: number, y: number): Promise<number> => {
    await expect.poll(() => studio.page.getByTestId('composed').getAttribute('data-frame'), { timeout: 20_000 }).toBe(String(frame));
    return studio.page.getByTestId('composed').evaluate((canvas: HTMLCanvasElement, place) => canvas.getContext('2d')!.getImageData(place.x, place.y, 1, 1).data[1]!, { x, y });
  };
  const goTo = async (frame: number): Promise<void> => {
    await studio.page.keyboard.press('Home');
    for (let step = 0; step < frame; step += 1) await studio.page.keyboard.press('ArrowRight');
    await expect.poll(() => window.playhead()).toBe(frame);
  };

  test('shows the right frame of each clip, in slow motion, dissolves, placed and see-through, with captions', async () => {
    const near = async (frame: number, expected: number, x = 100, y = 60) => {
      const grey = await greyAt(frame, x, y);
      expect(Math.abs(grey - expected), `frame ${frame} at ${x},${y}: ${grey}, not ${expected}`).toBeLessThanOrEqual(3);
    };
    await window.leaveFields();
    await goTo(5);
    await near(5, brightness(5));
    await goTo(8);
    await near(8, brightness(8));
    // The dissolve begins three frames before the cut: a quarter of the second clip, which reaches as far back into its source.
    await studio.page.keyboard.press('ArrowRight');
    await near(9, brightness(9) * 0.75 + brightness(14) * 0.25);
    // Half speed: frame 16 is four frames behind the cut, two in the source, which begins at its second 2.
    await goTo(16);
    await near(16, brightness(18));
    await goTo(22);
    await near(22, brightness(21));
    const caption = await studio.page.getByTestId('composed').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 260, canvas.width, 50);
      return { white: data.filter((value, i) => i % 4 === 0 && value > 230).length, dark: data.filter((value, i) => i % 4 === 0 && value < 90).length };
    });
    expect(caption.white).toBeGreaterThan(150);
    expect(caption.dark).toBeGreaterThan(1500);
    await studio.screenshot('viewer-caption');
    await goTo(26);
    await near(26, 0);
    await goTo(29);
    // Half the size, to the right: black where it is not, half its brightness where it is.
    await near(29, 0, 100, 160);
    await near(29, brightness(25) * 0.5, 432, 160);
    await studio.screenshot('viewer-placed');
  }, 120_000);

  test('hides and shows tracks, says what is missing, and lays guides and key frames over the picture', async () => {
    const { page } = studio;
    const near = async (frame: number, expected: number) => expect(Math.abs((await greyAt(frame, 100, 60)) - expected)).toBeLessThanOrEqual(3);
    await window.leaveFields();
    await goTo(5);
    await near(5, brightness(5));
    await page.getByRole('button', { name: 'Hide Above' }).click();
    await expect.poll(() => greyAt(5, 100, 60)).toBeGreaterThan(brightness(18));
    await near(5, brightness(21));
    await page.getByRole('button', { name: 'Hide Above' }).click();
    await expect.poll(() => greyAt(5, 100, 60)).toBeLessThan(brightness(8));
    await near(5, brightness(5));

    // The frames four before and behind shine through, each by a third, tinted warm and cool.
    await page.keyboard.press('Shift+K');
    await expect.poll(() => greyAt(5, 100, 60)).not.toBe(brightness(5));
    await page.getByRole('button', { name: 'Safe areas' }).click();
    await page.getByTestId('safe-areas').waitFor();
    await studio.screenshot('viewer-guides');
    await page.keyboard.press('Shift+K');
    await page.keyboard.press("'");
    await page.getByTestId('safe-areas').waitFor({ state: 'detached' });
    await near(5, brightness(5));

    await page.keyboard.press('End');
    await page.getByTestId('missing-note').getByText('no longer in the project').waitFor();
    await studio.screenshot('viewer-missing');
    await page.getByTestId('missing-note').getByRole('button', { name: 'Select' }).click();
    await expect.poll(() => itemOf(studio, 'clip', 5).getAttribute('aria-current')).toBe('true');
  }, 120_000);

  test('shuttles with J, K and L, and loops within the marked range', async () => {
    const { page } = studio;
    await window.leaveFields();
    await goTo(4);
    await page.keyboard.press('i');
    await goTo(9);
    await page.keyboard.press('o');
    await page.keyboard.press('l');
    const seen = new Set<number>();
    for (const until = Date.now() + 2_500; Date.now() < until; ) seen.add(await window.playhead());
    expect([...seen].every((frame) => frame >= 4 && frame <= 9)).toBe(true);
    expect(seen.has(4) && seen.has(9)).toBe(true);
    await page.keyboard.press('k');
    const stopped = await window.playhead();
    expect(await greyAt(stopped, 100, 60)).toBeGreaterThan(0);
    await page.keyboard.press('Alt+x');
    await goTo(20);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await expect.poll(() => page.getByText('-2×').count()).toBe(1);
    await expect.poll(() => window.playhead()).toBeLessThan(12);
    await page.keyboard.press('k');
    const end = await window.playhead();
    await expect.poll(() => window.shownFrame()).toBe(end);
  }, 120_000);

  test('plays through and follows a fast hand on the scrub bar to its end', async () => {
    const { page } = studio;
    await window.leaveFields();
    await page.keyboard.press('Home');
    await page.keyboard.press('Space');
    await expect.poll(async () => Number(await page.getByTestId('composed').getAttribute('data-frame')), { timeout: 20_000 }).toBeGreaterThan(10);
    await page.keyboard.press('Space');
    const bar = (await page.getByRole('slider', { name: 'Playhead' }).locator('xpath=ancestor::span[contains(@class,"MuiSlider-root")]').boundingBox())!;
    await page.mouse.move(bar.x + 2, bar.y + bar.height / 2);
    await page.mouse.down();
    for (let step = 1; step <= 30; step += 1) await page.mouse.move(bar.x + (bar.width * step) / 60, bar.y + bar.height / 2);
    await page.mouse.up();
    const playhead = await window.playhead();
    expect(playhead).toBeGreaterThan(10);
    expect(await greyAt(playhead, 100, 60)).toBeGreaterThan(60);
  }, 120_000);
});
