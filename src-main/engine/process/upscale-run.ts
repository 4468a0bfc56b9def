import type { Upscaler } from '../pipelines/upscaler.ts';
import type { EngineEvent, UpscaleCommand } from './protocol.ts';
import { announceLoading, runSteps, type SendEvent } from './run-steps.ts';

/** Enlarges one window, sending progress behind each tile. Stops between two tiles with the signal's reason. */
export async function runUpscale(
  command: UpscaleCommand, signal: AbortSignal, { send, upscalerFor }: { readonly send: SendEvent; readonly upscalerFor: (command: UpscaleCommand) => Promise<Upscaler> },
): Promise<EngineEvent> {
  const { runId } = command;
  const stage = 'superResolution1';
  await announceLoading(send, { runId, stage }, signal);
  const run = (await upscalerFor(command)).run({ ...command, signal });
  const frames = await runSteps(run, signal, (step, stepMs) => send({ type: 'progress', runId, stage, phase: 'denoising', ...step, stepMs }));
  return { type: 'upscaled', runId, frames, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}
