import path from 'node:path';
import { toEven } from '../../src-shared/compose/pixel-rules.ts';
import type { Filmstrip } from '../../src-shared/contract/assets.ts';
import { BIT_EXACT, COLOUR_TAGS, FFMPEG_GLOBAL, H264_COLOUR_TAGS, clearDecoder, fileArgument, inputGuards, overBlack, rateArgument } from './command-line.ts';
import type { FfmpegBinaries } from './find-ffmpeg.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { run, start } from './run.ts';
import { unreadable } from './sniff-container.ts';

/** Height of a filmstrip and of a waveform in pixels; both are drawn small. */
const STRIP_HEIGHT = 72;
const WAVE_HEIGHT = 48;
const MOST_TILES = 16;
/** Longer clips are looked through by their key frames only. */
const EVERY_FRAME_UP_TO_MS = 120_000;
/** Columns of a waveform: one each 25 ms, within bounds. */
const columnsOf = (durationMs: number): number => Math.min(8192, Math.max(256, Math.round(durationMs / 25)));

/** Largest proxy: what a viewer shows of a film larger than that cannot be told from it. */
const PROXY = { width: 1280, height: 720 } as const;

type Sized = Pick<MediaInfo, 'path' | 'container' | 'hasAlpha' | 'codec' | 'width' | 'height' | 'frames' | 'frameRate' | 'durationMs'>;

/** How a filmstrip of a clip is laid out. */
export function filmstripOf(info: Sized): Filmstrip {
  const aspect = (info.width ?? 16) / (info.height ?? 9);
  return { tiles: Math.max(1, Math.min(MOST_TILES, info.frames ?? MOST_TILES)), width: Math.min(STRIP_HEIGHT * 4, Math.max(2, toEven(STRIP_HEIGHT * aspect))), height: STRIP_HEIGHT };
}

/** Arguments that write a clip's filmstrip as one JPEG to standard output. */
export function filmstripArguments(info: Sized, { tiles, width, height }: Filmstrip): string[] {
  const durationMs = Math.max(1, info.durationMs ?? 1);
  const keysOnly = durationMs > EVERY_FRAME_UP_TO_MS ? ['-skip_frame', 'nokey'] : [];
  return [
    ...FFMPEG_GLOBAL, ...keysOnly, ...clearDecoder(info), ...inputGuards(info.container), '-i', fileArgument(info.path), '-map', '0:v:0', '-an', '-sn', '-dn',
    '-vf', [`fps=${tiles * 1000}/${Math.round(durationMs)}`, ...overBlack(info), `scale=${width}:${height}:flags=area:out_range=pc`, 'setsar=1', `tile=${tiles}x1`, 'format=yuvj420p'].join(','),
    '-frames:v', '1', '-c:v', 'mjpeg', '-q:v', '5', '-threads', '1', ...BIT_EXACT, '-f', 'mjpeg', 'pipe:1',
  ];
}

/** Arguments that write the course of a sound as a white PNG on nothing. */
export function waveformArguments(info: Pick<MediaInfo, 'path' | 'container' | 'durationMs'>): string[] {
  return [
    ...FFMPEG_GLOBAL, ...inputGuards(info.container), '-i', fileArgument(info.path),
    '-filter_complex', `[0:a:0]aformat=channel_layouts=mono,showwavespic=s=${columnsOf(info.durationMs ?? 0)}x${WAVE_HEIGHT}:colors=white:scale=sqrt,format=rgba[wave]`,
    '-map', '[wave]', '-frames:v', '1', '-c:v', 'png', '-threads', '1', ...BIT_EXACT, '-f', 'image2pipe', 'pipe:1',
  ];
}

/**
 * What a stand-in is written as: MP4 (H.264, AAC), or WebM (VP9, Opus) with the transparency of what it stands for. A key frame every 12. It is wanted
 * soon and decoded often: made in half the time that a smaller file would take, and read in two thirds of it.
 */
const OPAQUE = {
  pixels: 'yuv420p', video: ['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'fastdecode', '-crf', '26', '-g', '12', '-threads', '2', ...H264_COLOUR_TAGS], audio: ['-c:a', 'aac', '-b:a', '128k', '-ac', '2'], file: ['-movflags', 'faststart', '-f', 'mp4'],
} as const;
const CLEAR = {
  pixels: 'yuva420p', video: ['-c:v', 'libvpx-vp9', '-crf', '30', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '7', '-auto-alt-ref', '0', '-lag-in-frames', '0', '-g', '12', '-threads', '2'],
  audio: ['-c:a', 'libopus', '-b:a', '128k', '-ac', '2'], file: ['-metadata:s:v:0', 'alpha_mode=1', '-f', 'webm'],
} as const;

/** Arguments that write a proxy: every frame at its own number, no larger than it is looked at. */
export function proxyArguments(info: Sized & Pick<MediaInfo, 'hasAudio'>, output: string): string[] {
  const { pixels, video, audio, file } = info.hasAlpha ? CLEAR : OPAQUE;
  const [width, height] = [info.width ?? 2, info.height ?? 2];
  const factor = Math.min(1, PROXY.width / width, PROXY.height / height);
  const size = `${Math.max(2, toEven(width * factor))}:${Math.max(2, toEven(height * factor))}`;
  return [
    ...FFMPEG_GLOBAL, '-progress', 'pipe:1', ...clearDecoder(info), ...inputGuards(info.container), '-i', fileArgument(info.path),
    '-map', '0:v:0', ...(info.hasAudio ? ['-map', '0:a:0'] : []), '-sn', '-dn',
    '-vf', `${info.frameRate === null ? '' : `fps=${rateArgument(info.frameRate)},`}scale=${size}:flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1,format=${pixels}`,
    ...video, '-pix_fmt', pixels, ...COLOUR_TAGS,
    ...(info.hasAudio ? audio : []), ...BIT_EXACT, '-map_metadata', '-1', ...file, '-y', fileArgument(output),
  ];
}

/** A clip's filmstrip as a JPEG. */
export async function makeFilmstrip(binaries: FfmpegBinaries, info: MediaInfo, signal?: AbortSignal): Promise<{ readonly strip: Filmstrip; readonly jpeg: Uint8Array }> {
  const strip = filmstripOf(info);
  const jpeg = await run(binaries.ffmpeg, filmstripArguments(info, strip), { purpose: `make a filmstrip of ${path.basename(info.path)}`, timeoutMs: 300_000, givesWay: 'mostly', signal });
  if (jpeg.length === 0) throw unreadable(info.path, 'holds no picture that can be decoded', 'Convert it to MP4 (H.264) first.');
  return { strip, jpeg: new Uint8Array(jpeg) };
}

/** The course of a file's sound as a PNG. */
export async function makeWaveform(binaries: FfmpegBinaries, info: MediaInfo, signal?: AbortSignal): Promise<Uint8Array> {
  return new Uint8Array(await run(binaries.ffmpeg, waveformArguments(info), { purpose: `draw the sound of ${path.basename(info.path)}`, timeoutMs: 300_000, givesWay: 'mostly', signal }));
}

/** Writes a stand-in that every browser plays. `onFrames` is told how many frames are done. */
export async function makeProxy(binaries: FfmpegBinaries, request: { readonly source: string; readonly output: string; readonly signal?: AbortSignal; readonly onFrames?: (frames: number) => void }): Promise<void> {
  const { source, output, signal, onFrames } = request;
  const info = await probeMedia(binaries, source, signal);
  const command = start(binaries.ffmpeg, proxyArguments(info, output), { purpose: `make a proxy of ${path.basename(source)}`, timeoutMs: 6 * 60 * 60_000, givesWay: 'always', signal });
  try {
    for await (const text of command.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      const frame = /(?:^|\n)frame=\s*(\d+)/.exec(text)?.[1];
      if (frame !== undefined) onFrames?.(Number(frame));
    }
    await command.done;
  } finally {
    command.kill();
  }
}
