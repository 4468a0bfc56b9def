import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { filesIn, startStandInHub, type StandInHub } from '../hub/stand-in-hub.ts';
import { HUB_FOLDERS } from '../models/make-hub-folders.ts';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

const BASE = 'showlab/show-1-base';
const GATED = 'DeepFloyd/IF-II-L-v1.0';

describe('the models window', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  let hub: StandInHub;
  let source: string;

  beforeEach(async () => {
    source = await mkdtemp(join(tmpdir(), 'motif-hub-source-'));
    HUB_FOLDERS['show-1-base'](join(source, 'base'));
    HUB_FOLDERS['IF-II-L-v1.0'](join(source, 'if'));
    hub = await startStandInHub([{ name: BASE, files: filesIn(join(source, 'base')) }, { name: GATED, files: filesIn(join(source, 'if')), gated: true, token: 'hf_open', licence: 'deepfloyd-if-license' }]);
    packs = await makeTestPacks();
    studio = await launchStudio({ packsDir: packs.dir, viewport: { width: 1440, height: 900 } });
  });
  afterEach(async () => {
    await studio.close();
    await packs.remove();
    await hub.close();
    await rm(source, { recursive: true, force: true });
  });

  const models = (): Locator => studio.page.getByRole('dialog', { name: 'Models', exact: true });
  const repository = (name: string): Locator => models().getByRole('listitem', { name });

  async function openDownloads(): Promise<void> {
    await studio.page.getByRole('button', { name: 'Models', exact: true }).click();
    await models().getByRole('tab', { name: 'Get Show-1' }).click();
    await models().getByRole('button', { name: 'Change' }).click();
    const address = models().getByRole('textbox', { name: 'Address of the hub or mirror' });
    await address.fill(hub.address);
    await address.press('Enter');
    await models().getByText(`From ${hub.address}`).waitFor();
    await models().getByRole('region', { name: 'Hub' }).getByRole('button', { name: 'Close' }).click();
  }

  test('downloads after consent, pauses, survives the host, goes on, and lists a pack that can be used', async () => {
    const { page } = studio;
    await openDownloads();
    // Looking at the window asks the hub for nothing.
    expect(hub.seen).toEqual([]);
    await studio.screenshot('models-get');
    await repository(BASE).getByRole('button', { name: `Get ${BASE}` }).click();
    const plan = page.getByRole('dialog', { name: `Get ${BASE}` });
    const download = plan.getByRole('button', { name: /^Download/ });
    await plan.getByText('Show-1 weights: CC BY-NC 4.0').waitFor();
    await plan.getByText(/\d+ files, .* to download; .* are free\./).waitFor();
    expect(await download.isDisabled()).toBe(true);
    expect(hub.requests.map(({ path }) => path).filter((path) => /\.(bin|safetensors)$/.test(path))).toEqual([]);
    await studio.screenshot('models-consent');

    hub.fault = ({ path }) => (path.endsWith('.bin') ? { kind: 'drip', chunkBytes: 1_500, delayMs: 30 } : null);
    await plan.getByRole('checkbox', { name: 'I have read the licence and accept it' }).check();
    await download.click();
    const row = repository(BASE);
    await row.getByText(/\d of .* files proven and in place/).waitFor();
    // Speed and remaining time, once they were measured.
    await row.getByTestId('download-pace').filter({ hasText: /B\/s · .* left$/ }).waitFor();
    await studio.screenshot('models-downloading');
    await row.getByRole('button', { name: 'Pause' }).click();
    await row.getByText('Paused', { exact: true }).waitFor();
    await studio.screenshot('models-paused');
    const asked = hub.requests.length;

    if (studio.kind === 'node') {
      await studio.restartHost('SIGKILL');
      await page.getByRole('button', { name: 'Models', exact: true }).click();
      await models().getByRole('tab', { name: 'Get Show-1' }).click();
      await row.getByText('Paused', { exact: true }).waitFor();
      // Paused stays paused: a new start is no consent.
      expect(hub.requests.length).toBe(asked);
    }
    hub.fault = () => null;
    await row.getByRole('button', { name: 'Resume' }).click();
    await row.getByText('Complete', { exact: true }).waitFor();
    await row.getByText(/Part of show-1\. Its files are in/).waitFor();
    await studio.screenshot('models-complete');

    await models().getByRole('tab', { name: 'Installed' }).click();
    const pack = models().getByRole('article', { name: 'Show-1' });
    await pack.getByText('CC BY-NC 4.0').waitFor();
    await pack.getByText(/SHA-256 [0-9a-f]{16}/).waitFor();
    await studio.screenshot('models-installed');
    await models().getByRole('button', { name: 'Close' }).click();

    // Usable: a project finds it among its models, and the studio would generate with it.
    const window = new StudioWindow(page);
    await window.createProject('With Show-1');
    await window.library.getByRole('tab', { name: 'Models' }).click();
    await window.library.getByRole('article', { name: 'Show-1' }).getByText(/SHA-256/).waitFor();
    expect(await window.library.getByRole('alert').count()).toBe(0);
  });

  test('tells what a gated repository needs, takes a token in place, and says what a broken hub did', async () => {
    const { page } = studio;
    await openDownloads();
    await repository(GATED).getByRole('button', { name: `Get ${GATED}` }).click();
    const plan = page.getByRole('dialog', { name: `Get ${GATED}` });
    await plan.getByText(/Accept the terms on the repository's page on the hub, then give a token/).waitFor();
    await plan.getByText(/in a file that only your user account may read/).waitFor();
    await studio.screenshot('models-gated');
    const token = plan.getByLabel('Token for gated repositories');
    await token.fill('hf_open');
    await token.press('Enter');
    hub.fault = ({ path }) => (path.endsWith('.safetensors') ? { kind: 'wrongByte' } : null);
    await plan.getByRole('checkbox').check();
    await plan.getByRole('button', { name: /^Download/ }).click();
    const row = repository(GATED);
    await row.getByRole('alert').getByText(/came twice with other content than the hub's checksum stands for/).waitFor();
    await studio.screenshot('models-refused');
    hub.fault = () => null;
    await row.getByRole('button', { name: 'Try again' }).click();
    await row.getByText('Complete', { exact: true }).waitFor();
    await row.getByRole('button', { name: 'Dismiss' }).click();
    await row.getByRole('button', { name: `Get ${GATED}` }).waitFor();
  });

  test('keeps a wrong address or name at its field', async () => {
    const { page } = studio;
    await openDownloads();
    await models().getByRole('button', { name: 'Change' }).click();
    const address = models().getByRole('textbox', { name: 'Address of the hub or mirror' });
    await address.fill('http://hub.example.org');
    await address.press('Enter');
    await models().getByText(/http:\/\/ is for mirrors on this machine or network only/).waitFor();
    const other = models().getByRole('textbox', { name: 'Another repository of the family' });
    await other.fill('nonsense');
    await other.press('Enter');
    await models().getByText('Write the repository as OWNER/NAME.').waitFor();
    await other.fill('nobody/nothing');
    await other.press('Enter');
    await page.getByRole('dialog', { name: 'Get nobody/nothing' }).getByText(/does not have the repository nobody\/nothing/).waitFor();
  });
});
