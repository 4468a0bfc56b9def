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

/** What is asked of a decoder. */
export interface DecodeWish {
  readonly frame: number;
  /** Whether a frame is there already. */
  readonly has: (frame: number) => boolean;
  /** Whether others are taken on the way. */
  readonly isWanted: (frame: number) => boolean;
  /** In a flow the decoder goes on from where it is and is not emptied at the end, so that the next frames cost one frame each. */
  readonly flow: boolean;
}

export interface ShotDecoder {
  /** Decodes until the frame was taken. One at a time. */
  reach(wish: DecodeWish): Promise<void>;
  /** Ends what it is at: nobody waits for that frame any more, and processors are few. */
  leave(): void;
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
  /** Time stamps of frames that it was given and that have not come out, or are being taken. */
  const inside = new Set<number>();
  let wish: DecodeWish | null = null;
  let targetTime = 0;
  let isTaken = false;
  let wake: () => void = () => undefined;
  let isClosed = false;
  let isLeft = false;

  const onOutput = (picture: VideoFrame): void => {
    const time = picture.timestamp;
    const isTarget = time === targetTime;
    // Frames that lack in the file are covered by the one before: the target may have another number than its packet.
    const number = isTarget && wish !== null ? wish.frame : track.numberOf(time / 1e6);
    // A flow comes to what lies ahead: what came out too early would have to be decoded from a key frame again.
    const isKept = wish !== null && (isTarget || (!wish.has(number) && (wish.isWanted(number) || (wish.flow && number > wish.frame))));
    if (!isKept) {
      inside.delete(time);
      picture.close();
      wake();
      return;
    }
    void takeIt(number, picture);
  };
  const takeIt = async (number: number, picture: VideoFrame): Promise<void> => {
    const time = picture.timestamp;
    try {
      await take(number, picture);
      inside.delete(time);
      if (time === targetTime) isTaken = true;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
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
  const needs = (packet: EncodedPacket, target: EncodedPacket, { frame, isWanted, flow }: DecodeWish): boolean => {
    const number = track.numberOf(packet.timestamp);
    return packet.sequenceNumber === target.sequenceNumber || isWanted(number) || (flow && number > frame) || !track.isDisposable(packet.data);
  };

  return {
    reach: async (next) => {
      const { frame, has, flow } = next;
      isLeft = false;
      const target = (await track.packets.getPacket(track.secondsOf(frame), { metadataOnly: true })) ?? (await track.packets.getFirstPacket({ metadataOnly: true }));
      const key = target && (await track.packets.getKeyPacket(target.timestamp));
      if (target === null || key === null) throw new Error('no frame to decode');
      // It may have come out meanwhile.
      if (isClosed || isLeft || has(frame)) return;
      wish = next;
      targetTime = target.microsecondTimestamp;
      isTaken = false;
      const running = open();
      const isAhead = last !== null && key.sequenceNumber <= last.sequenceNumber && (target.sequenceNumber > last.sequenceNumber || inside.has(targetTime));
      let packet: EncodedPacket | null = isAhead && last !== null ? await track.packets.getNextPacket(last) : key;
      if (!isAhead) last = null;
      while (!isTaken && !has(frame) && !isClosed && !isLeft) {
        if (failure !== null) {
          if (running.state !== 'closed') running.close();
          decoder = null;
          throw failure;
        }
        const hasIt = last !== null && last.sequenceNumber >= target.sequenceNumber;
        if (packet === null || (!flow && hasIt)) {
          // Emptied, it gives what it holds at once, and needs a key frame next.
          await running.flush().catch((error: unknown) => {
            if (!isLeft) throw error;
          });
          last = null;
          while (inside.has(targetTime) && failure === null && !isClosed && !isLeft) await moved();
          inside.clear();
          if (!isTaken && !has(frame) && failure === null && !isClosed && !isLeft) throw new Error('the frame could not be decoded');
          continue;
        }
        if (flow && running.decodeQueueSize >= MOST_WAITING) {
          await moved();
          continue;
        }
        if (needs(packet, target, next)) {
          inside.add(packet.microsecondTimestamp);
          running.decode(packet.toEncodedVideoChunk());
        }
        last = packet;
        packet = await track.packets.getNextPacket(packet);
      }
    },
    leave: () => {
      isLeft = true;
      // Emptying takes as long as decoding on: a new one needs a key frame, as this one would.
      if (inside.size > 0 && decoder !== null && decoder.state !== 'closed') {
        decoder.close();
        decoder = null;
        last = null;
        inside.clear();
      }
      wake();
    },
    close: () => {
      isClosed = true;
      if (decoder !== null && decoder.state !== 'closed') decoder.close();
      wake();
    },
  };
}
