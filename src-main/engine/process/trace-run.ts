import { openPack } from '../pipelines/open-pack.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { openMotionTrace } from '../training/trace-motion.ts';
import { CheckpointSender } from './checkpoint-sender.ts';
import type { EngineEvent, TraceMotionCommand } from './protocol.ts';
import { announceLoading, runSteps, type SendEvent } from './run-steps.ts';

/** Traces a clip back to noise with a learned motion, sending progress and checkpoints. Stops between two steps with the signal's reason. */
export async function runTracing(
  command: TraceMotionCommand, signal: AbortSignal, { send, promptCache }: { readonly send: SendEvent; readonly promptCache: PromptCache },
): Promise<EngineEvent> {
  const { runId } = command;
  const stage = 'keyframes';
  const started = performance.now();
  await announceLoading(send, { runId, stage }, signal);
  const trace = await openMotionTrace(openPack(command.packDir), command, { threads: command.threads, promptCache, resume: command.checkpoint });
  const checkpoints = new CheckpointSender<number>(async (step) => {
    const bytes = trace.checkpoint();
    if (bytes !== null) await send({ type: 'checkpoint', runId, step, bytes });
  });
  try {
    const loadMs = performance.now() - started;
    const motion = await runSteps(trace.run(signal), signal, async (step, stepMs) => {
      await send({ type: 'progress', runId, stage, phase: 'inverting', ...step, stepMs });
      await checkpoints.offer(step.step);
    }, () => checkpoints.flush());
    return { type: 'learned', runId, motion, loadMs, wallMs: performance.now() - started, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  } finally {
    await trace.release();
  }
}
