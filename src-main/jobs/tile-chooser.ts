import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { JobPart } from '../../src-shared/contract/jobs.ts';
import type { MachineMemory } from '../../src-shared/pack/memory-plan.ts';
import { chooseTiles, moreTiles, tilesFit, type RanOutAt, type StageTiles, type TileNeed, type TileNote } from '../../src-shared/pack/tile-choice.ts';
import type { StageName } from '../../src-shared/recipe/stage-name.ts';
import { smallerTiles, TILE_COUNTS, TileCount } from '../../src-shared/recipe/tile-count.ts';
import type { SettingRepository } from '../store/setting-repository.ts';
import type { JobContext } from './job-handler.ts';
import type { MemorySteps, PackForMemory } from './memory-steps.ts';

/** A stage of a pack, as it will run. */
export interface TiledStage {
  readonly opened: PackForMemory;
  readonly stage: StageName;
  readonly inScene: boolean;
  /** Its unet sees whole frames in any case: only encoding and decoding are tiled. */
  readonly onlyDecoding?: boolean;
}

/** The one place that decides whether frames are worked on whole or in tiles: for plans, before a stage begins, and when its memory ran out. */
export interface TileChooser {
  /** What would be done now, with its reason; null where whole frames fit. */
  choose(stage: TiledStage): Promise<TileNote | null>;
  /** What to do after memory ran out in tiles of this size: smaller ones, or null behind the smallest. It is remembered for this machine. */
  afterRunningOut(stage: TiledStage, count: TileCount): Promise<TileNote | null>;
}

/** A small pack is not looked at where so much is free: the look takes a second, which a draft does not have. */
const SMALL_PACK_BYTES = 2 ** 28;
const AMPLE_BYTES = 2 ** 32;

const RanOut = z.partialRecord(z.string(), z.number());

export function createTileChooser({ steps, machine, settings }: {
  readonly steps: MemorySteps;
  readonly machine: () => MachineMemory;
  readonly settings: Pick<SettingRepository, 'get' | 'set'>;
}): TileChooser {
  const keyOf = ({ opened: { pack }, stage, inScene, onlyDecoding = false }: TiledStage): string => `ranOutOfMemory/${pack.sha256}/${stage}${inScene ? '/scene' : ''}${onlyDecoding ? '/decoding' : ''}`;
  const ranOutOf = (stage: TiledStage): RanOutAt => {
    const stored = RanOut.safeParse(settings.get(keyOf(stage)));
    return new Map(stored.success ? TILE_COUNTS.flatMap((count) => (stored.data[count] === undefined ? [] : [[count, stored.data[count]] as const])) : []);
  };

  /** What tiles of one size need; infinite where the pack cannot be read: its run will say why. */
  const needOf = async ({ opened, stage, inScene, onlyDecoding = false }: TiledStage, count: TileCount): Promise<number> => {
    const found = await steps.of(opened, [stage], { tiles: count, inScene }).catch(() => []);
    // Words are read before, whatever the tiles.
    return Math.max(0, ...found.filter(({ part }) => part === 'encoder' || part === 'decoder' || (part !== 'text' && !onlyDecoding)).map(({ needBytes }) => needBytes));
  };

  const choose = async (stage: TiledStage): Promise<TileNote | null> => {
    // Key frames of pixels are drawn whole or not at all.
    if (stage.stage === 'interpolation') return null;
    const { freeBytes } = machine();
    const ranOut = ranOutOf(stage);
    if (ranOut.size === 0 && stage.opened.pack.sizeBytes < SMALL_PACK_BYTES && freeBytes > AMPLE_BYTES) return null;
    const needs: TileNeed[] = [];
    for (const count of TILE_COUNTS) {
      needs.push({ count, needBytes: await needOf(stage, count) });
      if (tilesFit(needs.at(-1)!, freeBytes, ranOut)) break;
    }
    const count = chooseTiles(needs, freeBytes, ranOut);
    return count === 1 ? null : { count, reason: 'budget', neededBytes: needs[0]!.needBytes, freeBytes };
  };

  return {
    choose,
    async afterRunningOut(stage, count) {
      const next = smallerTiles(count);
      if (next === null || stage.stage === 'interpolation') return null;
      const { freeBytes } = machine();
      const ranOut = new Map([...ranOutOf(stage), [count, Math.max(freeBytes, ranOutOf(stage).get(count) ?? 0)] as const]);
      settings.set(keyOf(stage), Object.fromEntries(ranOut));
      const neededBytes = await needOf(stage, 1);
      // Tiles that spare nothing would only fail again.
      if ((await needOf(stage, next)) >= (await needOf(stage, count)) && neededBytes > 0) return null;
      return { count: next, reason: 'ranOut', neededBytes: neededBytes > 0 ? neededBytes : null, freeBytes };
    },
  };
}

/** Stages of a plan that would run in tiles now, and why. */
export async function expectedTiles(chooser: TileChooser, opened: PackForMemory, stages: readonly StageName[], how: Pick<TiledStage, 'inScene' | 'onlyDecoding'>): Promise<StageTiles[]> {
  const notes: StageTiles[] = [];
  for (const stage of stages) {
    const note = await chooser.choose({ opened, stage, ...how });
    if (note !== null) notes.push({ stage, ...note });
  }
  return notes;
}

/** Whether a run ended for want of memory: the runtime said so, or the system killed it for that. */
export const ranOutOfMemory = (error: unknown): boolean => StudioError.is(error, 'OUT_OF_MEMORY') || (StudioError.is(error, 'ENGINE_CRASHED') && error.details['outOfMemory'] === true);

/**
 * Runs a part of a job in tiles that fit: `run` is called anew with smaller ones whenever memory runs out. What was chosen is noted with the
 * part before anything runs, so that a job which is resumed goes on in the same tiles. `atLeast`: what the recipe says. `hasBegun`: it runs already, and what is free says nothing.
 */
export async function inFittingTiles<Result>(context: JobContext, chooser: TileChooser, stage: TiledStage & { readonly part: JobPart['name']; readonly atLeast?: TileCount | undefined; readonly hasBegun?: boolean }, run: (count: TileCount) => Promise<Result>): Promise<Result> {
  const { part, atLeast = 1 } = stage;
  const noted = context.tilesOf(part)?.count ?? 1;
  // What is free now says nothing about work that has begun, in this attempt or an earlier one: it goes on as it began.
  const hasBegun = stage.hasBegun === true || noted > 1 || (context.job.parts.find(({ name }) => name === part)?.step ?? 0) > 0;
  let count = moreTiles(atLeast, noted);
  const chosen = hasBegun ? null : await chooser.choose(stage);
  if (chosen !== null && moreTiles(count, chosen.count) !== count) {
    context.noteTiles(part, chosen);
    count = chosen.count;
  }
  for (;;) {
    try {
      return await run(count);
    } catch (error) {
      if (!ranOutOfMemory(error) || context.signal.aborted) throw error;
      const smaller = await chooser.afterRunningOut(stage, count);
      if (smaller === null) throw error;
      context.noteTiles(part, smaller);
      count = smaller.count;
    }
  }
}
