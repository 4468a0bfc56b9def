import { describe, expect, it } from 'vitest';
import { createPictureCache } from '../../../src-renderer/compositor/picture-cache.ts';
import { emptyPicture } from '../../../src-shared/compose/planar/planar-picture.ts';

describe('pictures that are kept', () => {
  it('are those that were used last, within so many bytes', () => {
    // 4x4 pixels take 24 bytes.
    const cache = createPictureCache(72);
    for (const key of ['a', 'b', 'c']) cache.put(key, emptyPicture(4, 4));
    cache.get('a');
    cache.has('b');
    cache.put('d', emptyPicture(4, 4));
    expect(['a', 'b', 'c', 'd'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd']);
    cache.put('large', emptyPicture(40, 40));
    expect(['a', 'c', 'd', 'large'].filter((key) => cache.has(key))).toEqual(['large']);
  });

  it('count once where one takes the place of another', () => {
    const cache = createPictureCache(48);
    for (let round = 0; round < 5; round += 1) cache.put('a', emptyPicture(4, 4));
    cache.put('b', emptyPicture(4, 4));
    expect(cache.has('a') && cache.has('b')).toBe(true);
  });
});
