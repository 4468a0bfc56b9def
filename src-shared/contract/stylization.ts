import { z } from 'zod';
import { StageTiles } from '../pack/tile-choice.ts';
import { PackStyle } from '../pack/model-index.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { MotionStrength } from '../recipe/motion-use.ts';
import { Preset } from '../recipe/recipe.ts';
import { JobId } from './jobs.ts';
import { LearningSettings, MotionCaption } from './motions.ts';
import { ProjectId } from './projects.ts';

/** How a clip is to look: words of the pack's gallery, or others. */
export const StyleText = z.string().trim().min(1, 'Say how the clip is to look, as in "watercolor".').max(300);

/** A slider from 0 to 1. */
export const Share = z.number().min(0).max(1);

/** Frames of the part that is restyled, counted from its first, that get words of their own. */
export const StyledSpan = z
  .object({ startFrame: z.number().int().min(0), endFrame: z.number().int().min(1), style: StyleText })
  .refine(({ startFrame, endFrame }) => endFrame > startFrame, 'A span ends behind its beginning.');
export type StyledSpan = z.infer<typeof StyledSpan>;

/** A part of a clip in its own frames. */
export const ClipPart = z.object({ startFrame: z.number().int().min(0), frames: z.number().int().min(1) });
export type ClipPart = z.infer<typeof ClipPart>;

const look = {
  projectId: ProjectId,
  assetId: AssetId,
  packId: z.string().default('motif-mini'),
  style: StyleText,
  /** 0 gives the clip back; the pack's own default when left out. */
  strength: Share.optional(),
  /** How firmly outlines stay. */
  structure: Share.optional(),
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
  negativePrompt: z.string().max(300).default(''),
};

export const RestyleRequest = z.object({
  ...look,
  /** The part of the clip to restyle; all of it when null. */
  part: ClipPart.nullable().default(null),
  /** Other styles for some spans; they must not overlap. */
  spans: z.array(StyledSpan).max(64).default([]),
  /** Frames over which one style fades into the next. */
  blendFrames: z.number().int().min(0).max(240).default(8),
  /** A clip on the timeline of which the result becomes a take; none when null. */
  clipId: z.string().max(100).nullable().default(null),
});
export type RestyleRequest = z.infer<typeof RestyleRequest>;
/** A request as a client may write it. */
export type RestyleInput = z.input<typeof RestyleRequest>;

export const RestylePlan = z.object({
  width: z.number().int(),
  height: z.number().int(),
  frames: z.number().int(),
  /** Null until this machine has measured it. */
  expectedMs: z.number().nullable(),
  /** Frames are decoded in tiles, because whole ones need more memory than is free. */
  tiles: z.array(StageTiles),
  /** Whether the pack was trained on styles at all, and whether on every one that is asked for. */
  trained: z.boolean(),
  known: z.boolean(),
});
export type RestylePlan = z.infer<typeof RestylePlan>;

export const PreviewRequest = z.object({
  ...look,
  /** Frame of the clip. */
  frame: z.number().int().min(0),
  /** Smaller and sooner: for the gallery. */
  small: z.boolean().default(false),
});

export const StyleGallery = z.object({
  /** False: this pack was not trained to restyle. It can still be asked. */
  trained: z.boolean(),
  styles: z.array(PackStyle),
  strength: Share,
  structure: Share,
});
export type StyleGallery = z.infer<typeof StyleGallery>;

export const ReimagineRequest = z.object({
  projectId: ProjectId,
  assetId: AssetId,
  packId: z.string().default('motif-mini'),
  part: ClipPart.nullable().default(null),
  /** What moves in the new clip, where and how it looks. */
  prompt: z.string().trim().min(1, 'Say what the new clip shows, as in "a red fish swims in the sea".').max(2000),
  negativePrompt: z.string().max(2000).default(''),
  seed: z.number().int().min(0).max(0xffff_ffff).default(0),
  preset: Preset.default('standard'),
  /** What moves in this clip and how, without scene or style; proposed from its name when left out. */
  caption: MotionCaption.optional(),
  /** A motion of the project to use; null: the one that was learned from this part of the clip, or else a new one. */
  motionId: AssetId.nullable().default(null),
  /** How strongly the motion works. */
  strength: MotionStrength.default(1),
  /** Share of the clip's own noise in the first noise. */
  noiseMix: Share.default(0.5),
  learning: LearningSettings.prefault({}),
  clipId: z.string().max(100).nullable().default(null),
});
export type ReimagineInput = z.input<typeof ReimagineRequest>;

/** Footage in other looks. */
export const stylizationContract = {
  /** What a pack can do, and where its sliders stand at first. */
  gallery: method(z.object({ packId: z.string().default('motif-mini') }), StyleGallery),
  plan: method(RestyleRequest, RestylePlan),
  /** Restyles a clip of the library; motion, sound and frame rate stay. The result is a new clip. */
  restyle: method(RestyleRequest, z.object({ jobId: JobId })),
  /** Learns the clip's motion, or takes the one that was learned from it, and generates a new clip with it, under the clip's sound. */
  reimagine: method(ReimagineRequest, z.object({ jobId: JobId, motionId: AssetId.nullable() })),
  /** One frame as the model would draw it. Raw RGB at `url`, with its size in the headers `x-width` and `x-height`. */
  preview: method(PreviewRequest, z.object({ url: z.string(), width: z.number().int(), height: z.number().int(), wallMs: z.number() })),
};
