import type { z } from 'zod';
import type { Capability, SystemInfo } from '../../src-shared/contract/system.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/** What differs from host to host. The desktop shell has dialogs; the others answer CAPABILITY_UNAVAILABLE. */
export interface Platform {
  readonly host: SystemInfo['host'];
  readonly capabilities: readonly z.infer<typeof Capability>[];
  /** Base of media addresses, relative to the page or absolute, without a slash at its end. */
  readonly mediaBase: string;
  /** Seals secrets so that only this user of this machine can open them; null where the system has no such place. */
  readonly keychain: { seal(text: string): string; open(sealed: string): string } | null;
  /** Each dialog answers null, or an empty list, when the person changes their mind. */
  chooseProjectToOpen(): Promise<string | null>;
  chooseSavePath(defaultName: string): Promise<string | null>;
  chooseMedia(): Promise<readonly string[]>;
  chooseFolder(): Promise<string | null>;
  revealInFolder(path: string): Promise<void>;
  /** Begins a drag of a file out of the window. */
  dragFile(path: string): Promise<void>;
}

/** A host without a desktop: a browser page or a terminal. */
export function createHeadlessPlatform(host: 'node' | 'cli', mediaBase: string): Platform {
  const unavailable = async (what: string): Promise<never> => {
    throw new StudioError('CAPABILITY_UNAVAILABLE', `${what} needs the desktop app. Type the path instead.`, { details: { host } });
  };
  return {
    host,
    mediaBase,
    keychain: null,
    capabilities: host === 'node' ? ['uploadOverHttp'] : [],
    chooseProjectToOpen: () => unavailable('Choosing a project in a dialog'),
    chooseSavePath: () => unavailable('Choosing where to save in a dialog'),
    chooseMedia: () => unavailable('Choosing media in a dialog'),
    chooseFolder: () => unavailable('Choosing a folder in a dialog'),
    revealInFolder: () => unavailable('Showing a file in its folder'),
    dragFile: async () => {
      throw new StudioError('CAPABILITY_UNAVAILABLE', 'Dragging files out needs the desktop app. Download the file instead.', { details: { host } });
    },
  };
}
