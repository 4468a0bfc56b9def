import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rational } from '../../src-shared/timing/rational.ts';
import { audioRecord, captionRecord, clipRecord, eventRecord } from '../timeline/sample-document.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { itemOf, openPrepared, projectWith } from './pages/prepared-project.ts';
import { StudioWindow } from './pages/studio-window.ts';

/** Numbers of what is selected, under real hands. The sequence runs at 8 frames a second. */
describe('the inspector', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  beforeEach(async () => {
    studio = await launchStudio({
      prepare: projectWith('Numbers', eventRecord(1, 0, 20), eventRecord(2, 20, 20), clipRecord(1, 0, 16, { sourceIn: rational(2) }), clipRecord(2, 16, 16, { opacity: 0.5 }), audioRecord(1, 0, 24), captionRecord(1, 4, 10, 'Hello there')),
    });
    window = new StudioWindow(studio.page);
    await openPrepared(studio, 'Numbers');
  });
  afterEach(() => studio.close());

  const field = (name: string) => window.inspector.getByRole('textbox', { name, exact: true });
  const value = (name: string) => field(name).inputValue();
  const type = async (name: string, text: string) => {
    await field(name).click();
    await studio.page.keyboard.press('ControlOrMeta+A');
    await studio.page.keyboard.type(text);
    await studio.page.keyboard.press('Enter');
  };
  /** Presses on a field's name and pulls it by so many pixels; leaves the button down. */
  const pull = async (name: string, by: number) => {
    const box = (await window.inspector.locator(`[data-scrub="${name}"]`).boundingBox())!;
    const [x, y] = [box.x + 8, box.y + box.height / 2];
    await studio.page.mouse.move(x, y);
    await studio.page.mouse.down();
    await studio.page.mouse.move(x + by, y, { steps: 5 });
  };
  const clip = (index: number) => itemOf(studio, 'clip', index);
  const press = (index: number) => clip(index).click({ position: { x: 40, y: 10 } });

  test('a clip is typed, dragged finely, let go with Escape, and undone', async () => {
    const { page } = studio;
    await press(1);
    await window.inspector.getByRole('region', { name: 'Picture' }).waitFor();
    expect([await value('Start'), await value('Length'), await value('In'), await value('Out'), await value('Speed'), await value('Opacity')]).toEqual(['0:00.00', '0:02.00', '2', '4', '100', '100']);
    await type('Opacity', '62,5 %');
    await expect.poll(() => value('Opacity')).toBe('62.5');

    await pull('Opacity', -40);
    await expect.poll(() => value('Opacity')).toBe('52.5');
    await studio.screenshot('inspector-scrub');
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect.poll(() => value('Opacity')).toBe('62.5');

    await page.keyboard.down('Control');
    await pull('Opacity', -40);
    await page.mouse.up();
    await page.keyboard.up('Control');
    await expect.poll(() => value('Opacity')).toBe('61.5');
    await page.keyboard.down('Shift');
    await pull('Opacity', -20);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await expect.poll(() => value('Opacity')).toBe('11.5');
    await type('Opacity', '61.5');

    await type('Length', '1:00');
    // The next clip is in the way.
    await expect.poll(() => value('Length')).toBe('0:02.00');
    await type('Length', '12f');
    await expect.poll(() => clip(1).getAttribute('data-duration')).toBe('12');
    await type('Speed', '200');
    await expect.poll(() => clip(1).getAttribute('data-duration')).toBe('6');
    await type('In', '1');
    await expect.poll(() => clip(1).getAttribute('data-source')).toBe('1');
    await type('Fade in', '3');
    await expect.poll(() => clip(1).locator('.fade').count()).toBe(1);
    await field('Opacity').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('7');
    await page.keyboard.press('Escape');
    await expect.poll(() => value('Opacity')).toBe('61.5');
    await studio.screenshot('inspector-clip');
    await window.saved();
    for (let presses = 0; presses < 8; presses += 1) await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => value('Opacity')).toBe('100');
    await expect.poll(() => clip(1).getAttribute('data-duration')).toBe('16');
  });

  test('several clips share their values and take one together', async () => {
    const { page } = studio;
    await press(1);
    await page.keyboard.down('Control');
    await press(2);
    await page.keyboard.up('Control');
    await window.inspector.getByText('2 items').waitFor();
    expect(await value('Opacity')).toBe('Mixed');
    expect(await value('Scale')).toBe('100');
    expect(await field('Start').count()).toBe(0);
    await studio.screenshot('inspector-several');
    await type('Opacity', '80');
    await type('X', '-25');
    await press(1);
    await expect.poll(() => value('Opacity')).toBe('80');
    expect(await value('X')).toBe('-25');
    await press(2);
    await expect.poll(() => value('Opacity')).toBe('80');
    await page.keyboard.down('Control');
    await itemOf(studio, 'audio', 1).click({ position: { x: 40, y: 10 } });
    await page.keyboard.up('Control');
    // Pictures have no volume knob of the picture kind, sound has no opacity: what both have stays.
    await expect.poll(() => field('Opacity').count()).toBe(0);
    expect(await value('Volume')).toBe('100');
  });

  test('words, letters and blends', async () => {
    const { page } = studio;
    await itemOf(studio, 'caption', 1).click({ position: { x: 20, y: 8 } });
    await window.inspector.getByRole('textbox', { name: 'Text' }).fill('Far below');
    await page.keyboard.press('Escape');
    await expect.poll(() => itemOf(studio, 'caption', 1).textContent()).toBe('Far below');
    await window.inspector.getByRole('button', { name: 'Title' }).click();
    await type('Y', '-30');
    await expect.poll(() => value('Y')).toBe('-30');
    await studio.screenshot('inspector-title');
    await window.events.first().click({ position: { x: 60, y: 20 } });
    await window.openAdvanced();
    await type('Blend out', '4');
    await expect.poll(() => value('Blend out')).toBe('0:00.04');
    await studio.screenshot('inspector-event');
    await window.saved();
  });

  test('markers have words and a colour', async () => {
    const { page } = studio;
    await window.leaveFields();
    await page.keyboard.press('m');
    await page.locator('[data-marker="0"]').click();
    await window.inspector.getByRole('textbox', { name: 'Label' }).fill('Title card');
    await page.keyboard.press('Escape');
    await window.inspector.getByRole('radio', { name: 'Green' }).click();
    await expect.poll(() => page.locator('[data-marker="0"]').getAttribute('title')).toBe('Title card');
    await window.saved();
  });
});
