import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestClips, type TestClips } from './pages/test-clips.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** What an event says beyond its words, and what is brought back to it from its takes. */
describe('the settings of an event', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
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
    studio = await launchStudio({ packsDir: packs.dir, viewport: { width: 1440, height: 1000 } });
    window = new StudioWindow(studio.page);
    await window.createProject('Settings');
    await window.typePrompt('a red fish');
    await window.leaveFields();
    await window.events.first().waitFor();
  });
  afterEach(() => studio.close());

  const field = (name: string) => window.inspector.getByRole('textbox', { name, exact: true });
  const type = async (name: string, text: string) => {
    await field(name).click();
    await studio.page.keyboard.press('ControlOrMeta+A');
    await studio.page.keyboard.type(text);
    await studio.page.keyboard.press('Enter');
  };

  test('style and seed offset reach the clip; a focused take brings them back by keys of its own', async () => {
    const { page } = studio;
    await field('Style').fill('watercolour');
    await type('Seed', '10');
    await window.openAdvanced();
    await type('Seed offset', '5');
    await window.inspector.getByRole('button', { name: 'Lock the seed' }).click();
    await window.leaveFields();
    await studio.screenshot('event-settings');
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 120_000 });
    expect(await window.takes.first().getAttribute('aria-label')).toBe('Seed 15 · Draft');
    await expect.poll(() => window.events.first().locator('[data-event-state]').getAttribute('data-event-state')).toBe('rendered');

    await window.takes.first().focus();
    await page.keyboard.press('Alt+1');
    await window.inspector.getByText('a red fish, watercolour', { exact: true }).waitFor();
    await studio.screenshot('take-recipe');
    await window.inspector.getByRole('button', { name: 'Back to the event' }).click();

    await field('Style').fill('ink');
    await window.typePrompt('a blue bird');
    await window.leaveFields();
    await expect.poll(() => window.events.first().locator('[data-event-state]').getAttribute('data-event-state')).toBe('changed');
    await window.takes.first().focus();
    await page.keyboard.press('Alt+2');
    // Its look came along in the words: the event's own is another one by now.
    await expect.poll(() => window.prompt.inputValue()).toBe('a red fish, watercolour');
    expect(await field('Style').inputValue()).toBe('');
    await expect.poll(() => window.events.first().locator('[data-event-state]').getAttribute('data-event-state')).toBe('rendered');
    await window.takes.first().click({ button: 'right' });
    await studio.screenshot('take-menu');
    await page.keyboard.press('Escape');
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.prompt.inputValue()).toBe('a blue bird');
    await window.saved();
  });

  test('how strongly the words count reaches the clip, and is part of what makes it current', async () => {
    const { page } = studio;
    const state = () => window.events.first().locator('[data-event-state]').getAttribute('data-event-state');
    await type('Seed', '10');
    await window.inspector.getByRole('button', { name: 'Lock the seed' }).click();
    await type('Strength', '40');
    await window.leaveFields();
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 120_000 });
    await expect.poll(state).toBe('rendered');
    await window.takes.first().focus();
    await page.keyboard.press('Alt+1');
    await window.inspector.getByText('40 %', { exact: true }).waitFor();
    await studio.screenshot('take-strength');
    await window.inspector.getByRole('button', { name: 'Back to the event' }).click();

    await type('Strength', '100');
    await window.leaveFields();
    await expect.poll(state).toBe('changed');
    // The very seed again: only the strength makes it another clip.
    await page.keyboard.press('ControlOrMeta+Enter');
    await expect.poll(() => window.takes.count(), { timeout: 120_000 }).toBe(2);
    await expect.poll(state).toBe('rendered');
    await window.takes.nth(1).focus();
    await page.keyboard.press('Alt+2');
    await expect.poll(() => field('Strength').inputValue()).toBe('40');
    await window.saved();

    // Marks: by keys on the card that has the focus, by hand on its panel.
    const named = (pattern: RegExp) => window.inspector.getByRole('list', { name: 'Takes of this event' }).getByRole('button', { name: pattern });
    await window.takes.nth(1).focus();
    await page.keyboard.press('4');
    await named(/Rated 4 of 5$/).waitFor();
    await page.keyboard.press('Alt+1');
    const marks = window.inspector.getByRole('region', { name: 'Your marks' });
    await marks.getByRole('combobox', { name: 'Label' }).fill('calm sea');
    await page.keyboard.press('Enter');
    await studio.screenshot('take-marks');
    await window.inspector.getByRole('button', { name: 'Back to the event' }).click();
    await named(/^calm sea, Seed \d+ · Draft, Rated 4 of 5$/).waitFor();
    await page.getByRole('tab', { name: 'Takes' }).click();
    await page.getByRole('textbox', { name: 'Search prompts and labels' }).fill('sea CALM');
    await expect.poll(() => page.getByRole('list', { name: 'All takes' }).getByRole('listitem').count()).toBe(1);
    await studio.screenshot('takes-labelled');

    // Ranked by pairs: two takes are one question.
    await window.leaveFields();
    await window.inspector.getByRole('button', { name: 'Rank takes by pairs' }).click();
    const ranking = page.getByRole('dialog', { name: /^Which one is better/ });
    await ranking.getByText('Pair 1 of at most 1').waitFor();
    await expect.poll(() => ranking.locator('video').evaluateAll((videos) => videos.every((video) => (video as HTMLVideoElement).readyState >= 2))).toBe(true);
    await studio.screenshot('rank-pair');
    await ranking.getByRole('button', { name: 'The left one is better' }).focus();
    await page.keyboard.press('ArrowRight');
    await ranking.getByText('Every take has its place').waitFor();
    await page.keyboard.press('Backspace');
    const best = await ranking.locator('video').last().getAttribute('data-rank-take');
    await page.keyboard.press('ArrowRight');
    await studio.screenshot('rank-order');
    await ranking.getByRole('button', { name: 'Keep it and use the best' }).click();
    await ranking.waitFor({ state: 'detached' });
    // The best stands first, and for the event.
    await expect.poll(() => window.inspector.locator('[data-take]').first().getAttribute('data-take')).toBe(best);
    await expect.poll(() => window.takes.first().getAttribute('aria-pressed')).toBe('true');
    await named(/Ranked number 1$/).waitFor();
    await studio.screenshot('takes-ranked');

    // What was asked for before is found by its words.
    await window.inspector.getByRole('button', { name: 'Prompt history' }).click();
    const history = page.getByRole('dialog', { name: 'Prompts used before' });
    await history.getByRole('textbox', { name: 'Search prompts' }).fill('FISH red');
    await history.getByText('1 in this project').waitFor();
    await history.getByText('used 2 times').waitFor();
    await history.getByRole('button', { name: 'Star this prompt' }).click();
    await history.getByRole('button', { name: 'Remove the star' }).waitFor();
    await studio.screenshot('prompt-history');
    await page.keyboard.press('Escape');
    await history.waitFor({ state: 'detached' });
    await window.typePrompt('something else');
    await window.inspector.getByRole('button', { name: 'Prompt history' }).click();
    await history.getByRole('textbox', { name: 'Search prompts' }).press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => window.prompt.inputValue()).toBe('a red fish');

    // Drafts first: Final is kept as what the draft is finished in.
    await window.choosePreset('Final');
    await window.inspector.getByRole('switch', { name: 'Fast preview' }).click();
    await window.inspector.getByText('a draft, then Final').waitFor();
    await studio.screenshot('fast-preview');
    await window.inspector.getByRole('button', { name: 'Generate a draft', exact: true }).click();
    await expect.poll(() => window.takes.count(), { timeout: 120_000 }).toBe(3);
    expect(await window.takes.evaluateAll((cards) => cards.map((card) => card.getAttribute('aria-label')).filter((name) => !name?.includes('Draft')))).toEqual([]);
    await window.inspector.getByRole('button', { name: /^Finish this draft as Final/ }).waitFor();
    await window.saved();
  });

  test('footage dropped on the style is restyled in it; Escape leaves a tool before anything else', async () => {
    const { page } = studio;
    await field('Style').fill('watercolour');
    await window.leaveFields();
    const base64 = (await readFile(clips.moving)).toString('base64');
    const transfer = await page.evaluateHandle((bytes) => {
      const made = new DataTransfer();
      made.items.add(new File([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))], 'walk.mp4', { type: 'video/mp4' }));
      return made;
    }, base64);
    const slot = page.getByTestId('style-slot');
    await slot.dispatchEvent('dragover', { dataTransfer: transfer });
    await slot.getByText('Restyle this footage in the style of the event').waitFor();
    await studio.screenshot('style-slot');
    await slot.dispatchEvent('drop', { dataTransfer: transfer });
    const dialog = page.getByRole('dialog', { name: /^Restyle/ });
    await dialog.waitFor({ timeout: 60_000 });
    expect(await dialog.getByRole('textbox', { name: 'Style', exact: true }).inputValue()).toBe('watercolour');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });

    await window.leaveFields();
    await window.events.first().click({ position: { x: 30, y: 20 } });
    await page.keyboard.press('b');
    const blade = page.getByRole('toolbar', { name: 'Timeline tools' }).getByRole('button', { name: 'Blade tool' });
    await expect.poll(() => blade.getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('Escape');
    await expect.poll(() => blade.getAttribute('aria-pressed')).toBe('false');
    expect(await window.events.first().getAttribute('aria-current')).toBe('true');
    await page.keyboard.press('Escape');
    await expect.poll(() => window.events.first().getAttribute('aria-current')).toBe('false');
  });
});
