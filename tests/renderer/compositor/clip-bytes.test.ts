import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, createByteCache, openClipBytes, type ByteCache } from '../../../src-renderer/compositor/clip-bytes.ts';

const FILE = Uint8Array.from({ length: 3 * BLOCK_BYTES + 1000 }, (_, index) => (index * 7 + (index >> 8)) & 255);

/** A host that has one file, and the ranges it was asked for. */
function hostOf({ ranges = true, cache = createByteCache(64 * BLOCK_BYTES) }: { ranges?: boolean; cache?: ByteCache } = {}) {
  const asked: string[] = [];
  const request = (async (_url: unknown, options: RequestInit) => {
    const range = new Headers(options.headers).get('range')!;
    asked.push(range);
    if (!ranges) return new Response(FILE, { status: 200 });
    const [from = 0, to = 0] = range.replace('bytes=', '').split('-').map(Number);
    return new Response(FILE.slice(from, to + 1), { status: 206, headers: { 'content-range': `bytes ${from}-${Math.min(to, FILE.length - 1)}/${FILE.length}` } });
  }) as unknown as typeof fetch;
  return { asked, clip: openClipBytes('clip', cache, request), again: () => openClipBytes('clip', cache, request) };
}

describe('bytes of a clip', () => {
  it('are those of the file, within a block, over its edges and at the end', async () => {
    const { clip } = hostOf();
    expect(await clip.size()).toBe(FILE.length);
    for (const [start, end] of [[0, 10], [BLOCK_BYTES - 5, BLOCK_BYTES + 5], [100, 2 * BLOCK_BYTES + 100], [FILE.length - 20, FILE.length]] as const) expect(Buffer.compare(Buffer.from(await clip.read(start, end)), Buffer.from(FILE.subarray(start, end)))).toBe(0);
  });

  it('are asked for in blocks with an end, once each, and the next block beforehand', async () => {
    const { clip, asked } = hostOf();
    await clip.size();
    await Promise.all([clip.read(10, 20), clip.read(30, 40), clip.read(BLOCK_BYTES - 1, BLOCK_BYTES + 1)]);
    await clip.read(BLOCK_BYTES, BLOCK_BYTES + 9);
    expect(asked).toEqual([0, 1, 2].map((block) => `bytes=${block * BLOCK_BYTES}-${(block + 1) * BLOCK_BYTES - 1}`));
  });

  it('come from memory when the clip is opened again, and at once', async () => {
    const { clip, again, asked } = hostOf();
    await clip.read(0, FILE.length);
    const before = asked.length;
    clip.close();
    const reopened = again();
    expect(reopened.read(5, 9)).toEqual(FILE.subarray(5, 9));
    expect(asked).toHaveLength(before);
    expect(await reopened.size()).toBe(FILE.length);
  });

  it('are read ahead until all are there, or there is no room', async () => {
    const whole = hostOf();
    await whole.clip.size();
    let steps = 0;
    while (await whole.clip.readAhead()) steps += 1;
    expect(steps).toBe(3);
    expect(whole.asked).toHaveLength(4);
    const tight = hostOf({ cache: createByteCache(2 * BLOCK_BYTES) });
    await tight.clip.size();
    while (await tight.clip.readAhead());
    expect(tight.asked).toHaveLength(2);
  });

  it('are cut out of the whole where a host sends nothing less', async () => {
    const { clip } = hostOf({ ranges: false });
    expect(await clip.size()).toBe(FILE.length);
    expect(Buffer.compare(Buffer.from(await clip.read(2 * BLOCK_BYTES - 3, 2 * BLOCK_BYTES + 3)), Buffer.from(FILE.subarray(2 * BLOCK_BYTES - 3, 2 * BLOCK_BYTES + 3)))).toBe(0);
  });

  it('that were not used for longest go first', () => {
    const cache = createByteCache(3 * BLOCK_BYTES);
    const block = new Uint8Array(BLOCK_BYTES);
    for (const at of [0, 1, 2]) cache.put('a', at, block);
    cache.get('a', 0);
    cache.put('a', 3, block);
    expect([0, 1, 2, 3].map((at) => cache.get('a', at) !== null)).toEqual([true, false, true, true]);
  });
});
