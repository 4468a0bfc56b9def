import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeHubFolders } from '../models/make-hub-folders.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

describe('importing models', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  let source: string;
  beforeEach(async () => {
    source = await mkdtemp(join(tmpdir(), 'motif-models-'));
    writeHubFolders(source, ['show-1-base', 'show-1-interpolation', 'show-1-sr1']);
    packs = await makeTestPacks();
    studio = await launchStudio({ packsDir: packs.dir, viewport: { width: 1440, height: 900 } });
  });
  afterEach(async () => {
    await studio.close();
    await packs.remove();
    await rm(source, { recursive: true, force: true });
  });

  const models = (): Locator => studio.page.getByRole('dialog', { name: 'Models', exact: true });
  const openModels = async (): Promise<void> => {
    await studio.page.getByRole('button', { name: 'Models', exact: true }).click();
    await models().getByRole('tab', { name: 'Import' }).click();
  };

  test('finds a cascade in a folder, asks for its licence, says what it lacks and needs, and makes a clip with it', { timeout: 600_000 }, async () => {
    const { page } = studio;
    await openModels();
    const folder = models().getByRole('textbox', { name: 'Folder of models' });
    await folder.fill(join(source, 'nowhere'));
    await folder.press('Enter');
    await models().getByText(/does not exist or cannot be read/).waitFor();
    await folder.fill(source);
    await folder.press('Enter');
    const found = models().getByRole('list', { name: 'Found in this folder' });
    await found.getByText('Key frames', { exact: true }).waitFor();
    expect(await found.getByRole('listitem').count()).toBe(3);
    await models().getByText(/IF-II-L-v1\.0, the image model for the first enlarged frame/).waitFor();
    await models().getByText(/show-1-sr2: clips end before superResolution2/).waitFor();
    const use = models().getByRole('button', { name: 'Use these models' });
    expect(await use.isDisabled()).toBe(true);
    await models().getByText('Creative Commons Attribution-NonCommercial 4.0 International', { exact: false }).waitFor();
    await studio.screenshot('models-import-found');
    await models().getByRole('checkbox').check();
    await use.click();
    await page.getByText('show-1 can be used. The files stay where they are.').waitFor();

    await models().getByRole('tab', { name: 'Installed' }).click();
    const card = models().getByRole('article', { name: 'Show-1' });
    await card.getByText(/SHA-256 [0-9a-f]{16}/).waitFor();
    await card.getByRole('button', { name: 'What it needs here' }).click();
    await card.getByText(/loaded and released in turn|read from disk again|Close other programs/).waitFor();
    expect(await card.getByRole('row').count()).toBe(5);
    await studio.screenshot('models-import-needs');
    await card.getByRole('button', { name: 'Use for new clips' }).click();
    await card.getByText('Used for new clips').waitFor();
    await models().getByRole('button', { name: 'Close' }).click();

    const window = new StudioWindow(page);
    await window.createProject('With Show-1');
    await window.typePrompt('a red fish swims left');
    await page.keyboard.press('ControlOrMeta+Enter');
    await window.takes.first().waitFor({ timeout: 300_000 });
    await window.inspector.getByText('As the paper').waitFor();
    await studio.screenshot('models-import-take');
    await window.takes.first().click();
    await page.getByText('show-1', { exact: false }).first().waitFor();
  });

  test('says which part is damaged, imports the rest, and forgets it again', async () => {
    await rm(join(source, 'show-1-interpolation', 'scheduler'), { recursive: true });
    await openModels();
    const folder = models().getByRole('textbox', { name: 'Folder of models' });
    await folder.fill(source);
    await folder.press('Enter');
    await models().getByRole('alert').getByText(/scheduler_config\.json is missing/).waitFor();
    await models().getByRole('checkbox').check();
    await models().getByRole('button', { name: 'Use these models' }).click();
    await models().getByRole('tab', { name: 'Installed' }).click();
    const card = models().getByRole('article', { name: 'Show-1' });
    await card.getByText(/clips end before interpolation/).waitFor();
    await card.getByRole('button', { name: 'Forget' }).click();
    await expect.poll(() => card.count()).toBe(0);
  });
});
