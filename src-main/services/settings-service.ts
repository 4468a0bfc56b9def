import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { AppStore } from '../store/app-store.ts';

/** Before the keys of windows, which know nothing of what else the app keeps. */
const PREFIX = 'window:';

export function createSettingsService({ settings }: Pick<AppStore, 'settings'>): StudioHandlers['settings'] {
  return {
    all: async () => ({ values: Object.fromEntries(settings.list(PREFIX).flatMap(([key, value]) => (typeof value === 'string' ? [[key.slice(PREFIX.length), value]] : []))) }),
    set: async ({ key, value }) => {
      if (value === null) settings.remove(`${PREFIX}${key}`);
      else settings.set(`${PREFIX}${key}`, value);
      return {};
    },
  };
}
