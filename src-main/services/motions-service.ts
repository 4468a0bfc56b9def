import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** Learned motions of open projects. */
export function createMotionsService(): StudioHandlers['motions'] {
  const later = async (): Promise<never> => {
    throw new StudioError('CAPABILITY_UNAVAILABLE', 'Motions cannot be learned in this build yet.');
  };
  return {
    list: async () => ({ motions: [] }),
    get: later,
    inspectClip: later,
    learn: later,
    watchLearning: async function* () { yield await later(); },
    rename: later,
    remove: later,
    exportToFile: later,
    importFromFile: later,
  };
}
