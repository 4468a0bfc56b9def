import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LearningSettings, MotionLoss } from '../../../src-shared/contract/motions.ts';
import { decodeMotionFile } from '../../../src-main/engine/training/motion-file.ts';
import { learn, learningRequest, learnWhole, makeTinyPack, openLearning } from './learn-on-tiny-pack.ts';

let packDir: string;
beforeAll(() => { packDir = makeTinyPack(); });
afterAll(() => rmSync(packDir, { recursive: true }));

describe('learning', () => {
  it.each<[MotionLoss, LearningSettings['rank']]>([['motion', 'full'], ['mse', 'full'], ['debiased', 'full'], ['motion', 4]])('with loss %s and rank %s makes held-out noise easier', async (loss, rank) => {
    const bytes = await learnWhole(packDir, learningRequest({ loss, rank, steps: 40, learningRate: rank === 'full' ? 3e-3 : 1e-2 }));
    const { facts, changes, frames, noise } = decodeMotionFile(bytes, 'the motion');
    expect(facts.bestLoss).toBeLessThan(facts.firstLoss * 0.98);
    expect(facts.bestStep).toBeGreaterThan(0);
    expect(facts.lossCurve).toHaveLength(facts.steps);
    expect(facts.lossCurve.filter(({ heldOut }) => heldOut !== null).length).toBeGreaterThan(0);
    // One temporal transformer per level with attention and in the middle, two attentions of three projections each.
    expect(changes.size % 6).toBe(0);
    expect([...changes.values()].every(({ change }) => change.kind === (rank === 'full' ? 'full' : 'lowRank'))).toBe(true);
    expect([frames.count, noise?.shape]).toEqual([3, [1, 3, 3, 8, 16]]);
  }, 240_000);

  it('learns the same bits from the same seed, and others from another', async () => {
    const request = learningRequest({ steps: 6 });
    const first = await learnWhole(packDir, request);
    expect(await learnWhole(packDir, request)).toEqual(first);
    expect(await learnWhole(packDir, learningRequest({ steps: 6, seed: 2 }))).not.toEqual(first);
  }, 240_000);

  it.each([['a training step', 'learning', 7], ['an inversion step', 'inverting', 5]] as const)('goes on behind %s to the very same motion', async (_what, phase, at) => {
    const request = learningRequest({ steps: 12 });
    const undisturbed = await learnWhole(packDir, request);
    const { checkpoint } = await learn(await openLearning(packDir, request), (step) => step.phase === phase && step.step === at);
    expect(await learnWhole(packDir, request, checkpoint)).toEqual(undisturbed);
  }, 240_000);

  it('ends early when held-out noise gets no better', async () => {
    const { steps } = await learn(await openLearning(packDir, learningRequest({ steps: 400, learningRate: 1e-9 })));
    expect(steps.filter(({ phase }) => phase === 'learning')).toHaveLength(40);
  }, 240_000);

  it('recomputes parts of the forward pass within a memory budget and learns the same', async () => {
    const request = learningRequest({ steps: 3 });
    const lean = await learnWhole(packDir, { ...request, memoryBudgetBytes: 3.4e6 });
    expect(lean).toEqual(await learnWhole(packDir, request));
  }, 240_000);

  it('does not continue the checkpoint of another clip or caption', async () => {
    const { checkpoint } = await learn(await openLearning(packDir, learningRequest()), () => true);
    await expect(openLearning(packDir, { ...learningRequest(), caption: 'a blue bird' }, checkpoint)).rejects.toMatchObject({ code: 'WEIGHTS_INVALID', message: expect.stringContaining('does not belong to this learning') });
  }, 240_000);

  it('shows samples of the motion as it is', async () => {
    const { steps } = await learn(await openLearning(packDir, { ...learningRequest({ steps: 4 }), sampleInterval: 2 }));
    expect(steps.filter(({ sample }) => sample !== null).map(({ step, sample }) => [step, sample?.shape])).toEqual([[2, [1, 3, 3, 8, 16]], [4, [1, 3, 3, 8, 16]]]);
  }, 240_000);
});
