import { FFMPEG_GLOBAL } from '../../src-main/media/command-line.ts';
import type { FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';
import { run } from '../../src-main/media/run.ts';

const TAGS = ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv'];

/** A real clip of a moving test picture, with a tone where `tone` (Hz) is given. Its colours are smooth, so that scaling shows no edges. */
export async function makeClip(binaries: FfmpegBinaries, path: string, options: { width: number; height: number; rate: string; seconds: number; hue?: number; tone?: number; crf?: number; gop?: number }): Promise<string> {
  const { width, height, rate, seconds, hue = 0, tone, crf = 12, gop = 48 } = options;
  // Large pictures are drawn small: the expressions below are slow.
  const part = width > 640 ? 8 : 1;
  await run(binaries.ffmpeg, [
    ...FFMPEG_GLOBAL, '-f', 'lavfi', '-i', `color=gray:s=${width / part}x${Math.ceil(height / part)}:r=${rate}:d=${seconds}`, ...(tone === undefined ? [] : ['-f', 'lavfi', '-i', `sine=f=${tone}:r=48000:d=${seconds}`]),
    '-vf', `format=yuv420p,geq=lum='128+70*sin((X*${part}+7*N)/${width}*12)*cos((Y*${part}+3*N)/${height}*9)':cb='128+50*sin(X*${part}/${width}*6+N/10+${hue})':cr='128+50*cos(Y*${part}/${height}*6-N/12+${hue})',scale=${width}:${height},setsar=1`,
    '-c:v', 'libx264', '-preset', 'veryfast', '-crf', String(crf), '-g', String(gop), '-pix_fmt', 'yuv420p', ...TAGS, ...(tone === undefined ? [] : ['-c:a', 'aac', '-b:a', '192k', '-shortest']), '-f', 'mp4', '-y', path,
  ], { purpose: 'make a test clip', timeoutMs: 300_000 });
  return path;
}
