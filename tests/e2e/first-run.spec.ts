import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';
import { makeTestPacks, type TestPacks } from './pages/test-packs.ts';

describe('the first minutes', () => {
  let studio: StudioUnderTest;
  let packs: TestPacks;
  beforeAll(async () => {
    packs = await makeTestPacks();
  });
  afterAll(() => packs.remove());
  beforeEach(async () => {
    studio = await launchStudio({ packsDir: packs.dir, viewport: { width: 1280, height: 720 } });
  });
  afterEach(() => studio.close());

  test('says what this machine can do before it asks for anything', async () => {
    const { page } = studio;
    await page.getByRole('button', { name: 'Make a clip now' }).waitFor();
    const facts = page.locator('dl[aria-label="This machine"]');
    expect(await facts.textContent()).toMatch(/\d+ cores, \d+ GB/);
    expect(await facts.textContent()).toMatch(/\d+ (GB|TB) free/);
    await facts.getByText(/^(Roughly|About) .* for a draft$/).waitFor();
    expect(await page.getByRole('textbox').count()).toBe(0);
  });

  test('makes a finished clip with one button, and remembers the project', async () => {
    const { page } = studio;
    const window = new StudioWindow(page);
    await page.getByRole('button', { name: 'Make a clip now' }).click();
    await window.takes.first().waitFor({ timeout: 120_000 });
    expect(await window.takes.first().getAttribute('aria-label')).toMatch(/Standard$/);
    await window.saved();
    await studio.screenshot('first-clip-1280');
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    await page.getByRole('button', { name: /^My first clip/ }).click();
    await window.takes.first().waitFor();
    expect(await window.prompt.inputValue()).toBe('a red fish swims right in the sea');
  });

  test('goes on where one was after a reload and after the host was killed', async () => {
    const { page } = studio;
    const window = new StudioWindow(page);
    await window.createProject('Tides');
    await window.typePrompt('a blue bird');
    await window.leaveFields();
    await window.saved();
    await page.reload();
    await expect.poll(() => window.prompt.inputValue()).toBe('a blue bird');
    if (studio.kind === 'electron') return;
    await studio.restartHost('SIGKILL');
    await page.getByRole('button', { name: /^Tides/ }).or(window.prompt).first().waitFor();
    const recent = page.getByRole('button', { name: /^Tides/ });
    if (await recent.isVisible()) await recent.click();
    await expect.poll(() => window.prompt.inputValue()).toBe('a blue bird');
  });

  test('tells at the field what is wrong with a path, and keeps it', async () => {
    if (studio.kind === 'electron') return;
    const { page } = studio;
    await page.getByRole('button', { name: 'Open project' }).click();
    const field = page.getByRole('textbox', { name: 'Path' });
    await field.fill('/nowhere/lost.motif');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText(/lost\.motif/).first().waitFor();
    expect(await field.inputValue()).toBe('/nowhere/lost.motif');
    expect(await field.getAttribute('aria-invalid')).toBe('true');
  });
});
