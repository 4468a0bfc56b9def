import { z } from 'zod';

/** In how many tiles a stage's frames are worked on: each doubling halves the longer side of a tile. */
export const TileCount = z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8), z.literal(16)]);
export type TileCount = z.infer<typeof TileCount>;

export const TILE_COUNTS = [1, 2, 4, 8, 16] as const satisfies readonly TileCount[];

/** The next smaller tiles; null behind the smallest. */
export const smallerTiles = (count: TileCount): TileCount | null => TILE_COUNTS[TILE_COUNTS.indexOf(count) + 1] ?? null;

/** Columns and rows of so many tiles of a frame. */
export function tileGrid(count: TileCount, { width, height }: { readonly width: number; readonly height: number }): { readonly columns: number; readonly rows: number } {
  let [columns, rows] = [1, 1];
  while (columns * rows < count) {
    if (width / columns >= height / rows) columns *= 2;
    else rows *= 2;
  }
  return { columns, rows };
}
