import type { MediaInfo } from '../probe.ts';
import { clearDecoder, fileArgument, inputGuards } from '../command-line.ts';

/** A file that an export draws from: an asset copied out, or a picture of words. */
export type ExportSource = Pick<MediaInfo, 'path' | 'container' | 'width' | 'height' | 'colour' | 'hasAlpha' | 'pixelFormat' | 'codec' | 'frameRate'>;

const MATRICES: Readonly<Record<string, string>> = { smpte170m: 'bt601', bt470bg: 'bt601', fcc: 'fcc', smpte240m: 'smpte240m', bt2020nc: 'bt2020', bt2020c: 'bt2020' };

/** `scale`'s name for the matrix of a source; rule 3 of the pixel rules. */
export const matrixOf = (source: Pick<ExportSource, 'colour'>): string => MATRICES[source.colour.matrix ?? ''] ?? 'bt709';

/** Whether a source stores red, green and blue. */
export const isRgbSource = ({ pixelFormat }: Pick<ExportSource, 'pixelFormat'>): boolean => /^(gbr|rgb|bgr|argb|abgr|0rgb|0bgr|pal8|mono)/.test(pixelFormat);

/** Whether a source uses all values of its bytes. */
export const isFullRange = (source: Pick<ExportSource, 'colour' | 'pixelFormat'>): boolean => source.colour.range === 'pc' || source.pixelFormat.startsWith('yuvj') || source.pixelFormat.startsWith('gray');

/** Input arguments for a part of a source, in seconds; ffmpeg then counts its time from `from`. */
export function inputArguments(source: ExportSource, part: { readonly from: number; readonly length: number | null }): string[] {
  return [
    ...clearDecoder(source), '-threads', '2', ...inputGuards(source.container),
    ...(part.from > 0 ? ['-ss', part.from.toFixed(6)] : []), ...(part.length === null ? [] : ['-t', part.length.toFixed(6)]),
    '-i', fileArgument(source.path),
  ];
}
