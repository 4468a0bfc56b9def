import { existsSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { ProviderWish } from '../../src-shared/execution/provider.ts';
import type { EngineFork } from '../jobs/engine-process.ts';
import type { JobLane } from '../store/job-repository.ts';
import type { MediaRequest, MediaResponse } from '../services/media-exchange.ts';

export { parseMediaPath, type MediaRequest, type MediaResponse } from '../services/media-exchange.ts';
export type { EngineChild, EngineExit, EngineFork } from '../jobs/engine-process.ts';
export { createHeadlessPlatform, type Platform } from '../services/platform.ts';

/** A running studio, as every host sees it. */
export interface Studio {
  /** For `serve(studioContract, studio.handlers, transport)`. */
  readonly handlers: StudioHandlers;
  /** Bytes for a page: assets, thumbnails, previews, downloads and uploads. Never throws. */
  media(request: MediaRequest): Promise<MediaResponse>;
  /** Largest resident memory so far of the engine process and of this one together, in bytes. */
  peakMemoryBytes(): number;
  /** Work that is running or waiting its turn in the open projects: what a host asks about before it closes. `share` done, in [0, 1]. */
  unfinishedJobs(): readonly { readonly projectId: string; readonly jobId: string; readonly title: string; readonly share: number }[];
  /** Stops jobs between two steps, keeps their checkpoints and closes every file. */
  close(): Promise<void>;
}

/** Where a studio finds and puts things. */
export interface StudioConfig {
  /** The app's own database and caches. */
  readonly dataDir: string;
  /** Where new projects go unless the creator says otherwise. */
  readonly projectsFolder: string;
  /** Model packs that came with the studio: a folder of folders. */
  readonly embeddedPacksDir: string;
  /** Model packs that were added. */
  readonly packsDir: string;
  /** Fonts for titles and captions. */
  readonly fontsDir: string;
  /** The project that comes with the studio; pages open copies of it. */
  readonly sampleProject: string;
  /** Threads of the engine. */
  readonly threads: number;
  /** What runs here: generation (`compute`), import and export (`media`), clips that the page can show in haste (`standIns`). Jobs of other lanes wait for a studio that runs them. */
  readonly lanes: readonly JobLane[];
  /** What the models run on this time; the creator's setting when left out. */
  readonly executionProvider?: ProviderWish | undefined;
  /** Whether this studio goes on with downloads that were running when the last one ended; false when left out. */
  readonly goesOnDownloading?: boolean;
  /** Nothing may leave this machine, whatever the setting says; false when left out. */
  readonly offline?: boolean;
  /** How this host starts the engine process; a child of this Node process when left out. */
  readonly forkEngine?: EngineFork;
  readonly log: (line: string) => void;
}

/** The folders of a studio outside the desktop app, by the platform's habits. `MOTIF_DATA_DIR`, `MOTIF_PROJECTS_DIR` and `MOTIF_PACKS_DIR` come first. `--offline` among a program's arguments, or MOTIF_OFFLINE=1, closes the network. */
export function defaultStudioConfig(environment: NodeJS.ProcessEnv = process.env): StudioConfig {
  const home = homedir();
  const dataHome =
    process.platform === 'darwin' ? join(home, 'Library', 'Application Support')
    : process.platform === 'win32' ? (environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'))
    : (environment['XDG_DATA_HOME'] ?? join(home, '.local', 'share'));
  const dataDir = environment['MOTIF_DATA_DIR'] ?? join(dataHome, 'motif-studio');
  const documents = join(home, 'Documents');
  return {
    dataDir,
    projectsFolder: environment['MOTIF_PROJECTS_DIR'] ?? join(existsSync(documents) ? documents : home, 'Motif'),
    embeddedPacksDir: environment['MOTIF_EMBEDDED_PACKS_DIR'] ?? fileURLToPath(new URL('../../models', import.meta.url)),
    sampleProject: fileURLToPath(new URL('../../assets/sample/sample.motif', import.meta.url)),
    fontsDir: fileURLToPath(new URL('../../assets/fonts', import.meta.url)),
    packsDir: environment['MOTIF_PACKS_DIR'] ?? join(dataDir, 'packs'),
    threads: engineThreads(environment['MOTIF_THREADS']),
    lanes: ['compute', 'media', 'standIns'],
    executionProvider: wishFrom(environment['MOTIF_PROVIDER']),
    offline: environment['MOTIF_OFFLINE'] === '1' || process.argv.includes('--offline'),
    log: (line) => console.error(line),
  };
}

/** A wish in words. One that is not known is an error, or a creator would wait for a graphics card that was never asked. */
export function wishFrom(text: string | undefined): ProviderWish | undefined {
  if (text === undefined || text === '') return undefined;
  const wish = ProviderWish.safeParse(text);
  if (wish.success) return wish.data;
  throw new StudioError('INVALID_INPUT', `There is no execution provider "${text}". Choose one of ${ProviderWish.options.join(', ')}.`);
}

/** All cores up to four; beyond, one is left to the window (the engine's work is bound by memory there anyway). */
function engineThreads(wanted: string | undefined): number {
  const given = Number(wanted);
  if (Number.isInteger(given) && given >= 1 && given <= 64) return given;
  const cores = availableParallelism();
  return cores > 4 ? cores - 1 : cores;
}
