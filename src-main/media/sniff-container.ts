import { open } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

/**
 * Containers that are opened, by ffmpeg's demuxer name. No playlist or manifest format is among them, and images are read
 * by their content, never as a numbered series of files.
 */
export const CONTAINERS = {
  mov: { kind: 'video', mimeType: 'video/mp4' },
  matroska: { kind: 'video', mimeType: 'video/webm' },
  avi: { kind: 'video', mimeType: 'video/x-msvideo' },
  mpegts: { kind: 'video', mimeType: 'video/mp2t' },
  gif: { kind: 'video', mimeType: 'image/gif' },
  png_pipe: { kind: 'image', mimeType: 'image/png' },
  jpeg_pipe: { kind: 'image', mimeType: 'image/jpeg' },
  webp_pipe: { kind: 'image', mimeType: 'image/webp' },
  wav: { kind: 'audio', mimeType: 'audio/wav' },
  mp3: { kind: 'audio', mimeType: 'audio/mpeg' },
  flac: { kind: 'audio', mimeType: 'audio/flac' },
  ogg: { kind: 'audio', mimeType: 'audio/ogg' },
} as const satisfies Record<string, { kind: 'video' | 'image' | 'audio'; mimeType: string }>;

/** Demuxer name of a supported container. */
export type Container = keyof typeof CONTAINERS;

const ISO_BOXES = ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot'];

/** Names the container by its first bytes (at least 189 of them where the file has as many), or null. File names do not count. */
export function sniffContainer(head: Uint8Array): Container | null {
  const text = (start: number, end: number) => Buffer.from(head.subarray(start, end)).toString('latin1');
  const starts = (...bytes: number[]) => bytes.every((byte, index) => head[index] === byte);
  if (ISO_BOXES.includes(text(4, 8))) return 'mov';
  if (starts(0x1a, 0x45, 0xdf, 0xa3)) return 'matroska';
  if (text(0, 4) === 'RIFF') {
    const form = text(8, 12);
    return form === 'AVI ' ? 'avi' : form === 'WAVE' ? 'wav' : form === 'WEBP' ? 'webp_pipe' : null;
  }
  if (text(0, 4) === 'GIF8') return 'gif';
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png_pipe';
  if (starts(0xff, 0xd8, 0xff)) return 'jpeg_pipe';
  if (text(0, 4) === 'fLaC') return 'flac';
  if (text(0, 4) === 'OggS') return 'ogg';
  if (text(0, 3) === 'ID3' || (head[0] === 0xff && ((head[1] ?? 0) & 0xe6) === 0xe2)) return 'mp3';
  if (head[0] === 0x47 && head[188] === 0x47) return 'mpegts';
  return null;
}

/** MEDIA_UNREADABLE for `file`: what is wrong, then the mend. */
export const unreadable = (file: string, what: string, mend: string, cause?: unknown) =>
  new StudioError('MEDIA_UNREADABLE', `${path.basename(file)} ${what}. ${mend}`, { details: { path: file }, cause });

/** Opens the first bytes of `file` and names its container and size; MEDIA_UNREADABLE for anything that is not media. */
export async function identify(file: string): Promise<{ container: Container; sizeBytes: number }> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw unreadable(file, 'does not exist', 'Check the path, or choose the file again.', error);
    if (code === 'EISDIR') throw unreadable(file, 'is a folder', 'Choose the media files inside it.', error);
    throw unreadable(file, 'cannot be opened', 'Allow reading it, or copy it to a folder of your own.', error);
  }
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw unreadable(file, 'is a folder', 'Choose the media files inside it.');
    if (!stats.isFile()) throw unreadable(file, 'is not a regular file', 'Choose a video, image or sound file.');
    if (stats.size === 0) throw unreadable(file, 'is empty (0 bytes)', 'It was not copied or downloaded completely: fetch it again.');
    const head = new Uint8Array(256);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const container = sniffContainer(head.subarray(0, bytesRead));
    if (container === null) {
      throw unreadable(file, 'is not a video, image or sound file that can be read', 'Convert it to MP4 (H.264), WebM, PNG, JPEG or WAV first; playlists and text files cannot be imported.');
    }
    return { container, sizeBytes: stats.size };
  } finally {
    await handle.close();
  }
}
