import type { Locator } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rational } from '../../src-shared/timing/rational.ts';
import { clipRecord, eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';

/** Cuts, blends and fades pulled by hand. The sequence runs at 8 frames a second. */
describe('handles', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  beforeEach(async () => {
    const source = (index: number, start: number) => clipRecord(index, start, 16, { sourceIn: rational(4) });
    studio = await launchStudio({ prepare: projectWith('Handles', eventRecord(1, 0, 20), eventRecord(2, 20, 20), source(1, 0), source(2, 16), source(3, 32), clipRecord(4, 60, 16)) });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Handles');
    await window.leaveFields();
    // Snapping is a spec of its own; here every frame counts.
    await studio.page.keyboard.press('s');
  });
  afterEach(() => studio.close());

  const videos = () => studio.page.getByRole('list', { name: 'Video', exact: true }).getByRole('listitem');
  const spans = async () => (await videos().evaluateAll((items) => items.map(({ dataset }) => [Number(dataset['start']), Number(dataset['start']) + Number(dataset['duration']), Number(dataset['source'])] as const))).sort((a, b) => a[0] - b[0]);
  const clip = (index: number) => itemOf(studio, 'clip', index);
  const pixels = async () => ((await clip(2).boundingBox())!.width + 1) / 16;
  const fade = (item: Locator, edge: 'start' | 'end') => item.locator(`[data-fade=${edge}]`);
  const widths = (item: Locator) => item.locator('.fade').evaluateAll((fades) => fades.map((element) => (element as HTMLElement).style.width));

  test('rolls, slides, slips and ripples, each with its own tool', async () => {
    const { page } = studio;
    const step = await pixels();
    const start = [[0, 16, 4], [16, 32, 4], [32, 48, 4], [60, 76, 0]];
    expect(await spans()).toEqual(start);
    await page.keyboard.press('n');
    await window.drag(clip(1), { x: 16 * step - 4, y: 20 }, 4 * step);
    await expect.poll(spans).toEqual([[0, 20, 4], [20, 32, 4.5], [32, 48, 4], [60, 76, 0]]);
    await page.keyboard.press('u');
    await window.drag(clip(2), { x: 5 * step, y: 30 }, -4 * step);
    await expect.poll(spans).toEqual([[0, 16, 4], [16, 28, 4.5], [28, 48, 3.5], [60, 76, 0]]);
    await page.keyboard.press('y');
    await window.drag(clip(3), { x: 5 * step, y: 30 }, -8 * step);
    await expect.poll(spans).toEqual([[0, 16, 4], [16, 28, 4.5], [28, 48, 4.5], [60, 76, 0]]);
    await page.keyboard.press('r');
    await window.drag(clip(1), { x: 16 * step - 4, y: 20 }, -8 * step);
    await expect.poll(spans).toEqual([[0, 8, 4], [8, 20, 4.5], [20, 40, 4.5], [52, 68, 0]]);
    await page.keyboard.press('v');
    await studio.screenshot('handles-tools');
    for (let presses = 0; presses < 4; presses += 1) await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(spans).toEqual(start);
    await window.saved();
  });

  test('fades a clip, crosses two that touch, and blends the words of two events', async () => {
    const { page } = studio;
    const step = await pixels();
    const pull = async (item: Locator, edge: 'start' | 'end', frames: number, drop = true) => {
      const knob = fade(item, edge);
      const box = (await knob.boundingBox())!;
      await window.drag(knob, { x: box.width / 2, y: box.height / 2 }, frames * step, drop);
    };
    await clip(4).click({ position: { x: 60, y: 30 } });
    await pull(clip(4), 'start', 4);
    await expect.poll(() => widths(clip(4))).toEqual(['25%']);
    await clip(1).click({ position: { x: 60, y: 30 } });
    await pull(clip(1), 'end', -4);
    await expect.poll(() => widths(clip(1))).toEqual(['25%']);
    await expect.poll(() => widths(clip(2))).toEqual(['25%']);
    await clip(2).click({ position: { x: 100, y: 30 } });
    await page.keyboard.down('Alt');
    await pull(clip(2), 'start', 4);
    await page.keyboard.up('Alt');
    await expect.poll(() => widths(clip(2))).toEqual(['50%']);
    expect(await widths(clip(1))).toEqual(['25%']);
    await pull(clip(2), 'end', -3, false);
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(() => widths(clip(2))).toEqual(['50%']);
    const [first, second] = [window.events.first(), window.events.nth(1)];
    await first.click({ position: { x: 60, y: 30 } });
    await pull(first, 'end', -5);
    await window.openAdvanced();
    await expect.poll(() => window.inspector.getByRole('textbox', { name: 'Blend out' }).inputValue()).toBe('0:00.05');
    await second.click({ position: { x: 100, y: 30 } });
    await expect.poll(() => window.inspector.getByRole('textbox', { name: 'Blend in' }).inputValue()).toBe('0:00.05');
    await studio.screenshot('handles-fades');
    await window.saved();
  });

  test('a locked track refuses every hand and says so', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Lock Events' }).click();
    await window.events.first().click({ position: { x: 60, y: 30 } });
    expect(await window.inspector.getByRole('textbox', { name: 'Length' }).isDisabled()).toBe(true);
    await window.prompt.fill('other words');
    await window.leaveFields();
    await page.getByRole('alert').filter({ hasText: 'This track is locked.' }).waitFor();
    await expect.poll(() => window.prompt.inputValue()).toBe('event 1');
    await window.drag(window.events.nth(1), { x: 60, y: 30 }, 100);
    expect(await window.eventSpans()).toEqual([{ start: 0, duration: 20 }, { start: 20, duration: 20 }]);
  });
});
