import type { TextShot } from '../composition-plan.ts';
import type { Layer, PictureNow } from '../layers-at.ts';
import { layOver } from './lay-over.ts';
import { clearPicture, emptyPicture, type PlanarPicture } from './planar-picture.ts';

/** What layers are made of. */
export interface LayerMaterial {
  /** A source frame, scaled to the size of its place; null while it is not there: then nothing is drawn for it. */
  picture(now: PictureNow): PlanarPicture | null;
  text(shot: TextShot): { readonly picture: PlanarPicture; readonly x: number; readonly y: number } | null;
}

function lay(canvas: PlanarPicture, now: PictureNow, material: LayerMaterial, alpha = now.alpha): void {
  const picture = material.picture(now);
  const { x, y } = now.shot.place.target;
  if (picture !== null) layOver(canvas, picture, x, y, alpha);
}

/** Draws layers from below onto `canvas`, by the pixel rules and in the colours in which exports are composed. Its old content is lost. */
export function drawPlanarLayers(canvas: PlanarPicture, layers: readonly Layer[], material: LayerMaterial): void {
  clearPicture(canvas);
  for (const layer of layers) {
    if (layer.type === 'picture') {
      lay(canvas, layer, material);
    } else if (layer.type === 'text') {
      const drawn = material.text(layer.shot);
      if (drawn) layOver(canvas, drawn.picture, drawn.x, drawn.y, 1);
    } else if (layer.first.shot.isFull && layer.second.shot.isFull) {
      // Where both cover everything, rule 5 is the second over the first.
      lay(canvas, layer.first, material);
      lay(canvas, layer.second, material, layer.weight);
    } else {
      const second = emptyPicture(canvas.width, canvas.height);
      layOver(second, canvas, 0, 0, 1);
      lay(second, layer.second, material);
      lay(canvas, layer.first, material);
      layOver(canvas, second, 0, 0, layer.weight);
    }
  }
}

/** The pictures that layers need. */
export const picturesOf = (layers: readonly Layer[]): readonly PictureNow[] =>
  layers.flatMap((layer): PictureNow[] => (layer.type === 'picture' ? [layer] : layer.type === 'dissolve' ? [layer.first, layer.second] : []));
