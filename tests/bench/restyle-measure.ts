import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { nameLook, pictureOf, type LookChecker } from '../eval/look-checker.ts';
import { edgeCorrelation, explained, warpedError } from './flow-error.ts';
import { flowBetween, lumaOf, type Flow, type Luma } from '../../src-main/engine/flow/optical-flow.ts';

/** A clip and how it moves: what restyled ones are held against. */
export interface MeasuredSource {
  readonly lumas: readonly Luma[];
  readonly flows: readonly Flow[];
  /** Pixels that the flow explains. */
  readonly masks: readonly Uint8Array[];
  /** Mean difference between neighbouring frames along the flow. */
  readonly errors: readonly number[];
}

/** Numbers of one restyled clip. */
export interface RestyleMeasure {
  /** Share of frames that the checker gives the look that was asked for, and what it calls the frames. */
  readonly named: number;
  readonly names: Readonly<Record<string, number>>;
  readonly edgeCorrelation: number;
  /** Difference between neighbouring frames along the source's flow, over the source's own; null for a single frame. */
  readonly warpedErrorRatio: number | null;
  /** The same between frames where a window begins or ends, over that elsewhere; null where there is no such border. */
  readonly borderRatio: number | null;
  /** Mean change of a value, of 255. */
  readonly change: number;
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Mean absolute difference of two clips' values, of 255. */
export const distance = (a: FramesMessage, b: FramesMessage): number => a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length;

const lumasOf = (clip: FramesMessage): Luma[] => Array.from({ length: clip.count }, (_, frame) => lumaOf(clip, frame));

export function measureSource(source: FramesMessage): MeasuredSource {
  const lumas = lumasOf(source);
  const flows = lumas.slice(1).map((now, index) => flowBetween(lumas[index]!, now));
  const masks = flows.map((flow, index) => explained(lumas[index]!, lumas[index + 1]!, flow));
  return { lumas, flows, masks, errors: flows.map((flow, index) => warpedError(lumas[index]!, lumas[index + 1]!, flow, masks[index]!)) };
}

/** How many frames a checker calls what. */
export function namesOf(checker: LookChecker, clip: FramesMessage): Record<string, number> {
  const names: Record<string, number> = {};
  for (let frame = 0; frame < clip.count; frame += 1) {
    const name = nameLook(checker, pictureOf(clip, frame));
    names[name] = (names[name] ?? 0) + 1;
  }
  return names;
}

/** Whether a window begins or ends between frame `index` and the next. */
export const isWindowBorder = (index: number, { window, stride }: { readonly window: number; readonly stride: number }): boolean =>
  (index + 1) % stride === 0 || (index + 1 >= window && (index + 1 - window) % stride === 0);

export function measureRestyled(source: FramesMessage, measured: MeasuredSource, made: FramesMessage, look: string, checker: LookChecker, windows: { readonly window: number; readonly stride: number }): RestyleMeasure {
  const drawn = lumasOf(made);
  const errors = measured.flows.map((flow, index) => warpedError(drawn[index]!, drawn[index + 1]!, flow, measured.masks[index]!));
  // Relative to the source's own, so that a cut or a jolt of the camera counts no more than elsewhere.
  const relative = errors.map((error, index) => error / Math.max(0.5, measured.errors[index]!));
  const [at, elsewhere] = [true, false].map((border) => relative.filter((_, index) => isWindowBorder(index, windows) === border));
  const names = namesOf(checker, made);
  return {
    named: (names[look] ?? 0) / made.count, names,
    edgeCorrelation: mean(drawn.map((luma, frame) => edgeCorrelation(luma, measured.lumas[frame]!))),
    warpedErrorRatio: errors.length === 0 ? null : mean(errors) / mean(measured.errors),
    borderRatio: at!.length === 0 || elsewhere!.length === 0 ? null : mean(at!) / mean(elsewhere!),
    change: distance(made, source),
  };
}
