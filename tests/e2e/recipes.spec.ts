import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { afterEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { ExportPages } from './pages/export-pages.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

/** A clip is made, exported, dropped into another project; its recipe is held against what is there, restored, and run again. */
describe('a recipe that travels', () => {
  let studio: StudioUnderTest | null = null;
  let packs: TestPacks | null = null;
  afterEach(async () => {
    await studio?.close();
    await packs?.remove();
  });

  const drop = async (target: Locator, file: { name: string; type: string; base64: string }) => {
    const transfer = await target.page().evaluateHandle(({ name, type, base64 }) => {
      const made = new DataTransfer();
      made.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name, { type }));
      return made;
    }, file);
    await target.dispatchEvent('dragover', { dataTransfer: transfer });
    await target.dispatchEvent('drop', { dataTransfer: transfer });
  };

  test('shows a diff, restores, verifies, and names what is missing', { timeout: 300_000 }, async () => {
    packs = await makeTestPacks();
    studio = await launchStudio({ packsDir: packs.dir });
    const { page } = studio;
    const window = new StudioWindow(page);
    const exports = new ExportPages(page);
    const out = join(studio.home.projectsFolder, 'out');
    mkdirSync(out);
    await window.createProject('First');
    await window.typePrompt('a red fish swims right in the sea');
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 120_000 });
    const seed = /Seed (\d+)/.exec((await window.takes.first().getAttribute('aria-label')) ?? '')?.[1] ?? '';
    expect(seed).not.toBe('');

    // The clip itself goes out, as it is, with everything.
    await window.takes.first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: /^Export/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Export clip' });
    await dialog.getByRole('textbox', { name: 'File to write' }).fill(join(out, 'fish.mp4'));
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(() => dialog.count(), { timeout: 30_000 }).toBe(0);
    // The timeline goes out as a GIF, without prompts.
    await exports.openFromMenu();
    await exports.choose('Format', 'GIF');
    await exports.choose('Recipe', 'Without prompts');
    await exports.path.fill(join(out, 'silent.gif'));
    await exports.begin();
    await expect.poll(() => exports.dialog.count(), { timeout: 60_000 }).toBe(0);

    // Another project, with an event of its own.
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await window.createProject('Second');
    await window.typePrompt('a blue bird flies left in the sky');
    await window.leaveFields();
    const recipe = page.getByRole('dialog', { name: 'Recipe' });
    const diff = recipe.getByRole('table', { name: 'The recipe against this project' });
    await drop(page.getByRole('main', { name: 'Viewer' }), { name: 'fish.mp4', type: 'video/mp4', base64: readFileSync(join(out, 'fish.mp4')).toString('base64') });
    await diff.waitFor({ timeout: 30_000 });
    const settled = () => expect.poll(() => recipe.evaluate((paper) => getComputedStyle(paper.parentElement ?? paper).opacity)).toBe('1');
    const rowOf = (label: string) => diff.getByRole('row').filter({ has: page.getByRole('rowheader', { name: label, exact: true }) });
    await recipe.getByRole('combobox', { name: 'Restore into' }).click();
    await page.getByRole('option', { name: 'The selected event' }).click();
    await expect.poll(() => rowOf('Prompt').getAttribute('data-differs')).toBe('true');
    expect(await rowOf('Prompt').textContent()).toMatch(/a red fish swims right in the sea.*a blue bird flies left in the sky/);
    expect(await rowOf('Seed').textContent()).toContain(seed);
    expect(await rowOf('Model').getAttribute('data-differs')).toBe('false');
    await settled();
    await studio.screenshot('recipe-diff');

    await recipe.getByRole('button', { name: 'Run again and verify' }).click();
    const verdict = recipe.getByTestId('recipe-verdict');
    await verdict.waitFor({ timeout: 120_000 });
    expect(await verdict.getAttribute('data-outcome')).toBe('identical');
    await studio.screenshot('recipe-verified');

    await recipe.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect.poll(() => recipe.count()).toBe(0);
    await expect.poll(() => window.prompt.inputValue()).toBe('a red fish swims right in the sea');
    expect(await window.inspector.getByRole('textbox', { name: 'Seed', exact: true }).inputValue()).toBe(seed);
    await studio.screenshot('recipe-restored');
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+Z');
    await expect.poll(() => window.prompt.inputValue()).toBe('a blue bird flies left in the sky');

    // Without its prompts it tells how, and promises nothing.
    await drop(page.getByRole('main', { name: 'Viewer' }), { name: 'silent.gif', type: 'image/gif', base64: readFileSync(join(out, 'silent.gif')).toString('base64') });
    await recipe.getByText('Left out when it was exported').waitFor({ timeout: 30_000 });
    expect(await recipe.getByRole('button', { name: 'Restore', exact: true }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => recipe.count()).toBe(0);

    // A recipe file for a model that is not here: named, and its settings restored as a new event all the same.
    const beside = { format: 1, engine: { name: 'motif-engine', version: '0.0.1', executionProvider: 'cpu' }, pack: { id: 'gone-pack', version: '2.0', sha256: 'a'.repeat(64) }, prompt: 'a green boat\u202e sails', negativePrompt: '', seed: 77, preset: 'standard', stages: [{ stage: 'keyframes', numInferenceSteps: 9, guidanceScale: 4 }], frameRate: { num: 8, den: 1 } };
    writeFileSync(join(out, 'boat.recipe.json'), JSON.stringify(beside));
    await drop(page.getByRole('main', { name: 'Viewer' }), { name: 'boat.recipe.json', type: 'application/json', base64: readFileSync(join(out, 'boat.recipe.json')).toString('base64') });
    await recipe.getByTestId('recipe-problem').waitFor({ timeout: 30_000 });
    expect(await recipe.getByTestId('recipe-problem').textContent()).toMatch(/"gone-pack" 2\.0 is not installed/);
    expect(await rowOf('Model').getAttribute('data-missing')).toBe('true');
    // What turns the direction of words is not shown.
    expect(await rowOf('Prompt').textContent()).not.toContain('\u202e');
    await settled();
    await studio.screenshot('recipe-missing');
    await recipe.getByRole('button', { name: 'Restore', exact: true }).click();
    await expect.poll(() => window.events.count()).toBe(2);
    expect(await window.inspector.getByRole('textbox', { name: 'Seed', exact: true }).inputValue()).toBe('77');
    await window.saved();
  });
});
