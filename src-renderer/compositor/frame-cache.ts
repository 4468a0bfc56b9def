/** One decoded picture, ready to be drawn; `close` gives its memory back. */
export interface DecodedFrame {
  readonly picture: CanvasImageSource;
  readonly width: number;
  readonly height: number;
  /** Its pixels per pixel of the asset: less than 1 where a smaller stand-in is shown. */
  readonly scale: { readonly x: number; readonly y: number };
  close(): void;
}

/** Decoded frames by asset and number; what was not drawn for longest goes first. Holds at most `maxBytes` of pixels. */
export interface FrameCache {
  get(assetId: string, frame: number): DecodedFrame | null;
  put(assetId: string, frame: number, decoded: DecodedFrame): void;
  clear(): void;
}

const bytesOf = ({ width, height }: DecodedFrame): number => width * height * 4;

export function createFrameCache(maxBytes: number): FrameCache {
  const frames = new Map<string, DecodedFrame>();
  let bytes = 0;
  const drop = (key: string, decoded: DecodedFrame): void => {
    frames.delete(key);
    bytes -= bytesOf(decoded);
    decoded.close();
  };
  return {
    get: (assetId, frame) => {
      const key = `${assetId}/${frame}`;
      const found = frames.get(key);
      if (!found) return null;
      // Last used is last in the map's order.
      frames.delete(key);
      frames.set(key, found);
      return found;
    },
    put: (assetId, frame, decoded) => {
      const key = `${assetId}/${frame}`;
      const before = frames.get(key);
      if (before) drop(key, before);
      frames.set(key, decoded);
      bytes += bytesOf(decoded);
      // The newest stays even when it alone is too large: it is about to be drawn.
      for (const [oldest, old] of frames) {
        if (bytes <= maxBytes || oldest === key) break;
        drop(oldest, old);
      }
    },
    clear: () => {
      for (const [key, decoded] of frames) drop(key, decoded);
    },
  };
}
