/**
 * A library of ten thousand assets in a real window: how soon it opens, how soon a search answers, and how smoothly it scrolls. Writes
 * test-results/bench-library.json. `MOTIF_ASSETS` for another number.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { launchStudio } from '../e2e/harness/launch-studio.ts';
import { openPrepared, projectWith } from '../e2e/pages/prepared-project.ts';
import { StudioWindow } from '../e2e/pages/studio-window.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { describeMachine, median } from './machine.ts';
import { countWork, describeWork, type PageWork } from './page-work.ts';

const COUNT = Number(process.env['MOTIF_ASSETS'] ?? 10_000);
const WORDS = ['dune', 'sea', 'city', 'forest', 'night', 'rain', 'harbour', 'train', 'market', 'field'];
const RECIPE: Omit<Recipe, 'prompt'> = {
  format: 1, engine: { name: 'motif-engine', version: '1', executionProvider: 'cpu' }, pack: { id: 'motif-mini', version: '1', sha256: 'a'.repeat(64) }, negativePrompt: '', seed: 1, preset: 'final',
  stages: (['keyframes', 'interpolation', 'superResolution1', 'superResolution2'] as const).map((stage) => ({ stage, numInferenceSteps: 20, guidanceScale: 4 })), frameRate: { num: 8, den: 1 },
};
/** One pixel. */
const THUMBNAIL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');
const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

test('ten thousand assets', async () => {
  const fill = (store: ProjectStore) => {
    const ids: string[] = [];
    for (let begin = 0; begin < COUNT; begin += 1000) {
      store.transaction(() => {
        for (let index = begin; index < Math.min(COUNT, begin + 1000); index += 1) {
          const word = WORDS[index % WORDS.length]!;
          // Every other one was generated: its row holds a whole recipe.
          const writer = index % 2 === 0
            ? store.assets.beginWrite({ kind: 'image', name: `${word} ${index}.png`, mimeType: 'image/png', origin: 'imported' })
            : store.assets.beginWrite({ kind: 'image', name: `${word} ${index}`, mimeType: 'image/png', origin: 'generated', recipe: { ...RECIPE, prompt: `a ${word} at dawn, seen from far above, with long shadows, number ${index}` } });
          writer.write(new TextEncoder().encode(`picture ${index}`));
          const { id } = writer.finish({ width: 64, height: 36, frames: 1 });
          store.assets.setThumbnail(id, new Uint8Array(THUMBNAIL), 'image/png');
          ids.push(id);
        }
      });
    }
    return [clipRecord(1, 0, 24, { assetId: ids[0] ?? '', sourceDuration: null })];
  };
  // The pictures are no pictures: what the page says about them is no part of this.
  const studio = await launchStudio({ prepare: projectWith('Many', fill), ignore: [/./u] });
  try {
    const { page } = studio;
    const window = new StudioWindow(page);
    const work = await countWork(page);
    await page.reload();
    await page.getByRole('button', { name: 'Open project', exact: true }).waitFor();
    // Both clocks run in the page, from the click that opens the project.
    await page.evaluate(() => {
      const marks: Record<string, number> = {};
      Object.assign(globalThis, { marks });
      document.addEventListener('click', () => (marks['click'] = performance.now()), true);
      const note = (name: string, selector: string) => (marks[name] === undefined || marks[name] < (marks['click'] ?? 0)) && document.querySelector(selector) !== null && (marks[name] = performance.now());
      new MutationObserver(() => {
        note('timeline', '[data-testid="timeline-scroll"]');
        note('library', '[data-testid="media-scroll"] li button');
      }).observe(document.body, { childList: true, subtree: true });
    });
    await work.take();
    const beganAt = performance.now();
    await openPrepared(studio, 'Many');
    const list = window.library.getByRole('list', { name: 'Media', exact: true });
    await list.getByRole('listitem').first().getByRole('button').first().waitFor();
    const scriptMs = performance.now() - beganAt;
    const fromClick = () => page.evaluate(() => {
      const { click = 0, timeline = 0, library = 0 } = (globalThis as unknown as { marks: Record<string, number> }).marks;
      return { timelineMs: timeline - click, libraryMs: library - click };
    });
    const opened = await fromClick();
    const opening = await work.take();
    process.stdout.write(`first opening: ${JSON.stringify(opened)}, by the script's clock ${scriptMs.toFixed(0)} ms; ${describeWork(opening)}\n`);
    // Opened again within the page, where only the library is new.
    await page.getByRole('tab', { name: 'Takes' }).click();
    const openMs: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      openMs.push(await page.evaluate(async () => {
        const began = performance.now();
        [...document.querySelectorAll<HTMLElement>('[role="tab"]')].find((tab) => tab.textContent === 'Media')!.click();
        while (document.querySelector('[data-testid="media-scroll"] li button') === null) await new Promise((resolve) => requestAnimationFrame(resolve));
        return performance.now() - began;
      }));
      await page.getByRole('tab', { name: 'Takes' }).click();
    }
    await page.getByRole('tab', { name: 'Media' }).click();
    const field = window.library.getByRole('textbox', { name: 'Search media' });
    const searches: number[] = [];
    const searchWork: PageWork[] = [];
    for (let index = 0; index < 9; index += 1) {
      // What clearing the field brought back is on screen, whole.
      await page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => resolve())))));
      await work.take();
      const words = `${WORDS[index]} ${1000 + index}`;
      await field.fill('');
      await expect.poll(() => list.getAttribute('data-total')).toBe(String(COUNT));
      searches.push(await page.evaluate(async (text) => {
        const input = document.querySelector<HTMLInputElement>('input[aria-label="Search media"]')!;
        const grid = document.querySelector('[data-testid="media-scroll"] ul[data-total]')!;
        const before = grid.getAttribute('data-total');
        const began = performance.now();
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, text);
        input.dispatchEvent(new Event('input', { bubbles: true }));
        while (grid.getAttribute('data-total') === before && performance.now() - began < 5_000) await new Promise((resolve) => setTimeout(resolve, 1));
        return performance.now() - began;
      }, words));
      searchWork.push(await work.take());
    }
    await field.fill('');
    await expect.poll(() => list.getAttribute('data-total')).toBe(String(COUNT));
    const scroller = page.getByTestId('media-scroll');
    const box = (await scroller.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await work.take();
    const times = page.evaluate(async () => {
      const frames: number[] = [];
      let last = performance.now();
      for (const until = last + 6_000; performance.now() < until; ) {
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        frames.push(now - last);
        last = now;
      }
      return frames.slice(1);
    });
    for (let step = 0; step < 120; step += 1) await page.mouse.wheel(0, step % 3 === 0 ? 900 : 240);
    const frames = await times;
    const scrollWork = await work.take();
    const taskMs = { opening: opening.taskMs, search: median(searchWork.map((one) => one.taskMs)), scroll: scrollWork.taskMs };
    const report = { machine: describeMachine(), count: COUNT, taskMs, opened, scriptMs, libraryAgainMs: median(openMs), searchMs: { p50: median(searches), p95: percentile(searches, 0.95) }, scroll: { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95), worst: Math.max(...frames), frames: frames.length } };
    process.stdout.write(`${report.machine}\n${COUNT} assets: timeline on screen ${opened.timelineMs.toFixed(0)} ms after the click, library ${opened.libraryMs.toFixed(0)} ms; library again ${report.libraryAgainMs.toFixed(0)} ms, search p50 ${report.searchMs.p50.toFixed(0)} p95 ${report.searchMs.p95.toFixed(0)} ms, scrolling p50 ${report.scroll.p50.toFixed(1)} p95 ${report.scroll.p95.toFixed(1)} ms\n`);
    process.stdout.write(`of the page's processor time: opening ${taskMs.opening.toFixed(0)} ms, a search ${taskMs.search.toFixed(1)} ms (${describeWork(searchWork[4]!)}), 120 turns of the wheel ${taskMs.scroll.toFixed(0)} ms\n`);
    mkdirSync('test-results', { recursive: true });
    writeFileSync('test-results/bench-library.json', JSON.stringify(report, null, 2));
    await studio.screenshot('bench-library');
    expect(await list.getByRole('listitem').count()).toBeLessThan(100);
  } finally {
    await studio.close();
  }
});
