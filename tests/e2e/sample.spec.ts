import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const SHIPPED = path.resolve(import.meta.dirname, '../../assets/sample/sample.motif');
const MOST_BYTES = 2_000_000;
const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The project that comes with the studio: opened as a copy, by anyone, without a network. */
describe('the sample project', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir });
  });
  afterEach(() => studio.close());

  test('opens from the first screen, shows its takes, and stays as it was shipped', async () => {
    const { page } = studio;
    const before = hashOf(SHIPPED);
    expect(statSync(SHIPPED).size).toBeLessThan(MOST_BYTES);
    const open = async () => {
      await page.getByRole('button', { name: 'Open the sample' }).click();
      await page.getByTestId('composed').waitFor({ timeout: 30_000 });
    };
    await open();
    const window = new StudioWindow(page);
    expect(await window.events.count()).toBe(3);
    await expect.poll(() => window.shownFrame()).toBe(0);
    await window.leaveFields();
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => window.shownFrame()).toBe(8);
    // A picture, not a plain colour.
    const spread = await page.getByTestId('composed').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return Math.max(...data.filter((_, index) => index % 4000 === 1)) - Math.min(...data.filter((_, index) => index % 4000 === 1));
    });
    expect(spread).toBeGreaterThan(40);
    await studio.screenshot('sample');
    // Once more: a second copy, beside the first.
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await open();
    await page.getByText('Sample 2').first().waitFor();
    expect(hashOf(SHIPPED)).toBe(before);
    // The shipped file is the way back: no copy from before it was brought up to date lies beside it.
    expect(readdirSync(studio.home.projectsFolder).filter((name) => name.endsWith('.backup'))).toEqual([]);
  });
});
