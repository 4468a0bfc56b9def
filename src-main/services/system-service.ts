import { statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { Media } from '../media/media.ts';
import type { Execution } from './execution.ts';
import type { Platform } from './platform.ts';
import { toFileName } from '../../src-shared/export/file-name.ts';

/** Free bytes where `folder` is or will be. */
async function freeBytesAt(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? 0 : freeBytesAt(dirname(folder));
  }
}

export function createSystemService(parts: {
  readonly platform: Platform;
  readonly media: Media;
  readonly appVersion: string;
  readonly execution: Execution;
  readonly projectsFolder: string;
}): StudioHandlers['system'] {
  const { platform, media, appVersion, execution, projectsFolder } = parts;
  return {
    info: async () => ({
      appVersion,
      projectsFolder,
      host: platform.host,
      capabilities: [...platform.capabilities],
      mediaBase: platform.mediaBase,
      cpu: { model: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
      memory: { totalBytes: totalmem(), freeBytes: freemem() },
      disk: { path: projectsFolder, freeBytes: await freeBytesAt(projectsFolder) },
      // A missing ffmpeg is a fact to show here; the job that needs it says how to mend it.
      ffmpegVersion: await media.version().then(({ version }) => version, () => null),
    }),
    execution: () => execution.report(),
    setExecutionProvider: ({ provider }) => execution.choose(provider),
    chooseProjectToOpen: async () => ({ path: await platform.chooseProjectToOpen() }),
    chooseSavePath: async ({ defaultName }) => ({ path: await platform.chooseSavePath(join(projectsFolder, toFileName(defaultName, 'Untitled'))) }),
    chooseMedia: async () => ({ paths: [...(await platform.chooseMedia())] }),
    chooseFolder: async () => ({ path: await platform.chooseFolder() }),
    revealInFolder: async ({ path }) => {
      await platform.revealInFolder(path);
      return {};
    },
  };
}
