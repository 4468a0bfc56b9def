import type { CropRectangle } from '../../../src-shared/contract/motions.ts';

export type Corner = 'topLeft' | 'topRight' | 'bottomLeft' | 'bottomRight';

/** Smallest width of a crop, as a share of the picture. */
const SMALLEST = 0.1;

/**
 * Crops have the shape of the model's picture, so that what is framed is what is learned. `shape` is a crop's height share
 * over its width share: width / height of the picture, over width / height of the model.
 */
export const cropShape = (picture: { width: number; height: number }, model: { width: number; height: number }): number => picture.width / picture.height / (model.width / model.height);

/** The largest crop: what is learned from when nothing is cropped. */
export function wholeCrop(shape: number): CropRectangle {
  const width = Math.min(1, 1 / shape);
  const height = width * shape;
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

export const moveCrop = (crop: CropRectangle, x: number, y: number): CropRectangle => ({ ...crop, x: clamp(x, 1 - crop.width), y: clamp(y, 1 - crop.height) });

/** A crop of another width around the same middle, moved only as far as the picture's edge demands. */
export function scaleCrop(crop: CropRectangle, width: number, shape: number): CropRectangle {
  const next = Math.min(Math.max(SMALLEST, width), 1, 1 / shape);
  const height = next * shape;
  return moveCrop({ ...crop, width: next, height }, crop.x + (crop.width - next) / 2, crop.y + (crop.height - height) / 2);
}

/** Drags one corner to (x, y), shares of the picture; the corner across stays where it is. */
export function dragCorner(crop: CropRectangle, corner: Corner, x: number, y: number, shape: number): CropRectangle {
  const isLeft = corner === 'topLeft' || corner === 'bottomLeft';
  const isTop = corner === 'topLeft' || corner === 'topRight';
  const fixedX = isLeft ? crop.x + crop.width : crop.x;
  const fixedY = isTop ? crop.y + crop.height : crop.y;
  const roomX = isLeft ? fixedX : 1 - fixedX;
  const roomY = isTop ? fixedY : 1 - fixedY;
  const wanted = Math.max(Math.abs(x - fixedX), Math.abs(y - fixedY) / shape);
  const width = Math.min(Math.max(SMALLEST, wanted), roomX, roomY / shape);
  const height = width * shape;
  return { x: isLeft ? fixedX - width : fixedX, y: isTop ? fixedY - height : fixedY, width, height };
}
