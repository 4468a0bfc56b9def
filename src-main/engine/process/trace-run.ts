import { openPack } from '../pipelines/open-pack.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { openMotionTrace } from '../training/trace-motion.ts';
import { CheckpointSender } from './checkpoint-sender.ts';
import { yieldToMessages } from './message-turn.ts';
import type { EngineEvent, TraceMotionCommand } from './protocol.ts';

/** Traces a clip back to noise with a learned motion, sending progress and checkpoints. Stops between two steps with the signal's reason. */
export async function runTracing(
  command: TraceMotionCommand, signal: AbortSignal, { send, promptCache }: { readonly send: (event: EngineEvent) => Promise<void> | void; readonly promptCache: PromptCache },
): Promise<EngineEvent> {
  const { runId } = command;
  const stage = 'keyframes';
  const started = performance.now();
  await send({ type: 'progress', runId, stage, phase: 'loading', step: 0, total: 0, stepMs: null });
  await yieldToMessages();
  signal.throwIfAborted();
  const trace = await openMotionTrace(openPack(command.packDir), command, { threads: command.threads, promptCache, resume: command.checkpoint });
  const checkpoints = new CheckpointSender<number>(async (step) => {
    const bytes = trace.checkpoint();
    if (bytes !== null) await send({ type: 'checkpoint', runId, step, bytes });
  });
  try {
    const loadMs = performance.now() - started;
    const run = trace.run(signal);
    for (;;) {
      await yieldToMessages();
      if (signal.aborted) await checkpoints.flush();
      signal.throwIfAborted();
      const stepStarted = performance.now();
      const next = await run.next();
      if (next.done === true) return { type: 'learned', runId, motion: next.value, loadMs, wallMs: performance.now() - started, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
      await send({ type: 'progress', runId, stage, phase: 'inverting', ...next.value, stepMs: performance.now() - stepStarted });
      await checkpoints.offer(next.value.step);
    }
  } finally {
    await trace.release();
  }
}
