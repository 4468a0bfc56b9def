import type { ThemeProviderProps } from '@mui/material/styles';
import type { LayoutStorage } from '../editor/session-store.ts';

type StorageManager = NonNullable<ThemeProviderProps['storageManager']>;

/** Light or dark, kept with everything else that this person chose. */
export const themeStorage = (settings: LayoutStorage): StorageManager => ({ key }) => ({
  get: (defaultValue: unknown) => settings.getItem(key) ?? defaultValue,
  set: (value: unknown) => settings.setItem(key, String(value)),
  // Other windows have their own light.
  subscribe: () => () => undefined,
});
