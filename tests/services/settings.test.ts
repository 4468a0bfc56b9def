import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSettingsStorage } from '../../src-renderer/editor/settings-storage.ts';
import { openTestStudio, type StudioUnderTest } from './studio-fixture.ts';

let under: StudioUnderTest;
beforeEach(async () => {
  under = await openTestStudio();
});
afterEach(() => under.close());

it('keeps what a window remembers over a restart, and nothing of the app beside it', async () => {
  const storage = await openSettingsStorage(under.client);
  expect(storage.getItem('keymap')).toBeNull();
  storage.setItem('keymap', '{"preset":"premiere"}');
  storage.setItem('layout:project:1', 'a');
  storage.setItem('layout:project:1', 'b');
  expect(storage.getItem('layout:project:1')).toBe('b');
  await storage.flush();
  under = await under.restart();
  expect(await under.client.settings.all({})).toEqual({ values: { keymap: '{"preset":"premiere"}', 'layout:project:1': 'b' } });
  await under.client.settings.set({ key: 'keymap', value: null });
  expect((await openSettingsStorage(under.client)).getItem('keymap')).toBeNull();
});

it('refuses keys and values that no window would have', async () => {
  await expect(under.client.settings.set({ key: 'x'.repeat(300), value: 'a' })).rejects.toMatchObject({ code: 'RPC_INPUT_INVALID' });
  await expect(under.client.settings.set({ key: 'a', value: 'x'.repeat(300_000) })).rejects.toMatchObject({ code: 'RPC_INPUT_INVALID' });
});
