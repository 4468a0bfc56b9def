import { ALL_FORMATS, Input, UrlSource, VideoSampleSink, type VideoSample } from 'mediabunny';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { t } from '../i18n/text.ts';
import type { DecodedFrame, FrameCache } from './frame-cache.ts';

/** Where a source's frames come from. */
export interface SourceReader {
  /** Brings a frame into the cache, and on its way those before it. Frames count at the source's own rate. */
  load(frame: number): Promise<void>;
  close(): void;
}

/** A jump of at most so many frames is decoded through; a longer one begins anew at a key frame. */
const READ_THROUGH = 48;

async function keep(sample: VideoSample, size: { readonly width: number; readonly height: number }): Promise<DecodedFrame> {
  const { displayWidth: width, displayHeight: height } = sample;
  const canvas = new OffscreenCanvas(width, height);
  // Drawn once: decoders hand out few frames at a time and stop when none comes back.
  sample.draw(canvas.getContext('2d')!, 0, 0, width, height);
  sample.close();
  const bitmap = canvas.transferToImageBitmap();
  return { picture: bitmap, width, height, scale: { x: width / (size.width || width), y: height / (size.height || height) }, close: () => bitmap.close() };
}

/** A clip as readers see it. */
export interface VideoSource {
  readonly assetId: string;
  readonly url: string;
  readonly name: string;
  /** Counts its frames. */
  readonly rate: FrameRate;
  /** The asset's own size, which a stand-in need not have. */
  readonly width: number;
  readonly height: number;
  /** Told when this page cannot decode it; what is thrown then says so. */
  readonly onUndecodable: () => void;
}

/** Reads a clip through WebCodecs. `frame` n is the last one whose time stamp, times the rate, rounds to n or less (pixel rule 1). */
export function openVideo(source: VideoSource, cache: FrameCache): SourceReader {
  const { assetId, url, name, rate, onUndecodable } = source;
  const input = new Input({ source: new UrlSource(url), formats: ALL_FORMATS });
  const secondsOf = (frame: number): number => ((frame + 0.499) * rate.den) / rate.num;
  const numberOf = (sample: VideoSample, start: number): number => Math.round(((sample.timestamp - start) * rate.num) / rate.den);
  const opened = (async () => {
    const track = await input.getPrimaryVideoTrack().catch(() => null);
    if (!track || !(await track.canDecode())) {
      onUndecodable();
      throw new Error(t('viewer.proxyComing', { name }));
    }
    return { sink: new VideoSampleSink(track), start: await track.getFirstTimestamp() };
  })();
  // Whoever loads a frame hears of it; nobody else needs to.
  opened.catch(() => undefined);
  let running: { readonly samples: AsyncGenerator<VideoSample, void, unknown>; next: number } | null = null;
  let last: Promise<void> = Promise.resolve();

  const read = async (frame: number): Promise<void> => {
    if (cache.get(assetId, frame)) return;
    const { sink, start } = await opened;
    if (running === null || frame < running.next || frame > running.next + READ_THROUGH) {
      await running?.samples.return();
      running = { samples: sink.samples(start + secondsOf(frame)), next: frame };
    }
    let shown: DecodedFrame | null = null;
    while (running.next <= frame) {
      const { value: sample, done } = await running.samples.next();
      if (done) {
        // Fewer frames than were promised: the last one stands for the rest.
        running = null;
        const held = shown ?? (await lastFrame(sink, start));
        if (held) cache.put(assetId, frame, held);
        return;
      }
      const number = Math.max(running.next, numberOf(sample, start));
      shown = await keep(sample, source);
      // A frame that is missing in the file is covered by the one before it.
      cache.put(assetId, Math.min(number, frame), shown);
      running.next = number + 1;
    }
  };
  const lastFrame = async (sink: VideoSampleSink, start: number): Promise<DecodedFrame | null> => {
    const sample = await sink.getSample(start + 1e9);
    return sample ? keep(sample, source) : null;
  };
  return {
    // One after the other: a decoder cannot be in two places.
    load: (frame) => {
      const next = last.then(() => read(frame));
      last = next.catch(() => undefined);
      return next;
    },
    close: () => {
      void running?.samples.return();
      input.dispose();
    },
  };
}

/** Reads a picture, which has one frame. */
export function openImage(assetId: string, url: string, name: string, cache: FrameCache): SourceReader {
  return {
    load: async () => {
      if (cache.get(assetId, 0)) return;
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(t('viewer.cannotPlay', { name }));
      const bitmap = await createImageBitmap(await answer.blob());
      cache.put(assetId, 0, { picture: bitmap, width: bitmap.width, height: bitmap.height, scale: { x: 1, y: 1 }, close: () => bitmap.close() });
    },
    close: () => undefined,
  };
}
