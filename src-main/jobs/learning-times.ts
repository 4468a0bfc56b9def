import type { LearningSettings } from '../../src-shared/contract/motions.ts';
import { INVERSION_TOTAL } from '../engine/training/ddim-inversion.ts';
import type { OpenedPack } from '../models/model-registry.ts';
import type { StepTimeRepository } from '../store/app-store.ts';

/** Steps of tracing a clip back to noise. */
export const INVERSION_STEPS = INVERSION_TOTAL;

type LearnedModel = Pick<OpenedPack, 'keyframesSha256'>;

/** What a learning's duration depends on beside its number of steps. */
interface LearningKind {
  readonly settings: Pick<LearningSettings, 'loss' | 'rank'>;
}

const keyOf = ({ settings }: LearningKind, { keyframesSha256 }: LearnedModel) => `learn/${keyframesSha256}/${settings.rank === 'full' ? 'full' : 'lowRank'}`;
const inversionKeyOf = ({ keyframesSha256 }: LearnedModel) => `learn/${keyframesSha256}/invert`;

/** How long learning will take on this machine when it uses all its steps; null until it was measured once. */
export function expectedLearningMs(stepTimes: StepTimeRepository, kind: LearningKind & { readonly settings: LearningSettings }, opened: LearnedModel): number | null {
  const [learning, inversion] = [stepTimes.get(keyOf(kind, opened)), stepTimes.get(inversionKeyOf(opened))];
  return learning === null || inversion === null ? null : learning.fixedMs + learning.stepMs * kind.settings.steps + inversion.fixedMs;
}

/** How long tracing the clip back will take; null until it was measured once. */
export function expectedInversionMs(stepTimes: StepTimeRepository, opened: LearnedModel): number | null {
  return stepTimes.get(inversionKeyOf(opened))?.fixedMs ?? null;
}

/** Remembers a learning that ran from its beginning to its end. `unitsMs` is the time of its `steps` steps, evaluations included. */
export function recordLearningTime(
  stepTimes: StepTimeRepository, kind: LearningKind, opened: LearnedModel,
  measured: { readonly unitsMs: number; readonly steps: number; readonly inversionMs: number; readonly wallMs: number },
): void {
  const { unitsMs, steps, inversionMs, wallMs } = measured;
  if (steps === 0) return;
  stepTimes.record(keyOf(kind, opened), { stepMs: unitsMs / steps, fixedMs: Math.max(0, wallMs - unitsMs - inversionMs) });
  stepTimes.record(inversionKeyOf(opened), { stepMs: 0, fixedMs: inversionMs });
}
