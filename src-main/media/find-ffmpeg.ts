import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { run } from './run.ts';

/** A pair of binaries that answer. */
export interface FfmpegBinaries {
  readonly ffmpeg: string;
  readonly ffprobe: string;
  /** As ffmpeg prints it: `5.1.9-0+deb12u1`. */
  readonly version: string;
  readonly source: 'setting' | 'path' | 'package';
}

/** Where to look. Everything has a default; tests give their own. */
export interface FindOptions {
  readonly ffmpegPath?: string;
  readonly ffprobePath?: string;
  /** The PATH variable. */
  readonly searchPath?: string;
  /** Finds a file of an installed package; null when it is not installed. */
  readonly resolvePackage?: (specifier: string) => string | null;
}

/** ffmpeg 5.0 came with libavformat 59; builds from git have no version number but always print this one. */
const LIBAVFORMAT_OF_5_0 = 59;

/** Reads what `-version` prints; null where it is not ffmpeg's or ffprobe's answer. */
export function parseVersion(text: string): { version: string; libavformat: number } | null {
  const version = /^(?:ffmpeg|ffprobe) version (\S+)/.exec(text)?.[1];
  const libavformat = /libavformat\s+(\d+)\./.exec(text)?.[1];
  return version === undefined || libavformat === undefined ? null : { version, libavformat: Number(libavformat) };
}

async function askVersion(binary: string): Promise<{ version: string; libavformat: number } | null> {
  try {
    await access(binary, constants.X_OK);
    return parseVersion((await run(binary, ['-hide_banner', '-version'], { purpose: 'print its version', timeoutMs: 20_000 })).toString('utf8'));
  } catch {
    return null;
  }
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);

function resolveInstalled(specifier: string): string | null {
  try {
    // Binaries cannot run from inside an archive: a packaged app keeps them unpacked beside it.
    return createRequire(import.meta.url).resolve(specifier).replace(`app.asar${path.sep}`, `app.asar.unpacked${path.sep}`);
  } catch {
    return null;
  }
}

async function firstAnswering(candidates: readonly (string | null | undefined)[], minimum: number): Promise<{ binary: string; version: string } | null> {
  for (const binary of candidates) {
    if (binary === null || binary === undefined) continue;
    const answer = await askVersion(binary);
    if (answer !== null && answer.libavformat >= minimum) return { binary, version: answer.version };
  }
  return null;
}

/**
 * Finds ffmpeg and ffprobe: the setting, then PATH (5.0 or later), then the binaries inside the installer packages.
 * A path from the settings that does not answer is an error, never passed over in silence.
 */
export async function findFfmpeg(options: FindOptions = {}): Promise<FfmpegBinaries> {
  const { searchPath = process.env['PATH'] ?? '', resolvePackage = resolveInstalled } = options;
  const onPath = (name: string) => searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder)).map((folder) => path.join(folder, executable(name)));
  const inPackage = (name: string) => resolvePackage(`@${name}-installer/${process.platform}-${process.arch}/${executable(name)}`);

  const choose = async (name: 'ffmpeg' | 'ffprobe', setting: string | undefined, sibling?: string) => {
    if (setting !== undefined && setting !== '') {
      const chosen = await firstAnswering([setting], 0);
      if (chosen === null) {
        throw new StudioError('FFMPEG_MISSING', `The ${name} chosen in the settings does not run: ${setting}. Choose another one, or clear the setting to use the built-in one.`, { details: { path: setting } });
      }
      return { ...chosen, source: 'setting' as const };
    }
    const found = await firstAnswering([sibling, ...onPath(name)], LIBAVFORMAT_OF_5_0);
    if (found !== null) return { ...found, source: 'path' as const };
    const packaged = await firstAnswering([inPackage(name)], 0);
    if (packaged !== null) return { ...packaged, source: 'package' as const };
    throw new StudioError('FFMPEG_MISSING', `No ${name} was found: install ffmpeg 5.0 or later (on Debian: apt install ffmpeg), or choose its path in the settings.`, { details: { name } });
  };

  const ffmpeg = await choose('ffmpeg', options.ffmpegPath);
  const sibling = ffmpeg.source === 'package' ? undefined : path.join(path.dirname(ffmpeg.binary), executable('ffprobe'));
  const ffprobe = await choose('ffprobe', options.ffprobePath, sibling);
  return { ffmpeg: ffmpeg.binary, ffprobe: ffprobe.binary, version: ffmpeg.version, source: ffmpeg.source };
}
