import { resizeFrames } from '../resize.ts';
import type { VideoFrames } from '../video-tensor.ts';

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size at which footage goes through the model: the footage's own shape with about as many pixels as the model was trained on,
 * so that nothing is squeezed or cut off. Both sides divide by `multiple`.
 */
export function modelSize(source: Size, trained: Size, multiple: number): Size {
  const scale = Math.sqrt((trained.width * trained.height) / (source.width * source.height));
  const side = (length: number): number => Math.max(multiple, Math.round((length * scale) / multiple) * multiple);
  return { width: side(source.width), height: side(source.height) };
}

/** The size of the finished clip: the footage's own, less one row or column where that is odd, which 4:2:0 video cannot hold. */
export const finishedSize = ({ width, height }: Size): Size => ({ width: Math.max(2, width - (width % 2)), height: Math.max(2, height - (height % 2)) });

/**
 * One restyled frame at the size of the footage. Detail that the model never saw, because the footage is larger than what it works
 * on, comes back by `detail` in [0, 1]: out = enlarged(restyled) + detail (source - enlarged(reduced(source))), a Laplacian band.
 */
export function restoreSize(restyled: VideoFrames, source: VideoFrames, detail: number): VideoFrames {
  const size = finishedSize(source);
  const enlarged = resizeFrames(restyled, size.width, size.height);
  if (detail <= 0 || (source.width <= restyled.width && source.height <= restyled.height)) return enlarged;
  const own = resizeFrames(source, size.width, size.height);
  const seen = resizeFrames(resizeFrames(source, restyled.width, restyled.height), size.width, size.height);
  const data = new Uint8Array(enlarged.data.length);
  for (let i = 0; i < data.length; i += 1) data[i] = Math.min(Math.max(Math.round(enlarged.data[i]! + detail * (own.data[i]! - seen.data[i]!)), 0), 255);
  return { ...enlarged, data };
}
