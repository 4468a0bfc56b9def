import { setImmediate as turn } from 'node:timers/promises';
import type { StageName } from '../../../src-shared/recipe/stage-name.ts';
import type { EngineEvent } from './protocol.ts';

/** Where events go; it resolves when one has left the process. */
export type SendEvent = (event: EngineEvent) => Promise<void> | void;

/** Native runs block the thread: without a turn of the event loop between steps no `stop` would ever be read. */
async function yieldToMessages(): Promise<void> {
  await turn();
  await turn();
}

/** Says that a run loads its models, and lets a stop that is waiting through. */
export async function announceLoading(send: SendEvent, { runId, stage }: { readonly runId: string; readonly stage: StageName }, signal: AbortSignal): Promise<void> {
  await send({ type: 'progress', runId, stage, phase: 'loading', step: 0, total: 0, stepMs: null });
  await yieldToMessages();
  signal.throwIfAborted();
}

/** Takes a run to its end, step by step; `onStep` is told each with the milliseconds that it took. Stops between two steps with the signal's reason, behind `beforeStop`. */
export async function runSteps<Step, Result>(
  run: AsyncGenerator<Step, Result>, signal: AbortSignal, onStep: (step: Step, stepMs: number) => Promise<void> | void, beforeStop?: () => Promise<void>,
): Promise<Result> {
  for (;;) {
    await yieldToMessages();
    // The last step is still valid here: a paused run goes on right behind it.
    if (signal.aborted) await beforeStop?.();
    signal.throwIfAborted();
    const began = performance.now();
    const next = await run.next();
    if (next.done === true) return next.value;
    await onStep(next.value, performance.now() - began);
  }
}
