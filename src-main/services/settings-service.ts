import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { AppStore } from '../store/app-store.ts';

/** Before the keys of windows, which know nothing of what else the app keeps. */
export const WINDOW_KEYS = 'window:';

export function createSettingsService({ settings }: Pick<AppStore, 'settings'>): StudioHandlers['settings'] {
  return {
    all: async () => ({ values: Object.fromEntries(settings.list(WINDOW_KEYS).flatMap(([key, value]) => (typeof value === 'string' ? [[key.slice(WINDOW_KEYS.length), value]] : []))) }),
    set: async ({ key, value }) => {
      if (value === null) settings.remove(`${WINDOW_KEYS}${key}`);
      else settings.set(`${WINDOW_KEYS}${key}`, value);
      return {};
    },
  };
}
