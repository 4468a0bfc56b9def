import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { FramesMessage } from '../../src-main/engine/process/protocol.ts';
import { lookFeatures, type Picture } from './look-features.ts';

const Layer = z.object({ weight: z.array(z.array(z.number())), bias: z.array(z.number()) });
const Checker = z.object({ looks: z.array(z.string()), mean: z.array(z.number()), deviation: z.array(z.number()), clip: z.number(), hidden: Layer, output: Layer, heldOutAccuracy: z.number(), probe: z.array(z.number()) });
export type LookChecker = z.infer<typeof Checker>;

/** The checker that `python -m motif_training looks` has trained on the style operators alone. */
export const loadLookChecker = (): LookChecker => Checker.parse(JSON.parse(readFileSync(new URL('look-checker.json', import.meta.url), 'utf8')));

const apply = ({ weight, bias }: z.infer<typeof Layer>, x: readonly number[]): number[] => weight.map((row, i) => row.reduce((sum, w, k) => sum + w * x[k]!, bias[i]!));

/** How likely each look is, by name, adding up to 1. */
export function likelyLooks(checker: LookChecker, picture: Picture): Readonly<Record<string, number>> {
  const scaled = lookFeatures(picture).map((value, i) => Math.min(Math.max((value - checker.mean[i]!) / checker.deviation[i]!, -checker.clip), checker.clip));
  const scores = apply(checker.output, apply(checker.hidden, scaled).map((value) => Math.max(0, value)));
  const most = Math.max(...scores);
  const shares = scores.map((score) => Math.exp(score - most));
  const sum = shares.reduce((a, b) => a + b, 0);
  return Object.fromEntries(checker.looks.map((look, i) => [look, shares[i]! / sum]));
}

/** The look that a picture most likely has. */
export function nameLook(checker: LookChecker, picture: Picture): string {
  return Object.entries(likelyLooks(checker, picture)).reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}

/** One frame of a clip as the checker takes it. */
export function pictureOf({ width, height, data }: FramesMessage, frame: number): Picture {
  const values = width * height * 3;
  return { width, height, data: Float64Array.from(data.subarray(frame * values, (frame + 1) * values), (byte) => byte / 255) };
}
