/** Options every ffmpeg and ffprobe command shares. */
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { Container } from './sniff-container.ts';

/** First options of every ffmpeg command. */
export const FFMPEG_GLOBAL = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'error', '-max_alloc', '2147483647'] as const;

/**
 * A path as ffmpeg takes it: the `file:` prefix keeps `concat:`, `subfile,` and a leading dash from meaning anything.
 */
export const fileArgument = (path: string): string => `file:${path}`;

/** Input options: local files and pipes only, and only the demuxer that the content asked for. */
export const inputGuards = (demuxer: Container | 'rawvideo'): string[] => ['-protocol_whitelist', 'file,pipe', '-format_whitelist', demuxer, '-f', demuxer];

/** Input options that keep the transparency of a source: the built-in VP8 and VP9 decoders leave it out. */
export const clearDecoder = ({ hasAlpha = false, codec }: { readonly hasAlpha?: boolean; readonly codec?: string | null }): string[] =>
  hasAlpha && codec === 'vp9' ? ['-c:v', 'libvpx-vp9'] : hasAlpha && codec === 'vp8' ? ['-c:v', 'libvpx'] : [];

/** Filters that lay what is transparent over black: the colours that files keep there are not meant to be seen. */
export const overBlack = ({ hasAlpha = false }: { readonly hasAlpha?: boolean }): string[] => (hasAlpha ? ['format=gbrap', 'premultiply=inplace=1'] : []);

/** A frame rate as ffmpeg takes it: `30000/1001`. */
export const rateArgument = (rate: FrameRate): string => `${rate.num}/${rate.den}`;

/** What every player takes for granted, written down: BT.709, limited range. */
export const COLOUR_TAGS = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'] as const;

/** The same within H.264: newer encoders go by the frames and not by the options above, and raw frames say nothing. */
export const H264_COLOUR_TAGS = ['-x264-params', 'colorprim=bt709:transfer=bt709:colormatrix=bt709'] as const;

/** Makes ffmpeg's own output depend on nothing but its input: no version strings, no dates, no thread-dependent choices. */
export const BIT_EXACT = ['-fflags', '+bitexact', '-flags:v', '+bitexact', '-flags:a', '+bitexact'] as const;
