/**
 * A library of ten thousand assets in a real window: how soon it opens, how soon a search answers, and how smoothly it scrolls. Writes
 * test-results/bench-library.json. `MOTIF_ASSETS` for another number.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { launchStudio } from '../e2e/harness/launch-studio.ts';
import { openPrepared, projectWith } from '../e2e/pages/prepared-project.ts';
import { StudioWindow } from '../e2e/pages/studio-window.ts';
import { clipRecord } from '../timeline/sample-document.ts';
import { describeMachine, median } from './machine.ts';

const COUNT = Number(process.env['MOTIF_ASSETS'] ?? 10_000);
const WORDS = ['dune', 'sea', 'city', 'forest', 'night', 'rain', 'harbour', 'train', 'market', 'field'];
const percentile = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

test('ten thousand assets', async () => {
  const fill = (store: ProjectStore) => {
    const ids: string[] = [];
    for (let begin = 0; begin < COUNT; begin += 1000) {
      store.transaction(() => {
        for (let index = begin; index < Math.min(COUNT, begin + 1000); index += 1) {
          const writer = store.assets.beginWrite({ kind: 'image', name: `${WORDS[index % WORDS.length]} ${index}.png`, mimeType: 'image/png', origin: 'imported' });
          writer.write(new TextEncoder().encode(`picture ${index}`));
          ids.push(writer.finish({ width: 64, height: 36, frames: 1 }).id);
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
    const beganAt = performance.now();
    await openPrepared(studio, 'Many');
    const list = window.library.getByRole('list', { name: 'Media', exact: true });
    await list.getByRole('listitem').first().getByRole('button').first().waitFor();
    const firstMs = performance.now() - beganAt;
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
    for (let index = 0; index < 9; index += 1) {
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
    }
    await field.fill('');
    await expect.poll(() => list.getAttribute('data-total')).toBe(String(COUNT));
    const scroller = page.getByTestId('media-scroll');
    const box = (await scroller.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
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
    const report = { machine: describeMachine(), count: COUNT, projectOpenedMs: firstMs, libraryOpenMs: median(openMs), searchMs: median(searches), scroll: { p50: percentile(frames, 0.5), p95: percentile(frames, 0.95), worst: Math.max(...frames), frames: frames.length } };
    process.stdout.write(`${report.machine}\n${COUNT} assets: project and library on screen after ${firstMs.toFixed(0)} ms, library again ${report.libraryOpenMs.toFixed(0)} ms, search ${report.searchMs.toFixed(0)} ms, scrolling p50 ${report.scroll.p50.toFixed(1)} p95 ${report.scroll.p95.toFixed(1)} ms\n`);
    mkdirSync('test-results', { recursive: true });
    writeFileSync('test-results/bench-library.json', JSON.stringify(report, null, 2));
    await studio.screenshot('bench-library');
    expect(await list.getByRole('listitem').count()).toBeLessThan(100);
  } finally {
    await studio.close();
  }
});
