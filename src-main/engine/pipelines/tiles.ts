import { tileGrid } from '../../../src-shared/recipe/tile-count.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Equal, overlapping stretches of one side of a frame. */
export interface TileAxis {
  readonly total: number;
  readonly length: number;
  readonly starts: readonly number[];
}

/** A frame cut into equal, overlapping tiles. */
export interface TileLayout {
  readonly x: TileAxis;
  readonly y: TileAxis;
}

/** How a frame may be cut. */
export interface TileRules {
  /** Starts and sizes are multiples of this: positions at a network's coarsest level. */
  readonly unit: number;
  /** Positions that neighbours share, at least, where the frame is large enough. */
  readonly overlap: number;
}

/**
 * How much a position counts that lies so many positions inside a border shared over `shared`: nothing in the outer quarter, which saw
 * the cut, then rising evenly. Symmetric: what one neighbour loses the other gains.
 */
function edgeWeight(position: number, shared: number): number {
  const guard = Math.floor(shared / 4);
  const ramp = shared - 2 * guard;
  return shared === 0 ? 1 : Math.min(Math.max((position - guard + 0.5) / ramp, 0), 1);
}

/** Cuts `total` positions into about `count` stretches, spread evenly; into one where smaller ones would not fit. */
function cutAxis(total: number, count: number, { unit, overlap }: TileRules): TileAxis {
  const units = total / unit;
  const shared = Math.max(1, Math.min(Math.ceil(overlap / unit), Math.floor(units / (2 * count))));
  const size = Math.ceil((units + (count - 1) * shared) / count);
  if (count === 1 || !Number.isInteger(units) || size >= units || size < 2 * shared) return { total, length: total, starts: [0] };
  const stretches = Math.ceil((units - shared) / (size - shared));
  return { total, length: size * unit, starts: Array.from({ length: stretches }, (_, index) => unit * Math.round((index * (units - size)) / (stretches - 1))) };
}

/** Per stretch, how much each of its positions counts, at `scale` positions per position of the axis; over all stretches every position counts one. */
export function axisWeights({ total, length, starts }: TileAxis, scale = 1): readonly Float32Array[] {
  const raw = starts.map((start, index) => {
    const [left, right] = [index === 0 ? 0 : starts[index - 1]! + length - start, index === starts.length - 1 ? 0 : start + length - starts[index + 1]!];
    return Float32Array.from({ length: length * scale }, (_, at) => Math.min(edgeWeight(at, left * scale), edgeWeight(length * scale - 1 - at, right * scale)));
  });
  // Where three meet they may not sum to one by themselves.
  const sums = new Float64Array(total * scale);
  for (const [index, weights] of raw.entries()) for (const [at, weight] of weights.entries()) sums[starts[index]! * scale + at]! += weight;
  return raw.map((weights, index) => weights.map((weight, at) => weight / sums[starts[index]! * scale + at]!));
}

/** Cuts a frame into about `count` tiles. */
export function layOutTiles(frame: { readonly width: number; readonly height: number }, count: TileCount, rules: TileRules): TileLayout {
  const { columns, rows } = tileGrid(count, frame);
  return { x: cutAxis(frame.width, columns, rules), y: cutAxis(frame.height, rows, rules) };
}

/** Size of each tile. */
export const tileSize = ({ x, y }: TileLayout): { readonly width: number; readonly height: number } => ({ width: x.length, height: y.length });

/** Every tile's place: column and row. */
export function tilesOf({ x, y }: TileLayout): readonly { readonly column: number; readonly row: number }[] {
  return y.starts.flatMap((_, row) => x.starts.map((__, column) => ({ column, row })));
}

export const isWhole = (layout: TileLayout): boolean => tilesOf(layout).length === 1;

/** One tile of [..., height, width]. `scale`: positions of this tensor per position of the layout. */
export function cutTile(tensor: Tensor, { x, y }: TileLayout, { column, row }: { readonly column: number; readonly row: number }, scale = 1): Tensor {
  const [height, width] = tensor.shape.slice(-2) as [number, number];
  const [tileWidth, tileHeight] = [x.length * scale, y.length * scale];
  const [left, top] = [x.starts[column]! * scale, y.starts[row]! * scale];
  const out = zeros([...tensor.shape.slice(0, -2), tileHeight, tileWidth]);
  for (let line = 0; line < out.data.length / tileWidth; line += 1) {
    const from = (Math.floor(line / tileHeight) * height + top + (line % tileHeight)) * width + left;
    out.data.set(tensor.data.subarray(from, from + tileWidth), line * tileWidth);
  }
  return out;
}

/** Adds a tile to [..., height, width] by its weights: all tiles together make the frame. */
export function addTile(target: Tensor, tile: Tensor, { x, y }: TileLayout, { column, row }: { readonly column: number; readonly row: number }, scale = 1): void {
  const [height, width] = target.shape.slice(-2) as [number, number];
  const [tileHeight, tileWidth] = tile.shape.slice(-2) as [number, number];
  const [columns, rows] = [axisWeights(x, scale)[column]!, axisWeights(y, scale)[row]!];
  const [left, top] = [x.starts[column]! * scale, y.starts[row]! * scale];
  for (let line = 0; line < tile.data.length / tileWidth; line += 1) {
    const share = rows[line % tileHeight]!;
    if (share === 0) continue;
    const to = (Math.floor(line / tileHeight) * height + top + (line % tileHeight)) * width + left;
    for (let at = 0; at < tileWidth; at += 1) target.data[to + at]! += share * columns[at]! * tile.data[line * tileWidth + at]!;
  }
}
