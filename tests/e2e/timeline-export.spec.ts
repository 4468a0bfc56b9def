import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

describe('exporting the timeline', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir });
    await new StudioWindow(studio.page).createProject('Export');
  });
  afterEach(() => studio.close());

  test('tells what it would write, keeps its values after an error, and writes', async () => {
    const { page } = studio;
    await page.keyboard.press('Shift+E');
    await page.getByRole('region', { name: 'Timeline' }).first().focus();
    await page.keyboard.press('ControlOrMeta+Alt+E');
    const dialog = page.getByRole('dialog', { name: 'Export timeline' });
    await dialog.waitFor();
    await expect.poll(() => dialog.getByTestId('export-estimate').textContent()).toMatch(/576 × 320 · \d+ frames · .*export\.mp4 · .* free/);
    await studio.screenshot('timeline-export');
    const choose = async (field: string, option: string) => {
      await dialog.getByRole('combobox', { name: field }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    await choose('Format', 'GIF');
    await choose('Picture height', '240');
    const path = dialog.getByRole('textbox', { name: 'File to write' });
    expect(await path.inputValue()).toMatch(/\{project\}\.gif$/);
    await path.fill('somewhere.gif');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    expect(await dialog.getByRole('alert').first().textContent()).toContain('somewhere.gif is not a whole path');
    await studio.screenshot('timeline-export-refused');
    expect([await path.inputValue(), await dialog.getByRole('combobox', { name: 'Format' }).textContent()]).toEqual(['somewhere.gif', 'GIF']);
    const file = `${studio.home.projectsFolder}/made.gif`;
    await path.fill(file);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog.waitFor({ state: 'detached', timeout: 60_000 });
    expect((await readFile(file)).subarray(0, 6).toString('latin1')).toBe('GIF89a');
  });
});
