import { ALL_FORMATS, CustomSource, EncodedPacketSink, Input, VideoSampleSink, type InputVideoTrack, type VideoSample } from 'mediabunny';
import type { PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { openClipBytes, type ByteCache } from './clip-bytes.ts';
import { disposableFor } from './disposable-packets.ts';
import { pictureOfCanvasSource, pictureOfFrame } from './frame-planes.ts';
import { createShotDecoder, type PacketTrack, type ShotDecoder } from './shot-decoder.ts';
import { turnPicture, type Turn } from './turn-picture.ts';
import type { CompositorSource, ViewerProblem } from './viewer-messages.ts';

/** What is thrown where something cannot be shown. */
export class ShotProblem extends Error {
  readonly problem: ViewerProblem;

  constructor(problem: ViewerProblem) {
    super(problem.kind);
    this.problem = problem;
  }
}

/** An opened clip, for any number of shots that show it. */
export interface VideoFile {
  readonly track: Promise<OpenTrack>;
  /** Reads some of what was never read, while nobody waits for anything; false when there is nothing left. */
  readAhead(): Promise<boolean>;
  close(): void;
}

interface OpenTrack {
  readonly packets: PacketTrack;
  readonly turn: Turn;
  /** Where a canvas has to draw its frames: they may be transparent. */
  readonly samples: VideoSampleSink | null;
}

const bytesOf = (description: AllowSharedBufferSource | undefined): Uint8Array | null =>
  description === undefined ? null : ArrayBuffer.isView(description) ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength) : new Uint8Array(description);

async function openTrack(track: InputVideoTrack | null, source: CompositorSource, onUndecodable: () => void): Promise<OpenTrack> {
  const config = track && (await track.canDecode()) ? await track.getDecoderConfig() : null;
  const { rate } = source;
  if (track === null || config === null || rate === null) {
    onUndecodable();
    throw new ShotProblem({ kind: 'undecodable', name: source.name });
  }
  const start = await track.getFirstTimestamp();
  return {
    packets: {
      packets: new EncodedPacketSink(track), config, isDisposable: disposableFor(config.codec, bytesOf(config.description)),
      secondsOf: (frame) => start + ((frame + 0.499) * rate.den) / rate.num,
      numberOf: (seconds) => Math.round(((seconds - start) * rate.num) / rate.den),
    },
    turn: { degrees: await track.getRotation(), isMirrored: await track.getFlip() },
    samples: (await track.canBeTransparent()) ? new VideoSampleSink(track) : null,
  };
}

/** What the demuxer keeps besides: the bytes are kept in blocks. */
const DEMUXER_BYTES = 2 * 2 ** 20;

/** Opens a clip, whose bytes are kept in `cache`. `onUndecodable` is told when this page cannot decode it. */
export function openVideoFile(source: CompositorSource, cache: ByteCache, onUndecodable: () => void): VideoFile {
  const bytes = openClipBytes(source.url, cache);
  const input = new Input({ source: new CustomSource({ getSize: bytes.size, read: bytes.read, dispose: bytes.close, maxCacheSize: DEMUXER_BYTES }), formats: ALL_FORMATS });
  const track = input.getPrimaryVideoTrack().catch(() => null).then((found) => openTrack(found, source, onUndecodable));
  // Whoever asks for a frame hears of it; nobody else needs to.
  track.catch(() => undefined);
  return { track, readAhead: () => bytes.readAhead().catch(() => false), close: () => input.dispose() };
}

/** Frames of one shot. Two shots of one clip have a reader each: a decoder cannot be in two places. */
export interface ShotReader {
  /** Resolves when the first of `frames` is kept; the others follow. What was asked for before and is not among them is left. */
  want(frames: readonly number[], flow: boolean): Promise<void>;
  /** Nothing is wanted any more; what is under way ends, and who waits for it goes on. */
  leave(): void;
  close(): void;
}

export interface ShotReaderOptions {
  readonly file: VideoFile;
  readonly has: (frame: number) => boolean;
  readonly keep: (frame: number, picture: PlanarPicture) => void;
}

export function openShot({ file, has, keep }: ShotReaderOptions): ShotReader {
  let wanted: readonly number[] = [];
  /** Those of them that were decoded: what does not fit into the cache is not decoded for ever. */
  const done = new Set<number>();
  const missing = (): number | undefined => wanted.find((frame) => !has(frame) && !done.has(frame));
  let inFlow = false;
  let decoder: ShotDecoder | null = null;
  let pumping: Promise<void> | null = null;
  let isClosed = false;
  const waiting = new Map<number, { resolve(): void; reject(error: unknown): void }[]>();
  const settle = (frame: number): void => {
    for (const { resolve } of waiting.get(frame) ?? []) resolve();
    waiting.delete(frame);
  };
  const taken = (frame: number, picture: PlanarPicture): void => {
    if (isClosed) return;
    keep(frame, picture);
    settle(frame);
  };
  const take = async (frame: number, picture: VideoFrame): Promise<void> => {
    try {
      const [decoded, { turn }] = await Promise.all([pictureOfFrame(picture), file.track]);
      taken(frame, turnPicture(decoded, turn));
    } finally {
      picture.close();
    }
  };
  const fromSample = (sample: VideoSample): PlanarPicture => pictureOfCanvasSource(sample.displayWidth, sample.displayHeight, (context) => sample.draw(context, 0, 0, sample.displayWidth, sample.displayHeight));

  const pump = async (): Promise<void> => {
    const { packets, samples } = await file.track;
    for (let frame = missing(); frame !== undefined && !isClosed; frame = missing()) {
      if (samples === null) {
        decoder ??= createShotDecoder(packets, take);
        await decoder.reach({ frame, has, isWanted: (number) => wanted.includes(number), flow: inFlow });
      } else {
        const sample = await samples.getSample(packets.secondsOf(frame));
        if (sample === null) throw new Error('no frame to decode');
        taken(frame, fromSample(sample));
        sample.close();
      }
      done.add(frame);
      settle(frame);
    }
  };
  const pumpAndSettle = async (): Promise<void> => {
    try {
      await pump();
      for (const frame of waiting.keys()) if (has(frame)) settle(frame);
    } catch (error) {
      decoder?.close();
      decoder = null;
      wanted = [];
      for (const each of waiting.values()) for (const { reject } of each) reject(error);
      waiting.clear();
    }
    pumping = null;
    // What was asked for at the last moment.
    if (!isClosed && missing() !== undefined) start();
  };
  const start = (): void => {
    if (pumping !== null) return;
    pumping = pumpAndSettle();
  };
  return {
    want: (frames, flow) => {
      wanted = frames;
      inFlow = flow;
      done.clear();
      const [first] = frames;
      const ready = first === undefined || has(first) ? Promise.resolve() : new Promise<void>((resolve, reject) => waiting.set(first, [...(waiting.get(first) ?? []), { resolve, reject }]));
      if (missing() !== undefined) start();
      return ready;
    },
    leave: () => {
      wanted = [];
      decoder?.leave();
      for (const frame of waiting.keys()) settle(frame);
    },
    close: () => {
      isClosed = true;
      decoder?.close();
      for (const frame of waiting.keys()) settle(frame);
    },
  };
}
