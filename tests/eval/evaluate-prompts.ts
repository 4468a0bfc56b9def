import type { Pack } from '../../src-main/engine/pipelines/open-pack.ts';
import { createStageRunner } from '../../src-main/engine/pipelines/stage-runner.ts';
import { toVideoFrames, type VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import { readClip, type Reading } from './checkers.ts';
import { classifyEvents, classifyMotion } from './classify-motion.ts';
import type { Asked } from './read-prompt.ts';
import { placeOf, subjectMasks, type Masks } from './subject-mask.ts';
import type { Choices, World } from './world.ts';

/** One clip with what was asked for and what was seen. */
export interface CheckedClip {
  readonly asked: Asked;
  readonly frames: VideoFrames;
  readonly seen: Reading & { readonly motions: readonly string[] };
  /** Relative change of the subject's area from frame to frame, mean: 0 is a subject that keeps its size. */
  readonly areaChange: number;
}

/** Shares of clips in [0, 1]; null where no prompt asked for it. */
export interface PromptScores {
  readonly clips: number;
  readonly subject: number | null;
  readonly colour: number | null;
  readonly background: number | null;
  /** Of prompts with one motion. */
  readonly motion: number | null;
  /** Of prompts with two events: both, in their order. */
  readonly order: number | null;
  /** Subject, colour and motion in the same clip. */
  readonly all: number | null;
  readonly areaChange: number;
}

/** Draws the key frames of each prompt with one preset of the pack: clip n with seed `seed` + n. */
export async function* generateClips(pack: Pack, preset: Preset, prompts: readonly Asked[], { seed, threads }: { readonly seed: number; readonly threads: number }): AsyncGenerator<VideoFrames> {
  const settings = pack.index.presets[preset][0]!;
  const runner = await createStageRunner(pack, 'keyframes', { guided: settings.guidanceScale > 1, threads, promptCache: new Map() });
  try {
    for (const [number, { prompt }] of prompts.entries()) {
      const run = await runner.run({ prompt, negativePrompt: '', seed: seed + number, settings, input: null, resume: null });
      let next = await run.next();
      while (next.done !== true) next = await run.next();
      yield toVideoFrames(next.value);
    }
  } finally {
    await runner.release();
  }
}

function areaChange(masks: Masks, width: number): number {
  const areas = masks.map((mask) => placeOf(mask, width).area).filter((area) => area > 15);
  const changes = areas.slice(1).map((area, i) => Math.abs(area - areas[i]!) / areas[i]!);
  return changes.length === 0 ? 1 : changes.reduce((sum, value) => sum + value, 0) / changes.length;
}

/** Reads one clip with every checker. Prompts without a place are read on the first background. */
export function checkClip(asked: Asked, frames: VideoFrames, world: World, choices: Choices): CheckedClip {
  const masks = subjectMasks(frames, world.pictures[world.backgrounds.indexOf(asked.background ?? choices.backgrounds[0]!)]!);
  const motions = asked.motions.length > 1 ? classifyEvents(masks, world) : [classifyMotion(masks, world)];
  return { asked, frames, seen: { ...readClip(frames, masks, world, choices), motions }, areaChange: areaChange(masks, frames.width) };
}

const share = (values: readonly boolean[]): number | null => (values.length === 0 ? null : values.filter(Boolean).length / values.length);
const sameMotions = ({ asked, seen }: CheckedClip): boolean => asked.motions.every((motion, i) => seen.motions[i] === motion);

/** Accuracies over clips. */
export function scoreClips(clips: readonly CheckedClip[]): PromptScores {
  const [single, double] = [clips.filter(({ asked }) => asked.motions.length === 1), clips.filter(({ asked }) => asked.motions.length > 1)];
  const [coloured, placed] = [clips.filter(({ asked }) => asked.colour !== null), clips.filter(({ asked }) => asked.background !== null)];
  return {
    clips: clips.length,
    subject: share(clips.map(({ asked, seen }) => seen.subject === asked.subject)),
    colour: share(coloured.map(({ asked, seen }) => seen.colour === asked.colour)),
    background: share(placed.map(({ asked, seen }) => seen.background === asked.background)),
    motion: share(single.map(sameMotions)), order: share(double.map(sameMotions)),
    all: share(clips.map((clip) => clip.seen.subject === clip.asked.subject && (clip.asked.colour === null || clip.seen.colour === clip.asked.colour) && sameMotions(clip))),
    areaChange: clips.reduce((sum, clip) => sum + clip.areaChange, 0) / Math.max(clips.length, 1),
  };
}

/** Mean difference of pixels, 0 to 255, between clips of one prompt with different seeds: 0 is a model that has one answer. */
export function diversity(clips: readonly VideoFrames[]): number {
  let [sum, pairs] = [0, 0];
  for (const [i, a] of clips.entries()) {
    for (const b of clips.slice(i + 1)) {
      let difference = 0;
      for (let k = 0; k < a.data.length; k += 1) difference += Math.abs(a.data[k]! - b.data[k]!);
      sum += difference / a.data.length;
      pairs += 1;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}

