import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** What a frame file holds: `videos` tensors [1, channels, frames, height, width], one behind the other. */
export interface FrameFileShape {
  readonly videos: number;
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Videos on the disk instead of in memory: float32, little-endian, row-major, without a header. Frames are read and written where they are
 * needed, so that what is held does not grow with the number of frames.
 */
export interface FrameFile {
  readonly name: string;
  readonly path: string;
  readonly shape: FrameFileShape;
  /** Frames `start` to `start + count` of one of the videos, [1, channels, count, height, width]; in `into` where there is one. */
  read(video: number, start: number, count: number, into?: Float32Array): Tensor;
  /** Writes all frames of `part` from frame `start` on. */
  write(video: number, start: number, part: Tensor): void;
  /** Waits until the disk has it; returns its SHA-256 in hex. Nothing is written behind it. */
  seal(): string;
  isSealed(): boolean;
  close(): void;
  /** Closes and deletes it. */
  remove(): void;
}

const FLOAT_BYTES = 4;
const HASH_BYTES = 2 ** 18;

const sizeOf = ({ videos, channels, frames, height, width }: FrameFileShape): number => videos * channels * frames * height * width * FLOAT_BYTES;

/** What the system says about a full disk, in our words. */
function told(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new StudioError('DISK_FULL', `The disk that holds ${path} is full. Nothing that was finished is lost: free some space, then resume.`, { cause: error, retryable: true });
}

function hashOf(handle: number): string {
  const hash = createHash('sha256');
  const block = new Uint8Array(HASH_BYTES);
  for (let at = 0; ; ) {
    const count = readSync(handle, block, 0, HASH_BYTES, at);
    if (count === 0) return hash.digest('hex');
    hash.update(block.subarray(0, count));
    at += count;
  }
}

function wrap(path: string, handle: number, shape: FrameFileShape, known: string | null): FrameFile {
  const { channels, frames, height, width } = shape;
  const area = height * width;
  let isOpen = true;
  let sha256 = known;
  /** Where each channel's frames from `start` on begin in the file. */
  const place = (video: number, channel: number, start: number): number => ((video * channels + channel) * frames + start) * area * FLOAT_BYTES;
  const within = (video: number, start: number, count: number): void => assert(video < shape.videos && start >= 0 && start + count <= frames, `frames ${start} to ${start + count} of video ${video} lie in ${path}`);
  const close = (): void => {
    if (isOpen) closeSync(handle);
    isOpen = false;
  };
  return {
    name: basename(path), path, shape, close,
    isSealed: () => sha256 !== null,
    read(video, start, count, into) {
      within(video, start, count);
      const data = into ?? new Float32Array(channels * count * area);
      assert(data.length === channels * count * area, 'the frames fill what they are read into');
      for (let channel = 0; channel < channels; channel += 1) {
        const got = readSync(handle, data, channel * count * area * FLOAT_BYTES, count * area * FLOAT_BYTES, place(video, channel, start));
        assert(got === count * area * FLOAT_BYTES, `${path} holds all of its frames`);
      }
      return { data, shape: [1, channels, count, height, width] };
    },
    write(video, start, { data, shape: [, , count = 0] }) {
      within(video, start, count);
      sha256 = null;
      try {
        for (let channel = 0; channel < channels; channel += 1) {
          const bytes = new Uint8Array(data.buffer, data.byteOffset + channel * count * area * FLOAT_BYTES, count * area * FLOAT_BYTES);
          for (let done = 0; done < bytes.length; ) done += writeSync(handle, bytes, done, bytes.length - done, place(video, channel, start) + done);
        }
      } catch (error) {
        throw told(error, path);
      }
    },
    seal() {
      if (sha256 !== null) return sha256;
      fsyncSync(handle);
      sha256 = hashOf(handle);
      return sha256;
    },
    remove() {
      close();
      rmSync(path, { force: true });
    },
  };
}

/** A new file of zeros in `folder`, in place of any of that name. */
export function createFrameFile(folder: string, name: string, shape: FrameFileShape): FrameFile {
  const path = join(folder, name);
  const handle = openSync(path, 'w+');
  try {
    ftruncateSync(handle, sizeOf(shape));
  } catch (error) {
    closeSync(handle);
    throw told(error, path);
  }
  return wrap(path, handle, shape, null);
}

/** A file that was sealed earlier; null when it is gone or is not what it was. */
export function reopenFrameFile(folder: string, name: string, shape: FrameFileShape, sha256: string): FrameFile | null {
  const path = join(folder, name);
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return null;
  }
  if (fstatSync(handle).size === sizeOf(shape) && hashOf(handle) === sha256) return wrap(path, handle, shape, sha256);
  closeSync(handle);
  return null;
}
