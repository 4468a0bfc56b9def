import type { TextShot } from '../../src-shared/compose/composition-plan.ts';
import type { Layer, PictureNow } from '../../src-shared/compose/layers-at.ts';
import type { DecodedFrame } from './frame-cache.ts';

/** What layers are made of. */
export interface LayerMaterial {
  /** Null while it is not decoded: then nothing is drawn for it. */
  frame(now: PictureNow): DecodedFrame | null;
  text(shot: TextShot): { readonly picture: CanvasImageSource; readonly x: number; readonly y: number } | null;
  /** A second canvas of the same size, for dissolves. */
  readonly scratch: OffscreenCanvas;
}

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

function drawPicture(context: Context, now: PictureNow, material: LayerMaterial): void {
  const decoded = material.frame(now);
  if (!decoded) return;
  const { source, target } = now.shot.place;
  context.globalAlpha = now.alpha;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  const { x, y } = decoded.scale;
  context.drawImage(decoded.picture, source.x * x, source.y * y, source.width * x, source.height * y, target.x, target.y, target.width, target.height);
  context.globalAlpha = 1;
}

/**
 * Draws layers from below by the pixel rules of `src-shared/compose/pixel-rules.ts`: blending of gamma-coded values with straight alpha. A
 * dissolve is `under1 * (1 - w) + under2 * w` (rule 5): what is below with the first picture, then the same with the second, over it with weight w.
 */
export function drawLayers(context: Context, layers: readonly Layer[], material: LayerMaterial): void {
  const { width, height } = context.canvas;
  context.globalAlpha = 1;
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  for (const layer of layers) {
    if (layer.type === 'picture') drawPicture(context, layer, material);
    else if (layer.type === 'text') {
      const drawn = material.text(layer.shot);
      if (drawn) context.drawImage(drawn.picture, drawn.x, drawn.y);
    } else {
      const second = material.scratch.getContext('2d')!;
      second.globalAlpha = 1;
      second.drawImage(context.canvas, 0, 0);
      drawPicture(second, layer.second, material);
      drawPicture(context, layer.first, material);
      context.globalAlpha = layer.weight;
      context.drawImage(material.scratch, 0, 0);
      context.globalAlpha = 1;
    }
  }
}

/** The pictures that layers need, each once. */
export function picturesOf(layers: readonly Layer[]): readonly PictureNow[] {
  return layers.flatMap((layer): PictureNow[] => (layer.type === 'picture' ? [layer] : layer.type === 'dissolve' ? [layer.first, layer.second] : []));
}
