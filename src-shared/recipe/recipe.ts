import { z } from 'zod';
import { FrameRate } from '../timing/frame-rate.ts';
import { Emphasis } from './emphasis.ts';
import { MAX_MOTIONS, MotionUse } from './motion-use.ts';
import { SceneScript } from './scene-script.ts';
import { STAGE_NAMES, StageName } from './stage-name.ts';
import { TileCount } from './tile-count.ts';

/** What a stage is asked to do. `strength` is the SDEdit start of superResolution2 in (0, 1]. */
export const StageSettings = z.object({
  stage: StageName,
  numInferenceSteps: z.number().int().min(1).max(1000),
  guidanceScale: z.number().min(0).max(50),
  strength: z.number().gt(0).max(1).optional(),
  /** What this stage avoids where the creator names nothing. */
  negativePrompt: z.string().max(2000).optional(),
  /** Interpolation only: what the condition holds between key frames, where the preset departs from the pack. */
  betweenKeyFrames: z.enum(['linearBlend', 'masked']).optional(),
  /** superResolution1 only: train timestep to which the condition is noised, where the preset departs from the pack. */
  noiseLevel: z.number().int().min(0).max(999).optional(),
  /** In how many tiles frames were worked on, where memory did not suffice for whole ones: their values differ a little. */
  tiles: TileCount.optional(),
});
export type StageSettings = z.infer<typeof StageSettings>;

export const Preset = z.enum(['draft', 'standard', 'final']);
export type Preset = z.infer<typeof Preset>;

/**
 * Everything that determines a generated clip: the same recipe on the same engine and execution provider gives the same frames.
 * Embedded in exports and used as cache key.
 */
export const Recipe = z.object({
  format: z.literal(1),
  engine: z.object({ name: z.literal('motif-engine'), version: z.string(), executionProvider: z.string() }),
  pack: z.object({ id: z.string(), version: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  prompt: z.string().min(1).max(2000),
  negativePrompt: z.string().max(2000),
  seed: z.number().int().min(0).max(0xffff_ffff),
  preset: Preset,
  stages: z.array(StageSettings).min(1).max(4),
  /** How much the prompt counts; left out where it is read as it is, and in scenes, whose events say it themselves. */
  emphasis: Emphasis.optional(),
  /** Events in time, for a clip that is a scene; `prompt` then tells them in a line. */
  scene: SceneScript.optional(),
  /** Learned motions, in order of their hashes; left out when there are none. */
  motions: z.array(MotionUse).min(1).max(MAX_MOTIONS).optional(),
  frameRate: FrameRate,
});
export type Recipe = z.infer<typeof Recipe>;

/** The recipe with one stage worked on in so many tiles; 1: whole, which recipes do not mention. */
export function withTiles<Made extends Recipe>(recipe: Made, stage: StageName, tiles: TileCount): Made {
  return {
    ...recipe,
    stages: recipe.stages.map((settings) => {
      const { tiles: _, ...rest } = settings;
      return settings.stage !== stage ? settings : tiles === 1 ? rest : { ...rest, tiles };
    }),
  };
}

/** Stands in for the prompt in exports made without it. Such a recipe tells model, seed and settings, but cannot be repeated. */
export const WITHHELD_PROMPT = '(not included)';

/** The recipe without anything that the creator wrote. */
export function withoutPrompts(recipe: Recipe): Recipe {
  const { scene, emphasis, ...rest } = recipe;
  const silent = scene && { globalPrompt: WITHHELD_PROMPT, events: scene.events.map((event) => ({ ...event, prompt: WITHHELD_PROMPT, negativePrompt: '' })) };
  return { ...rest, prompt: WITHHELD_PROMPT, negativePrompt: '', ...(silent && { scene: silent }), ...(emphasis && { emphasis: { ...emphasis, against: emphasis.against === '' ? '' : WITHHELD_PROMPT } }) };
}

/** Hashes of the motions and images that a recipe names, each once. */
export function namedSources({ motions = [], scene }: Recipe): { readonly motions: readonly string[]; readonly images: readonly string[] } {
  const events = scene?.events ?? [];
  return {
    motions: [...new Set([...motions, ...events.flatMap((event) => event.motions)].map(({ sha256 }) => sha256))],
    images: [...new Set(events.flatMap(({ startImage, endImage, look }) => [startImage, endImage, look?.image ?? null]).filter((sha256) => sha256 !== null))],
  };
}

/** JSON with sorted keys and no white space: equal recipes give equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** SHA-256 of a text's UTF-8 bytes in hexadecimal. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** SHA-256 of the canonical recipe, without the preset's name: only what changes frames counts. */
export function recipeHash(recipe: Recipe): Promise<string> {
  return sha256Hex(canonicalJson({ ...recipe, preset: undefined }));
}

/**
 * Key of one stage's output: the recipe cut after that stage, so that a draft's keyframes serve the finished clip too.
 * Frame rate is left out: it does not reach the frames.
 */
export function stageKey(recipe: Recipe, stage: StageName): Promise<string> {
  const last = STAGE_NAMES.indexOf(stage);
  const stages = recipe.stages.filter((settings) => STAGE_NAMES.indexOf(settings.stage) <= last);
  return sha256Hex(canonicalJson({ ...recipe, preset: undefined, frameRate: undefined, stages }));
}
