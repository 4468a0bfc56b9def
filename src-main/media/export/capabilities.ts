import type { FfmpegBinaries } from '../find-ffmpeg.ts';
import { run } from '../run.ts';

/** What the ffmpeg at hand can do. */
export interface Capabilities {
  readonly encoders: ReadonlySet<string>;
  readonly filters: ReadonlySet<string>;
  /** Pixel formats in which `overlay` blends. */
  readonly overlayFormats: ReadonlySet<string>;
}

/** Asks ffmpeg once for what it was built with. */
export async function readCapabilities({ ffmpeg }: FfmpegBinaries): Promise<Capabilities> {
  const ask = async (...args: string[]): Promise<string> => (await run(ffmpeg, ['-hide_banner', ...args], { purpose: 'tell what it can do', timeoutMs: 30_000 })).toString('utf8');
  const [encoders, filters, overlay] = [await ask('-encoders'), await ask('-filters'), await ask('-h', 'filter=overlay')];
  const secondWords = (text: string, first: RegExp): Set<string> =>
    new Set(text.split('\n').flatMap((line) => {
      const [flags, name] = line.trim().split(/\s+/);
      return flags !== undefined && name !== undefined && first.test(flags) ? [name] : [];
    }));
  return {
    encoders: secondWords(encoders, /^[VASD.][F.][S.][X.][B.][D.]$/),
    filters: secondWords(filters, /^[TSC.]{2,3}$/),
    overlayFormats: new Set([...overlay.matchAll(/^ {5}(yuv\w+|gbrp|rgb)\b/gm)].map((match) => match[1] ?? '')),
  };
}
