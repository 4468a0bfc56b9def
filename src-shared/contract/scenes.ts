import { z } from 'zod';
import { StageTiles } from '../pack/tile-choice.ts';
import { MotionStrength } from '../recipe/motion-use.ts';
import { Preset } from '../recipe/recipe.ts';
import { StageName } from '../recipe/stage-name.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

/** Asks for the scene that the project's timeline tells. */
export const SceneRequest = z.object({
  projectId: ProjectId,
  preset: Preset,
  packId: z.string().default('motif-mini'),
  /** Seed of the whole scene; events add their own offsets. */
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
});
export type SceneRequest = z.infer<typeof SceneRequest>;

/** How a variant of an event differs from what the timeline says; null: as the timeline says. */
export const Variant = z.object({
  seedOffset: z.number().int().min(0).max(0xffff_ffff).nullable().default(null),
  /** How much the event's words count, as on the event. */
  strength: z.number().min(0).max(1.5).nullable().default(null),
  /** All of the event's motions at this strength. */
  motionStrength: MotionStrength.nullable().default(null),
  /** Other words in the place of the event's own; style and global prompt stay. */
  prompt: z.string().trim().min(1).max(2000).nullable().default(null),
});
export type Variant = z.infer<typeof Variant>;

export const VaryRequest = SceneRequest.extend({ promptEventId: z.string(), variants: z.array(Variant).min(1).max(16) });
export type VaryRequest = z.infer<typeof VaryRequest>;

/** What would run, before anything does. */
export const ScenePlan = z.object({
  recipeHash: z.string(),
  /** The finished scene, when the project holds it. */
  cachedAssetId: AssetId.nullable(),
  /** Per stage: nodes of the build graph, how many of them must run, and how long that takes here (null: never measured). */
  stages: z.array(z.object({ stage: StageName, nodes: z.number().int(), stale: z.number().int(), expectedMs: z.number().nullable() })),
  /** Per prompt event: whether its own frames or the seams beside it must be made (again), and whether it was ever made. */
  events: z.array(z.object({ promptEventId: z.string(), state: z.enum(['fresh', 'stale', 'new']), staleSeams: z.number().int() })),
  expectedMs: z.number().nullable(),
  /** Some of the time is guessed from this machine's speed, because it was never measured here. */
  isRough: z.boolean(),
  /** Stages that will run in tiles, because whole frames need more memory than is free. */
  tiles: z.array(StageTiles),
  /** Highest memory of the engine, measured on this machine; null until then. */
  expectedMemoryBytes: z.number().nullable(),
  /** What the project file grows by: frames of the stages, without the clip itself. */
  expectedDiskBytes: z.number(),
  freeDiskBytes: z.number(),
  output: z.object({ frames: z.number().int(), width: z.number().int(), height: z.number().int() }),
});
export type ScenePlan = z.infer<typeof ScenePlan>;

/** One node of the build graph in a job's log. */
export const SceneLogEntry = z.object({ nodeId: z.string(), stage: StageName, stageKey: z.string(), state: z.enum(['done', 'cached']), wallMs: z.number().nullable() });
export type SceneLogEntry = z.infer<typeof SceneLogEntry>;

export const scenesContract = {
  plan: method(SceneRequest, ScenePlan),
  /** Renders what is stale and encodes the whole scene. `front`: ahead of everything that waits. */
  render: method(SceneRequest.extend({ front: z.boolean().default(false), /** Also measure adherence. */ adherence: z.boolean().default(false) }), z.object({ jobId: JobId, recipeHash: z.string() })),
  /**
   * Makes variants of one event with every other event as it is: one job and one take of the event for each. Frames of the
   * other events and their seams are not made again. No variant is shown on the timeline until someone picks it.
   */
  vary: method(VaryRequest, z.object({ jobs: z.array(z.object({ jobId: JobId, variant: Variant })) })),
  /** What making variants would take, all together, before anything runs. */
  planVary: method(VaryRequest, z.object({ stale: z.number().int(), expectedMs: z.number().nullable(), isRough: z.boolean(), /** As in a plan. */ tiles: z.array(StageTiles), expectedMemoryBytes: z.number().nullable(), expectedDiskBytes: z.number(), freeDiskBytes: z.number() })),
  /**
   * How strongly each keyframe of each event attended to the event's own words: of its attention to text, their share, in [0, 1].
   * Null where it was not measured for the frames as they are now.
   */
  adherence: method(SceneRequest, z.object({ events: z.array(z.object({ promptEventId: z.string(), startFrame: z.number().int(), keyframeStride: z.number().int(), shares: z.array(z.number()).nullable() })) })),
  /** Which nodes a scene's job ran and which it found, in order. */
  log: method(z.object({ projectId: ProjectId, jobId: JobId }), z.object({ entries: z.array(SceneLogEntry) })),
};
