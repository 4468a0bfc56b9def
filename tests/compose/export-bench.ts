import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FFMPEG_GLOBAL } from '../../src-main/media/command-line.ts';
import { drawTexts, loadFonts } from '../../src-main/media/export/text-pictures.ts';
import type { FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';
import type { Media } from '../../src-main/media/media.ts';
import type { MediaInfo } from '../../src-main/media/probe.ts';
import { run } from '../../src-main/media/run.ts';
import { planComposition, type CompositionPlan } from '../../src-shared/compose/composition-plan.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';
import { ExportSettings } from '../../src-shared/export/settings.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { packed, type Colours, type DecodedSource } from './reference-composition.ts';

export const FONTS_DIR = fileURLToPath(new URL('../../assets/fonts', import.meta.url));

/** Files and what is known of them, and exports of documents that show them. */
export interface ExportBench {
  readonly folder: string;
  readonly fonts: FontChain;
  /** Makes a file known under an asset id. */
  add(assetId: string, path: string): Promise<MediaInfo>;
  plan(records: TimelineRecords, captions?: 'burned' | 'left out'): CompositionPlan;
  /** Renders frames `[from, to)` of a document; all of them where none are named. */
  render(records: TimelineRecords, name: string, settings: Partial<ExportSettings> & Pick<ExportSettings, 'format'>, more?: { from?: number; to?: number; signal?: AbortSignal; onFrames?: (frames: number) => void; recipeJson?: string }): Promise<string>;
  /** Every frame of a known file, decoded by ffmpeg alone. */
  decoded(assetId: string, colours?: Colours): Promise<DecodedSource>;
  /** Frames of a file as RGB24, RGBA or planes of 4:4:4. `decoder` is for files whose transparency needs one. */
  pixels(path: string, format: 'rgb24' | 'rgba' | 'yuv444p', decoder?: string): Promise<{ width: number; height: number; frames: Uint8Array[] }>;
  close(): void;
}

export async function openExportBench(media: Media, binaries: FfmpegBinaries): Promise<ExportBench> {
  const folder = mkdtempSync(join(tmpdir(), 'motif-export-'));
  const infos = new Map<string, MediaInfo>();
  const fonts = await loadFonts(FONTS_DIR);
  const info = (id: string): MediaInfo => {
    const found = infos.get(id);
    if (found === undefined) throw new Error(`no ${id}`);
    return found;
  };
  const plan: ExportBench['plan'] = (records, captions = 'burned') =>
    planComposition({
      records, takeOf: () => null, captions,
      asset: (id) => {
        const found = infos.get(id);
        return found === undefined ? null : { kind: found.kind, width: found.width ?? 0, height: found.height ?? 0, frameRate: found.frameRate, frames: found.frames, hasAudio: found.hasAudio, hasAlpha: found.hasAlpha };
      },
    });
  const pixels: ExportBench['pixels'] = async (path, format, decoder) => {
    const { width, height } = await media.probe(path);
    if (width === null || height === null) throw new Error('no pictures');
    const raw = await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, ...(decoder === undefined ? [] : ['-c:v', decoder]), '-i', path, '-map', '0:v:0', '-vf', `scale=in_color_matrix=bt709:out_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int,format=${format}`, '-f', 'rawvideo', 'pipe:1'], { purpose: 'decode', maxBytes: 2 ** 31 - 1 });
    const size = width * height * (format === 'rgba' ? 4 : 3);
    return { width, height, frames: Array.from({ length: raw.length / size }, (_, index) => raw.subarray(index * size, (index + 1) * size)) };
  };
  let renders = 0;
  return {
    folder, fonts, plan, pixels,
    add: async (assetId, path) => {
      const found = await media.probe(path);
      infos.set(assetId, found);
      return found;
    },
    decoded: async (assetId, colours = 'rgb') => {
      const { path, frameRate } = info(assetId);
      const found = await pixels(path, colours === 'rgb' ? 'rgb24' : 'yuv444p');
      return { ...found, frames: colours === 'rgb' ? found.frames : found.frames.map(packed), rate: frameRate === null ? 1 : frameRate.num / frameRate.den };
    },
    render: async (records, name, partial, { from = 0, to, ...more } = {}) => {
      const settings = ExportSettings.parse(partial);
      const composition = plan(records, settings.captions === 'burned' ? 'burned' : 'left out');
      const scratch = join(folder, `scratch-${(renders += 1)}`);
      mkdirSync(scratch);
      const path = join(folder, name);
      const end = to ?? composition.durationFrames;
      const text = await drawTexts(composition, from, end, fonts, scratch);
      await media.renderExport({ path, plan: composition, from, to: end, settings, source: info, text, scratch, recipeJson: null, temporaryName: `.${name}.part`, ...more });
      return path;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
