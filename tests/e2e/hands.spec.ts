import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { launchStudio, type StudioUnderTest } from './harness/launch-studio.ts';
import { StudioWindow } from './pages/studio-window.ts';

describe('keys, commands and settings', () => {
  let studio: StudioUnderTest;
  let window: StudioWindow;
  beforeEach(async () => {
    studio = await launchStudio();
    window = new StudioWindow(studio.page);
    await window.createProject('Reef');
    await window.leaveFields();
  });
  afterEach(() => studio.close());

  test('records a key, explains the conflict, swaps, and works at once and after a reload', async () => {
    const { page } = studio;
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByRole('textbox', { name: 'Search shortcuts' }).fill('snap');
    await dialog.getByRole('button', { name: /change S$/ }).click();
    await page.keyboard.press('q');
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('alert').textContent()).toContain('Used by');
    await studio.screenshot('keymap-conflict');
    await dialog.getByRole('button', { name: 'Swap' }).click();
    await dialog.getByRole('button', { name: /change Q$/ }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('s');
    await window.queue.waitFor();
    await page.reload();
    await window.prompt.waitFor();
    await window.leaveFields();
    await page.keyboard.press('s');
    await window.queue.waitFor();
  });

  test('keeps keys and looks when the host comes back on another port', async () => {
    const { page } = studio;
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByRole('combobox', { name: 'Preset' }).click();
    await page.getByRole('option', { name: 'Premiere' }).click();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Light' }).click();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.getByRole('button', { name: 'Back to the start screen' }).click();
    const before = studio.baseUrl;
    await studio.restartHost('SIGTERM');
    expect(studio.baseUrl).not.toBe(before);
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.getByRole('button', { name: /^Reef/ }).click();
    await window.prompt.waitFor();
    await window.leaveFields();
    await page.keyboard.press('?');
    await dialog.getByRole('combobox', { name: 'Preset' }).filter({ hasText: 'Premiere' }).waitFor();
  });

  test('changes every key with a preset', async () => {
    const { page } = studio;
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await dialog.getByRole('combobox', { name: 'Preset' }).click();
    await page.getByRole('option', { name: 'Premiere' }).click();
    await dialog.getByRole('textbox', { name: 'Search shortcuts' }).fill('export');
    await dialog.getByRole('button', { name: /change Ctrl M$/ }).waitFor();
    await dialog.getByRole('textbox', { name: 'Search shortcuts' }).fill('');
    await studio.screenshot('keymap-premiere');
  });

  test('finds a command by name and runs it', async () => {
    const { page } = studio;
    await page.keyboard.press('ControlOrMeta+Shift+P');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await studio.screenshot('palette');
    await page.keyboard.type('sett');
    await page.keyboard.press('Enter');
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.waitFor();
    await studio.screenshot('settings-dark');
    await settings.getByRole('button', { name: 'Light' }).click();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
    await studio.screenshot('settings-light');
    const network = settings.getByRole('region', { name: 'Network' });
    await network.getByText('Nothing was asked of the network from this machine.').waitFor();
    await network.getByRole('switch', { name: 'Work offline' }).click();
    await expect.poll(() => network.getByRole('switch', { name: 'Work offline' }).isChecked()).toBe(true);
    await studio.screenshot('settings-network');
    await settings.getByRole('button', { name: 'Close' }).click();
    await settings.waitFor({ state: 'detached' });
    await studio.screenshot('editor-light');
  });

  test('moves the focus between the regions', async () => {
    const { page } = studio;
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-pane') ?? null);
    for (const [key, pane] of [['Alt+1', 'library'], ['Alt+2', 'viewer'], ['Alt+3', 'inspector'], ['Alt+4', 'timeline'], ['Alt+5', 'queue']] as const) {
      await page.keyboard.press(key);
      await expect.poll(focused).toBe(pane);
    }
  });
});
