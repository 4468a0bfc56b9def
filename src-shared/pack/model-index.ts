import { z } from 'zod';
import { Preset, StageSettings } from '../recipe/recipe.ts';
import { StageName } from '../recipe/stage-name.ts';
import { FrameRate } from '../timing/frame-rate.ts';

/** Name of the file at the root of a pack folder that describes the pack. */
export const MODEL_INDEX_FILE = 'model_index.json';

/**
 * A path inside a pack, relative to its root, with forward slashes: `keyframes/unet/config.json`.
 * Names are plain (letters, digits, `.`, `_`, `-`, not starting with a dot) and at most four levels deep, so that no path
 * can leave the pack on any platform.
 */
export const PackPath = z.string().max(200).regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*){0,3}$/, 'must be a plain relative path inside the pack');

/**
 * What one stage puts out: `frames` x `height` x `width` pixels for the whole clip.
 * `window` is the number of frames the stage's UNet sees at once and `stride` how far the window moves; both left out when
 * the stage works on the whole clip at once. Show-1 (arXiv 2309.15818, section 3.2): superResolution1 has windows of 8 with stride 7.
 */
export const StageSize = z.object({
  frames: z.number().int().min(1).max(1024),
  width: z.number().int().min(8).max(4096),
  height: z.number().int().min(8).max(4096),
  window: z.number().int().min(1).max(1024).optional(),
  stride: z.number().int().min(1).max(1024).optional(),
});
export type StageSize = z.infer<typeof StageSize>;

/** Show-1's own sizes, for packs that do not say otherwise. */
export const SHOW1_STAGE_SIZES = {
  keyframes: { frames: 8, width: 64, height: 40 },
  interpolation: { frames: 29, width: 64, height: 40, window: 5, stride: 4 },
  superResolution1: { frames: 29, width: 256, height: 160, window: 8, stride: 7 },
  superResolution2: { frames: 29, width: 576, height: 320 },
} as const satisfies Record<StageName, StageSize>;

/** How the conditioned stages of a pack were trained; left out where that is Show-1's way. */
export const Conditioning = z.object({
  /** What interpolation sees between key frames: their linear blend, or nothing. */
  betweenKeyFrames: z.enum(['linearBlend', 'masked']).default('linearBlend'),
  /** Whether interpolation draws the key frames again (Show-1) or leaves them as they are. */
  keyFrames: z.enum(['regenerate', 'keep']).default('regenerate'),
  /** Train timestep to which superResolution1's condition is noised. */
  noiseLevel: z.number().int().min(0).max(999).default(250),
  /** How superResolution1's condition is enlarged: bilinearly with corner pixels on corner pixels (Show-1), or by Lanczos' kernel. */
  enlargement: z.enum(['cornerBilinear', 'lanczos']).default('cornerBilinear'),
  /**
   * Where superResolution1's clean first frame comes from when there is no image model for it: `asOthers`, none (the first
   * window sees only noised frames); `ownPass`, the first window is made twice and gives its own first frame.
   */
  firstFrame: z.enum(['asOthers', 'ownPass']).default('asOthers'),
});
export type Conditioning = z.infer<typeof Conditioning>;

/** One look that a pack was trained to give footage. */
export const PackStyle = z.object({
  /** What the gallery says: "Watercolor". */
  name: z.string().min(1).max(60),
  /** What the model is asked for: the words of its training. */
  prompt: z.string().min(1).max(300),
  /** Other words for it that the model knows. */
  alsoCalled: z.array(z.string().min(1).max(300)).max(64).default([]),
});
export type PackStyle = z.infer<typeof PackStyle>;

/**
 * How superResolution2 restyles footage (engine.md section 6). A pack without it was not trained to: it can still be asked, and is said
 * not to know any style.
 */
export const Restyling = z.object({
  /** The looks it was trained on; the gallery shows each. */
  styles: z.array(PackStyle).min(1).max(64),
  /** Model steps of a run, whatever the strength. */
  numInferenceSteps: z.number().int().min(1).max(100).default(4),
  guidanceScale: z.number().min(1).max(30).default(1),
  /** Where the sliders stand at first. */
  strength: z.number().min(0).max(1).default(0.6),
  structure: z.number().min(0).max(1).default(0.5),
  /** Train timestep of strength 1: the expert's noisiest. */
  noisiestTimestep: z.number().int().min(1).max(999).default(900),
});
export type Restyling = z.infer<typeof Restyling>;

/** What a pack that says nothing is run with. */
export const UNTRAINED_RESTYLING = { numInferenceSteps: 4, guidanceScale: 1, strength: 0.6, structure: 0.5, noisiestTimestep: 900 } as const satisfies Omit<Restyling, 'styles'>;

/** Size and SHA-256 of one file of a pack, as its maker wrote it down. */
export const PackFile = z.object({ sizeBytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/).optional() });
export type PackFile = z.infer<typeof PackFile>;

/**
 * `model_index.json` of a pack: a folder in diffusers layout.
 *
 * - `stages` names the folder of each stage: at least `keyframes`, and no stage without the one before it. Each folder holds
 *   `unet/` and `scheduler/`, superResolution2 also `vae/`.
 * - A stage folder with its own `text_encoder/` and `tokenizer/` uses those; otherwise the two at the root serve it.
 * - `restyling`, when present, says that superResolution2 was trained to restyle footage, and in which looks.
 * - `promptTokens` is the fixed number of tokens a prompt is padded or cut to.
 * - `files`, when present, lists every other file of the pack; missing or changed files are then told apart without hashing all.
 */
export const ModelIndex = z
  .object({
    _class_name: z.literal('MotifCascade'),
    format: z.literal(1),
    id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower case letters, digits and dashes'),
    name: z.string().min(1).max(100),
    version: z.string().min(1).max(40),
    licence: z.string().min(1).max(200),
    description: z.string().max(2000).default(''),
    stages: z.partialRecord(StageName, PackPath),
    sizes: z.partialRecord(StageName, StageSize).default(SHOW1_STAGE_SIZES),
    conditioning: Conditioning.prefault({}),
    promptTokens: z.number().int().min(1).max(512).default(77),
    output: z.object({
      keyframes: z.number().int().min(1),
      frames: z.number().int().min(1),
      width: z.number().int().min(8),
      height: z.number().int().min(8),
      frameRate: FrameRate,
    }),
    restyling: Restyling.optional(),
    presets: z.record(Preset, z.array(StageSettings).min(1).max(4)),
    presetNames: z.partialRecord(Preset, z.string().min(1).max(60)).optional(),
    files: z.record(PackPath, PackFile).optional(),
  })
  .superRefine((index, context) => {
    const order = StageName.options;
    order.forEach((stage, position) => {
      const before = order[position - 1];
      if (before === undefined ? index.stages[stage] === undefined : index.stages[stage] !== undefined && index.stages[before] === undefined) {
        context.addIssue({ code: 'custom', path: ['stages'], message: before === undefined ? 'must name the keyframes folder' : `names ${stage} without ${before}` });
      }
      if (index.stages[stage] !== undefined && index.sizes[stage] === undefined) {
        context.addIssue({ code: 'custom', path: ['sizes', stage], message: 'is missing for a stage that the pack has' });
      }
    });
    for (const [preset, settings] of Object.entries(index.presets)) {
      settings.forEach(({ stage }, position) => {
        if (stage !== order[position]) context.addIssue({ code: 'custom', path: ['presets', preset, position], message: `must be ${order[position]}: presets run stages in order from keyframes` });
        if (index.stages[stage] === undefined) context.addIssue({ code: 'custom', path: ['presets', preset, position], message: `uses ${stage}, which the pack does not have` });
      });
    }
  });
export type ModelIndex = z.infer<typeof ModelIndex>;
