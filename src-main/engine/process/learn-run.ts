import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { openPack } from '../pipelines/open-pack.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { toVideoFrames } from '../pipelines/video-tensor.ts';
import { openMotionLearning } from '../training/learn-motion.ts';
import type { LearnStep } from '../training/learn-motion.ts';
import { CheckpointSender } from './checkpoint-sender.ts';
import type { EngineEvent, LearnMotionCommand } from './protocol.ts';
import { announceLoading, runSteps, type SendEvent } from './run-steps.ts';

/** Steps between two samples with the motion as it is. */
const SAMPLE_INTERVAL = 40;

/** Learns a motion to its end, sending progress, curve, samples and checkpoints. Stops between two steps with the signal's reason. */
export async function runLearning(
  command: LearnMotionCommand, signal: AbortSignal, { send, promptCache }: { readonly send: SendEvent; readonly promptCache: PromptCache },
): Promise<EngineEvent> {
  const { runId } = command;
  const stage = 'keyframes';
  const started = performance.now();
  await announceLoading(send, { runId, stage }, signal);
  const learning = await openMotionLearning(openPack(command.packDir), { ...command, sampleInterval: SAMPLE_INTERVAL }, { threads: command.threads, promptCache, resume: command.checkpoint });
  const checkpoints = new CheckpointSender<LearnStep>(async ({ step }) => {
    await send({ type: 'checkpoint', runId, step, bytes: learning.checkpoint() });
  });
  try {
    const loadMs = performance.now() - started;
    const motion = await runSteps(learning.run(signal), signal, async (done, stepMs) => {
      const { phase, step, total, point, bestStep, sample } = done;
      await send({ type: 'progress', runId, stage, phase, step, total, stepMs });
      if (point !== null) await send({ type: 'lossPoint', runId, point, bestStep });
      await checkpoints.offer(done);
      if (sample !== null) await send({ type: 'preview', runId, stage, frames: toVideoFrames(sample) });
    }, () => checkpoints.flush());
    return { type: 'learned', runId, motion, loadMs, wallMs: performance.now() - started, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  } catch (error) {
    // The state went back to its best values: from there a retry goes on.
    if (StudioError.is(error, 'LOSS_DIVERGED')) await send({ type: 'checkpoint', runId, step: 0, bytes: learning.checkpoint() });
    throw error;
  } finally {
    await learning.release();
  }
}
