/** Bytes that are asked for at once: whole pieces of those in which a host stores files. */
export const BLOCK_BYTES = 512 * 1024;

/** Stored bytes of clips, by address. They go last that were used last. */
export interface ByteCache {
  get(url: string, block: number): Uint8Array | null;
  put(url: string, block: number, bytes: Uint8Array): void;
  /** Whether another block would push none out. */
  readonly hasRoom: boolean;
}

/** Holds at most `maxBytes`, for all clips together. */
export function createByteCache(maxBytes: number): ByteCache {
  const blocks = new Map<string, Uint8Array>();
  let held = 0;
  const keyOf = (url: string, block: number): string => `${block} ${url}`;
  return {
    get: (url, block) => {
      const key = keyOf(url, block);
      const found = blocks.get(key) ?? null;
      if (found === null) return null;
      blocks.delete(key);
      blocks.set(key, found);
      return found;
    },
    put: (url, block, bytes) => {
      const key = keyOf(url, block);
      held += bytes.length - (blocks.get(key)?.length ?? 0);
      blocks.delete(key);
      blocks.set(key, bytes);
      for (const [oldest, { length }] of blocks) {
        if (held <= maxBytes || oldest === key) break;
        blocks.delete(oldest);
        held -= length;
      }
    },
    get hasRoom() {
      return held + BLOCK_BYTES <= maxBytes;
    },
  };
}

/** The bytes of one clip. */
export interface ClipBytes {
  /** Length of the whole in bytes. */
  size(): Promise<number>;
  /** Bytes [start, end). */
  read(start: number, end: number): Promise<Uint8Array> | Uint8Array;
  /** Reads the next block that was never read, so that a jump finds it; false when there is none, or no room for it. */
  readAhead(): Promise<boolean>;
  close(): void;
}

/**
 * Reads a clip in blocks, each asked for with its end: a host that is asked for the rest of a file and left after a group of frames has read, checked
 * and sent far more than that by then. The block behind the one that is read is on its way already.
 */
export function openClipBytes(url: string, cache: ByteCache, request: typeof fetch = (...given) => fetch(...given)): ClipBytes {
  const closing = new AbortController();
  const coming = new Map<number, Promise<Uint8Array>>();
  let total: number | null = null;
  let aheadOf = 0;
  const ask = async (block: number): Promise<Uint8Array> => {
    const start = block * BLOCK_BYTES;
    // What is kept here need not be kept a second time by the browser.
    const answer = await request(url, { headers: { range: `bytes=${start}-${start + BLOCK_BYTES - 1}` }, signal: closing.signal, cache: 'no-store' });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    const whole = /\/(\d+)$/u.exec(answer.headers.get('content-range') ?? '')?.[1];
    const bytes = new Uint8Array(await answer.arrayBuffer());
    total = whole === undefined ? bytes.length : Number(whole);
    const own = answer.status === 206 ? bytes : bytes.subarray(start, start + BLOCK_BYTES);
    cache.put(url, block, own);
    return own;
  };
  const blockOf = (block: number): Promise<Uint8Array> | Uint8Array => {
    const known = cache.get(url, block) ?? coming.get(block);
    if (known) return known;
    const asked = ask(block).finally(() => coming.delete(block));
    coming.set(block, asked);
    return asked;
  };
  const blocks = (): number => (total === null ? 1 : Math.ceil(total / BLOCK_BYTES));
  const joined = async (start: number, end: number): Promise<Uint8Array> => {
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.floor((end - 1) / BLOCK_BYTES);
    const parts = await Promise.all(Array.from({ length: last - first + 1 }, (_, index) => blockOf(first + index)));
    const out = new Uint8Array(end - start);
    for (const [index, part] of parts.entries()) {
      const from = Math.max(start, (first + index) * BLOCK_BYTES);
      out.set(part.subarray(from - (first + index) * BLOCK_BYTES, end - (first + index) * BLOCK_BYTES), from - start);
    }
    return out;
  };
  return {
    size: async () => {
      if (total === null) await blockOf(0);
      // It may have been read for a clip that was closed since.
      if (total === null) await ask(0);
      return total!;
    },
    read: (start, end) => {
      const block = Math.floor(start / BLOCK_BYTES);
      const last = Math.floor((end - 1) / BLOCK_BYTES);
      if (last + 1 < blocks()) {
        const next = blockOf(last + 1);
        // Whoever needs it asks for it again, and hears of it.
        if (!(next instanceof Uint8Array)) next.catch(() => undefined);
      }
      const here = block === last ? blockOf(block) : null;
      return here instanceof Uint8Array ? here.subarray(start - block * BLOCK_BYTES, end - block * BLOCK_BYTES) : joined(start, end);
    },
    readAhead: async () => {
      while (aheadOf < blocks() && cache.get(url, aheadOf) !== null) aheadOf += 1;
      if (aheadOf >= blocks() || !cache.hasRoom) return false;
      await blockOf(aheadOf);
      return true;
    },
    close: () => closing.abort(),
  };
}
