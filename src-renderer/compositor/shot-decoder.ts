import type { EncodedPacket, EncodedPacketSink } from 'mediabunny';
import type { IsDisposable } from './disposable-packets.ts';

/** Packets that wait in a decoder at most while it plays; a jump may send a whole group of frames at once. */
const MOST_WAITING = 8;

/** What a decoder reads. */
export interface PacketTrack {
  readonly packets: EncodedPacketSink;
  readonly config: VideoDecoderConfig;
  readonly isDisposable: IsDisposable;
  /** Seconds within a frame of that number, and the number of a time stamp in seconds. */
  secondsOf(frame: number): number;
  numberOf(seconds: number): number;
}

export interface ShotDecoder {
  /**
   * Decodes until `frame` was taken. `isWanted` tells for other numbers whether they are taken on the way. In a `flow` the decoder goes on from
   * where it is and is not emptied at the end, so that the next frames cost one frame each.
   */
  reach(frame: number, isWanted: (frame: number) => boolean, flow: boolean): Promise<void>;
  close(): void;
}

/**
 * A decoder that stays configured and knows where it stands: it goes on where the wanted frame lies ahead in the same group of frames, begins
 * at the nearest key frame otherwise, and leaves out what nothing is decoded from. `take` gets each frame that is wanted and closes it.
 */
export function createShotDecoder(track: PacketTrack, take: (frame: number, picture: VideoFrame) => Promise<void>): ShotDecoder {
  let decoder: VideoDecoder | null = null;
  let failure: Error | null = null;
  /** The last packet that was given to it; null where it needs a key frame next. */
  let last: EncodedPacket | null = null;
  /** Time stamps of frames that it was given and has not shown. */
  const inside = new Set<number>();
  let target = { time: 0, frame: 0 };
  let isWanted: (frame: number) => boolean = () => false;
  let taking: Promise<unknown> = Promise.resolve();
  let isTaken = false;
  let wake: () => void = () => undefined;
  let isClosed = false;

  const onOutput = (picture: VideoFrame): void => {
    inside.delete(picture.timestamp);
    const isTarget = picture.timestamp === target.time;
    // Packets that lack in the file are covered by the one before: the target may have another number than its packet.
    const number = isTarget ? target.frame : track.numberOf(picture.timestamp / 1e6);
    if (isTarget || isWanted(number)) {
      const taken = take(number, picture).then(() => {
        if (isTarget && number === target.frame) isTaken = true;
        wake();
      });
      taken.catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
        wake();
      });
      taking = Promise.allSettled([taking, taken]);
    } else {
      picture.close();
    }
    wake();
  };
  const open = (): VideoDecoder => {
    if (decoder !== null && decoder.state === 'configured') return decoder;
    failure = null;
    last = null;
    inside.clear();
    decoder = new VideoDecoder({
      output: onOutput,
      error: (error) => {
        failure = error;
        wake();
      },
    });
    decoder.addEventListener('dequeue', () => wake());
    decoder.configure(track.config);
    return decoder;
  };
  const moved = (): Promise<void> => new Promise((resolve) => {
    wake = resolve;
  });

  return {
    reach: async (frame, wanted, flow) => {
      const packet = (await track.packets.getPacket(track.secondsOf(frame), { metadataOnly: true })) ?? (await track.packets.getFirstPacket({ metadataOnly: true }));
      const key = packet && (await track.packets.getKeyPacket(packet.timestamp));
      if (packet === null || key === null) throw new Error('no frame to decode');
      if (isClosed) return;
      target = { time: packet.microsecondTimestamp, frame };
      isTaken = false;
      isWanted = wanted;
      const running = open();
      const isAhead = last !== null && key.sequenceNumber <= last.sequenceNumber && (packet.sequenceNumber > last.sequenceNumber || inside.has(target.time));
      let next: EncodedPacket | null = isAhead && last !== null ? await track.packets.getNextPacket(last) : key;
      if (!isAhead) last = null;
      while (!isTaken && !isClosed) {
        if (failure !== null) {
          decoder = null;
          throw failure;
        }
        const hasIt = last !== null && last.sequenceNumber >= packet.sequenceNumber;
        if (next === null || (!flow && hasIt)) {
          // Emptied, it gives what it holds at once, and needs a key frame next.
          await running.flush();
          last = null;
          inside.clear();
          await taking;
          if (!isTaken && failure === null) throw new Error('the frame could not be decoded');
          continue;
        }
        if (flow && running.decodeQueueSize >= MOST_WAITING) {
          await moved();
          continue;
        }
        const number = track.numberOf(next.timestamp);
        // A flow comes to what lies ahead.
        const isNeeded = next.sequenceNumber === packet.sequenceNumber || wanted(number) || (flow && number > frame);
        if (isNeeded || !track.isDisposable(next.data)) {
          running.decode(next.toEncodedVideoChunk());
          inside.add(next.microsecondTimestamp);
        }
        last = next;
        next = await track.packets.getNextPacket(next);
      }
      if (isClosed) return;
      await taking;
    },
    close: () => {
      isClosed = true;
      if (decoder !== null && decoder.state !== 'closed') decoder.close();
      wake();
    },
  };
}
