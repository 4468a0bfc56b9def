import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FfmpegBinaries } from '../../src-main/media/find-ffmpeg.ts';
import type { Media } from '../../src-main/media/media.ts';
import type { ProjectStore } from '../../src-main/store/project-store.ts';
import { DEFAULT_SEQUENCE, type TimelineRecord } from '../../src-shared/timeline/document.ts';
import { rational } from '../../src-shared/timing/rational.ts';
import { audioRecord, captionRecord, clipRecord } from '../timeline/sample-document.ts';
import { makeClip } from './make-sources.ts';

export const FILM_RATE = 24;

/** Three tracks with everything a picture can have: a dissolve, speeds, sizes, see-through, a title, captions, and sound below. */
export interface Film {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** Stores its sources and gives its records. */
  fill(store: ProjectStore): TimelineRecord[];
}

/** Makes its sources in `folder`: two of the film's own size, and a third half as large. */
export async function makeFilm(media: Media, binaries: FfmpegBinaries, folder: string, { seconds, width, height }: { seconds: number; width: number; height: number }): Promise<Film> {
  const half = (seconds * FILM_RATE) / 2;
  const frames = half * 2;
  const source = async (name: string, more: { hue: number; tone?: number; width: number; height: number; seconds: number }) => {
    const path = await makeClip(binaries, join(folder, `${name}.mp4`), { rate: String(FILM_RATE), crf: 18, gop: 48, ...more });
    return { path, info: await media.probe(path) };
  };
  const sources = [
    await source('a', { hue: 0, tone: 440, width, height, seconds: seconds / 2 + 1 }),
    await source('b', { hue: 2, width, height, seconds: seconds / 2 + 2 }),
    await source('c', { hue: 4, tone: 660, width: width / 2, height: height / 2, seconds: seconds + 1 }),
  ];
  const track = (id: string, order: number, kind: 'video' | 'caption' = 'video'): TimelineRecord => ({ id, type: 'track', kind, name: '', order, locked: false, muted: true, hidden: false });
  return {
    frames, width, height,
    fill: (store) => {
      const [a = '', b = '', c = ''] = sources.map(({ path, info }) => {
        const writer = store.assets.beginWrite({ kind: 'video', name: basename(path), mimeType: info.mimeType, origin: 'imported' });
        writer.write(readFileSync(path));
        return writer.finish({ width: info.width, height: info.height, frames: info.frames, frameRate: info.frameRate, durationMs: info.durationMs, hasAudio: info.hasAudio }).id;
      });
      const captions = Array.from({ length: Math.floor(seconds / 4) }, (_, index) => captionRecord(20 + index, index * 4 * FILM_RATE + 12, 60, `Caption number ${index + 1}: what is said`));
      return [
        { ...DEFAULT_SEQUENCE, frameRate: { num: FILM_RATE, den: 1 }, width, height }, track('track:two', 35), track('track:three', 30), track('track:titles', 55, 'caption'),
        clipRecord(1, 0, half, { assetId: a, crossfadeOutFrames: 12, volume: 0, sourceDuration: null }),
        clipRecord(2, half, half, { assetId: b, crossfadeInFrames: 12, sourceDuration: null, sourceIn: rational(1), volume: 0 }),
        clipRecord(3, 0, frames, { trackId: 'track:two', assetId: c, scale: 0.4, position: { x: -0.25, y: -0.2 }, opacity: 0.8, sourceDuration: null }),
        clipRecord(4, FILM_RATE, half, { trackId: 'track:three', assetId: c, scale: 0.3, position: { x: 0.3, y: 0.1 }, speed: rational(2), sourceDuration: null }),
        { ...captionRecord(5, FILM_RATE, 72, 'A title'), trackId: 'track:titles', kind: 'title', size: 0.12, color: '#ffcc33', position: { x: 0, y: -0.1 } }, ...captions,
        audioRecord(6, 0, frames, { assetId: c, sourceDuration: null, fadeInFrames: 24, fadeOutFrames: 24 }),
      ];
    },
  };
}
