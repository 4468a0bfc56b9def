import type { Upscaler } from '../pipelines/upscaler.ts';
import { yieldToMessages } from './message-turn.ts';
import type { EngineEvent, UpscaleCommand } from './protocol.ts';

/** Enlarges one window, sending progress behind each tile. Stops between two tiles with the signal's reason. */
export async function runUpscale(
  command: UpscaleCommand, signal: AbortSignal, { send, upscalerFor }: { readonly send: (event: EngineEvent) => Promise<void> | void; readonly upscalerFor: (command: UpscaleCommand) => Promise<Upscaler> },
): Promise<EngineEvent> {
  const { runId } = command;
  const stage = 'superResolution1';
  await send({ type: 'progress', runId, stage, phase: 'loading', step: 0, total: 0, stepMs: null });
  await yieldToMessages();
  signal.throwIfAborted();
  const run = (await upscalerFor(command)).run({ ...command, signal });
  for (;;) {
    await yieldToMessages();
    signal.throwIfAborted();
    const stepStarted = performance.now();
    const next = await run.next();
    if (next.done === true) return { type: 'upscaled', runId, frames: next.value, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
    await send({ type: 'progress', runId, stage, phase: 'denoising', ...next.value, stepMs: performance.now() - stepStarted });
  }
}
