import { z } from 'zod';
import { MAX_MOTIONS, MotionUse } from './motion-use.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One prompt event as the engine hears it. Where it lies follows from the events before it; frames are on the scene's rate. */
export const SceneEvent = z.object({
  /** Name of the event for people and logs; it does not reach the frames. */
  id: z.string(),
  durationFrames: z.number().int().min(1),
  /** All words that hold while the event lasts: the global prompt, its own words, its style. */
  prompt: z.string().max(4000),
  negativePrompt: z.string().max(2000),
  /** How much its words count against the global prompt alone: 0 is the global prompt, 1 the words as they are. */
  strength: z.number().min(0).max(1.5),
  /** Frames at its start and its end in which the neighbour's words fade into its own. */
  blendIn: z.number().int().min(0),
  blendOut: z.number().int().min(0),
  /** Added to the scene's seed for this event alone. */
  seedOffset: z.number().int().min(0).max(0xffff_ffff),
  /** Learned motions, in order of their hashes; they work in the event's own frames. */
  motions: z.array(MotionUse).max(MAX_MOTIONS).default([]),
  /** Pictures that its first and its last key frame show, by the hash of their bytes. */
  startImage: Sha256.nullable().default(null),
  endImage: Sha256.nullable().default(null),
  /** The share of the steps in which they are held; left out where that is to the end. Then the key frame is the picture. */
  startStrength: z.number().gt(0).lt(1).optional(),
  endStrength: z.number().gt(0).lt(1).optional(),
  /** A picture, by the hash of its bytes, that leads its colours and its light; `strength` is the share of the steps that it leads. Left out where there is none. */
  look: z.object({ image: Sha256, strength: z.number().gt(0).max(1) }).optional(),
});
export type SceneEvent = z.infer<typeof SceneEvent>;

/** What happens when, without gaps: the part of a recipe that makes it a scene. */
export const SceneScript = z.object({
  /** Words of the whole scene, alone. */
  globalPrompt: z.string().max(2000),
  events: z.array(SceneEvent).min(1).max(200),
});
export type SceneScript = z.infer<typeof SceneScript>;

/** Sixty seconds at eight frames a second, and the longest scene that is tested. */
export const MAX_SCENE_FRAMES = 480;

/** Frames of the whole scene. */
export const sceneFrames = (script: SceneScript): number => script.events.reduce((sum, { durationFrames }) => sum + durationFrames, 0);
