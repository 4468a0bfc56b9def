import { assert } from '../../src-shared/errors/studio-error.ts';

/** Bytes per chunk row: about 300 MB/s written and 0.06 ms for a random read with 16 KiB pages. */
export const CHUNK_BYTES = 256 * 1024;

/** Cuts a stream of bytes into chunks. What it gives out are copies: the caller may reuse its buffers. */
export interface ChunkCutter {
  /** The chunks that these bytes complete. */
  push(bytes: Uint8Array): Uint8Array[];
  /** The last, shorter one; null when nothing is left. */
  rest(): Uint8Array | null;
}

export function createChunkCutter(): ChunkCutter {
  let tail: Uint8Array = new Uint8Array(0);
  return {
    push: (bytes) => {
      const whole: Uint8Array[] = [];
      let offset = 0;
      while (offset < bytes.length) {
        const part = bytes.subarray(offset, offset + CHUNK_BYTES - tail.length);
        tail = tail.length === 0 ? Uint8Array.from(part) : Buffer.concat([tail, part]);
        offset += part.length;
        if (tail.length === CHUNK_BYTES) {
          whole.push(tail);
          tail = new Uint8Array(0);
        }
      }
      return whole;
    },
    rest: () => {
      const last = tail.length === 0 ? null : tail;
      tail = new Uint8Array(0);
      return last;
    },
  };
}

/** Bytes [start, endExclusive) of something stored in chunks; `read` gives a chunk by its number and is asked for those alone that hold them. */
export function readChunks(start: number, endExclusive: number, read: (position: number) => Uint8Array): Uint8Array {
  assert(start >= 0 && start <= endExclusive, `range ${start}..${endExclusive}`);
  const result = new Uint8Array(endExclusive - start);
  for (let position = Math.floor(start / CHUNK_BYTES); position * CHUNK_BYTES < endExclusive; position += 1) {
    const base = position * CHUNK_BYTES;
    const data = read(position);
    result.set(data.subarray(Math.max(0, start - base), Math.min(data.length, endExclusive - base)), Math.max(base, start) - start);
  }
  return result;
}
