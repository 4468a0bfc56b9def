import { bytesOfPicture, type PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';

/** Pictures by name; what was not used for longest goes first. Holds at most `maxBytes`. */
export interface PictureCache {
  get(key: string): PlanarPicture | null;
  /** As `get`, without counting as a use. */
  has(key: string): boolean;
  put(key: string, picture: PlanarPicture): void;
}

export function createPictureCache(maxBytes: number): PictureCache {
  const pictures = new Map<string, PlanarPicture>();
  let bytes = 0;
  const drop = (key: string, picture: PlanarPicture): void => {
    pictures.delete(key);
    bytes -= bytesOfPicture(picture);
  };
  return {
    get: (key) => {
      const found = pictures.get(key);
      if (!found) return null;
      // Last used is last in the map's order.
      pictures.delete(key);
      pictures.set(key, found);
      return found;
    },
    has: (key) => pictures.has(key),
    put: (key, picture) => {
      const before = pictures.get(key);
      if (before) drop(key, before);
      pictures.set(key, picture);
      bytes += bytesOfPicture(picture);
      // The newest stays even when it alone is too large: it is about to be drawn.
      for (const [oldest, old] of pictures) {
        if (bytes <= maxBytes || oldest === key) break;
        drop(oldest, old);
      }
    },
  };
}
