import { z } from 'zod';
import { StageName } from '../recipe/stage-name.ts';
import { TILE_COUNTS, TileCount } from '../recipe/tile-count.ts';

/** Why a part of a job runs in tiles. Bytes throughout. */
export const TileNote = z.object({
  count: TileCount,
  /** `budget`: whole frames need more than was free beforehand; `ranOut`: memory ran out, and what was not finished was begun again. */
  reason: z.enum(['budget', 'ranOut']),
  /** What whole frames would need; null where that was never worked out. */
  neededBytes: z.number().nullable(),
  /** What was free for the engine then. */
  freeBytes: z.number(),
});
export type TileNote = z.infer<typeof TileNote>;

/** A stage that will run in tiles, told before it begins. */
export const StageTiles = TileNote.extend({ stage: StageName });
export type StageTiles = z.infer<typeof StageTiles>;

/** What the engine needs for itself with tiles of one size. */
export interface TileNeed {
  readonly count: TileCount;
  readonly needBytes: number;
}

/** Smaller tiles that spare less than this are not worth what they change. */
const LEAST_SPARED = 0.1;

/** With how much free memory each size is known to have run out on this machine, whatever was worked out. */
export type RanOutAt = ReadonlyMap<TileCount, number>;

/** Whether tiles of one size fit what is free. */
export const tilesFit = ({ count, needBytes }: TileNeed, freeBytes: number, ranOutAt: RanOutAt = new Map()): boolean => needBytes <= freeBytes && (ranOutAt.get(count) ?? -1) < freeBytes;

/**
 * The largest tiles that fit what is free. Where none fits it is the smallest that spares anything: it may still go well.
 */
export function chooseTiles(needs: readonly TileNeed[], freeBytes: number, ranOutAt: RanOutAt = new Map()): TileCount {
  const fitting = needs.find((need) => tilesFit(need, freeBytes, ranOutAt));
  if (fitting !== undefined) return fitting.count;
  const most = needs[0]?.needBytes ?? 0;
  const sparing = needs.filter(({ needBytes }, index) => needBytes <= most * (1 - LEAST_SPARED) && needBytes < (needs[index - 1]?.needBytes ?? Infinity));
  return sparing.at(-1)?.count ?? 1;
}

/** The larger number of tiles. */
export const moreTiles = (a: TileCount, b: TileCount): TileCount => (TILE_COUNTS.indexOf(a) >= TILE_COUNTS.indexOf(b) ? a : b);
