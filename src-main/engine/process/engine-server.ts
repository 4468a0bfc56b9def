import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { ProviderPlan } from '../../../src-shared/execution/provider.ts';
import { hasTextPerFrame } from '../../../src-shared/build/scene-part.ts';
import { isGuided } from '../pipelines/guidance.ts';
import { openPack } from '../pipelines/open-pack.ts';
import { LARGE_WEIGHTS_BYTES, weightBytesOf } from '../pipelines/memory-habits.ts';
import { areEncoded, encodePrompts } from '../pipelines/prompt-encoder.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { decodeStageCheckpoint, encodeStageCheckpoint } from '../pipelines/stage-checkpoint.ts';
import { createStageRunner, promptsOf } from '../pipelines/stage-runner.ts';
import type { StageRunner } from '../pipelines/stage-runner.ts';
import { encodeDiskCheckpoint } from '../pipelines/keyframes-on-disk.ts';
import type { DiskStep, FramesOnDisk } from '../pipelines/keyframes-on-disk.ts';
import type { StageStep } from '../pipelines/stage-step.ts';
import { useTextCache } from '../pipelines/text-form.ts';
import { measureTextAttention } from '../pipelines/text-attention.ts';
import { openUpscaler } from '../pipelines/upscaler.ts';
import type { Upscaler } from '../pipelines/upscaler.ts';
import { toVideoFrames } from '../pipelines/video-tensor.ts';
import { probeProviders } from '../session/probe-providers.ts';
import { useProviders } from '../session/session-providers.ts';
import { tensorOf } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { estimateLearningMemory } from '../training/learning-memory.ts';
import { CheckpointSender } from './checkpoint-sender.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { runLearning } from './learn-run.ts';
import { answer } from './look.ts';
import type { Question } from './look.ts';
import type { EngineCommand, EngineEvent, EstimateLearningCommand, LearnMotionCommand, MeasureAttentionCommand, RestyleCommand, TraceMotionCommand, UpscaleCommand } from './protocol.ts';
import { createRestyling } from './restyle-run.ts';
import { announceLoading, runSteps, type SendEvent } from './run-steps.ts';
import { runTracing } from './trace-run.ts';
import { runUpscale } from './upscale-run.ts';

type RunCommand = Extract<EngineCommand, { type: 'runStage' }>;
type AnyRunCommand = RunCommand | LearnMotionCommand | TraceMotionCommand | MeasureAttentionCommand | UpscaleCommand | RestyleCommand;

/** Takes commands and answers by events; the process around it only carries messages. */
export interface EngineServer {
  handle(command: EngineCommand): void;
  /** Resolves when nothing runs and nothing is loaded any more. */
  close(): Promise<void>;
}

/** Previews at most this often: they are for eyes. */
const PREVIEW_INTERVAL_MS = 150;

/** One stage's sessions stay loaded for the next run of the same kind. */
interface LoadedRunner {
  readonly key: string;
  readonly runner: StageRunner;
}

/** Motions that change anything: without one, the stage is the model as it was, bit for bit. */
const usedMotions = ({ stage, motions = [] }: RunCommand) => (stage === 'keyframes' ? motions.filter(({ strength }) => strength > 0) : []);

/** What cannot be read has no estimate; the run that needs it will say why. */
function estimate({ packDir, settings }: EstimateLearningCommand): number | null {
  try {
    return estimateLearningMemory(packDir, settings);
  } catch {
    return null;
  }
}

/** An out-of-memory error of the native runtime, by its words; there is no code. */
function toStudioError(error: unknown): StudioError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /array buffer allocation|invalid (typed )?array length/i.test(message) || /bad_alloc|failed to allocate|out of memory/i.test(message)) {
    return new StudioError('OUT_OF_MEMORY', 'There was not enough memory for this stage. Close other programs, or choose a smaller preset.', { cause: error });
  }
  return StudioError.from(error);
}

/**
 * Creates a server that sends its events through `send`, which resolves when the event has left the process. Announces
 * itself with `ready`.
 */
export function createEngineServer(send: SendEvent): EngineServer {
  const promptCache: PromptCache = new Map();
  let loaded: LoadedRunner | null = null;
  let upscaler: { readonly key: string; readonly upscaler: Upscaler } | null = null;
  const restyling = createRestyling({ send: async (event) => { await send(event); }, promptCache, unloadOthers: () => unload() });
  let active: { readonly runId: string; readonly controller: AbortController; readonly finished: Promise<void> } | null = null;

  const unload = async (): Promise<void> => {
    const [oldRunner, oldUpscaler] = [loaded?.runner, upscaler?.upscaler];
    [loaded, upscaler] = [null, null];
    await oldRunner?.release();
    await oldUpscaler?.release();
    await restyling.unload();
  };

  const unloadWhenIdle = async (): Promise<void> => {
    await active?.finished;
    await unload();
  };

  /** Sessions of other providers are of no use any more, and texts encoded there may differ in their last bits. */
  const switchProviders = async (plan: ProviderPlan, textCacheDir: string | null): Promise<void> => {
    useTextCache(textCacheDir);
    useProviders({ ...plan, onFallback: (fallback) => void send({ type: 'fallback', fallback }) });
    promptCache.clear();
    await unloadWhenIdle();
  };

  const look = (id: number, question: Question): void => {
    try {
      void send({ type: 'looked', id, answer: answer(question), error: null });
    } catch (error) {
      void send({ type: 'looked', id, answer: null, error: toStudioError(error).toWire() });
    }
  };

  const runnerFor = async (command: RunCommand): Promise<StageRunner> => {
    const guided = isGuided(command.settings.guidanceScale);
    const scene = command.scene && { perFrameText: hasTextPerFrame(command.scene.part) };
    const motions = usedMotions(command).length > 0;
    const { tiles = 1 } = command.settings;
    const key = JSON.stringify([command.packDir, command.stage, guided, command.threads, motions, scene, tiles]);
    const pack = openPack(command.packDir);
    const [text, prompts] = [pack.text(command.stage), promptsOf(command)];
    const isNew = !areEncoded(text, prompts, pack.index.promptTokens, promptCache);
    // The stage before is released first, and any stage before a large text encoder is loaded: two models together may not fit.
    if (loaded?.key !== key || (isNew && weightBytesOf(text.encoder) >= LARGE_WEIGHTS_BYTES)) await unload();
    if (isNew) await encodePrompts(text, prompts, pack.index.promptTokens, promptCache, command.threads);
    if (loaded !== null) return loaded.runner;
    const runner = await createStageRunner(pack, command.stage, { guided, threads: command.threads, promptCache, motions, scene, tiles });
    loaded = { key, runner };
    return runner;
  };

  /** Takes a stage's run to its end: progress, checkpoints and previews go out as they come. */
  const follow = async <Step extends Pick<StageStep, 'phase' | 'step' | 'total' | 'preview'> & { readonly checkpoint: unknown }, Result>(
    { runId, stage }: RunCommand, run: AsyncGenerator<Step, Result>, signal: AbortSignal, encode: (checkpoint: NonNullable<Step['checkpoint']>) => Uint8Array, keepsEarlier: boolean,
  ): Promise<Result> => {
    let previewAt = Number.NEGATIVE_INFINITY;
    const checkpoints = new CheckpointSender<Step>(async ({ step, checkpoint }) => {
      if (checkpoint !== null && checkpoint !== undefined) await send({ type: 'checkpoint', runId, step, bytes: encode(checkpoint) });
    });
    return runSteps(run, signal, async (done, stepMs) => {
      const { phase, step, total, checkpoint, preview } = done;
      await send({ type: 'progress', runId, stage, phase, step, total, stepMs });
      if (checkpoint !== null || !keepsEarlier) await checkpoints.offer(checkpoint === null ? null : done);
      if (preview && performance.now() - previewAt >= PREVIEW_INTERVAL_MS) {
        previewAt = performance.now();
        await send({ type: 'preview', runId, stage, frames: toVideoFrames(preview) });
      }
    }, () => checkpoints.flush());
  };

  const runStage = async (command: RunCommand, signal: AbortSignal): Promise<EngineEvent> => {
    const { runId, stage, input } = command;
    const started = performance.now();
    await announceLoading(send, { runId, stage }, signal);
    const runner = await runnerFor(command);
    const { prompt, negativePrompt, emphasis, seed, settings } = command;
    const scene = command.scene && { part: command.scene.part, known: command.scene.known ? tensorOf(command.scene.known.data, command.scene.known.shape) : null, looks: command.scene.looks ? tensorOf(command.scene.looks.data, command.scene.looks.shape) : null };
    const request = { prompt, negativePrompt, emphasis, seed, settings, signal, scene, input: input ? tensorOf(input.data, input.shape) : null, motions: usedMotions(command) };
    const facts = (loadMs: number) => ({ runId, stage, loadMs, wallMs: performance.now() - started, peakRssBytes: process.resourceUsage().maxRSS * 1024 });
    const folder = command.scene?.folder;
    if (scene !== undefined && folder !== undefined) {
      const run = await runner.runOnDisk({ ...request, scene }, folder, command.checkpoint);
      const loadMs = performance.now() - started;
      try {
        const kept = await follow<DiskStep, FramesOnDisk>(command, run, signal, encodeDiskCheckpoint, true);
        return { type: 'kept', ...kept, ...facts(loadMs) };
      } finally {
        // Closes its files, wherever it stands.
        await run.return({ path: '', shape: [] });
      }
    }
    const run = await runner.run({ ...request, resume: command.checkpoint ? decodeStageCheckpoint(stage, command.checkpoint) : null });
    const loadMs = performance.now() - started;
    const tensor = await follow<StageStep, Tensor>(command, run, signal, (checkpoint) => encodeStageCheckpoint(stage, checkpoint), false);
    return { type: 'done', tensor, frames: toVideoFrames(tensor), ...facts(loadMs) };
  };

  const learn = async (command: LearnMotionCommand, signal: AbortSignal): Promise<EngineEvent> => {
    // Learning brings sessions of its own: what a stage left loaded goes first.
    await unload();
    return runLearning(command, signal, { send, promptCache });
  };

  const trace = async (command: TraceMotionCommand, signal: AbortSignal): Promise<EngineEvent> => {
    await unload();
    return runTracing(command, signal, { send, promptCache });
  };

  const measure = async ({ runId, packDir, keyframes, prompt, words, threads }: MeasureAttentionCommand, signal: AbortSignal): Promise<EngineEvent> => {
    await unload();
    await announceLoading(send, { runId, stage: 'keyframes' }, signal);
    const shares = await measureTextAttention(openPack(packDir), { keyframes: tensorOf(keyframes.data, keyframes.shape), prompt, words, threads, promptCache, signal });
    return { type: 'measured', runId, shares, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  };

  /** Windows of one clip come one after the other: the session stays for the next. */
  const upscalerFor = async ({ packDir, threads, tiles = 1 }: UpscaleCommand): Promise<Upscaler> => {
    const key = JSON.stringify([packDir, threads, tiles]);
    if (upscaler?.key === key) return upscaler.upscaler;
    await unload();
    const opened = await openUpscaler(openPack(packDir), { threads, promptCache, tiles });
    upscaler = { key, upscaler: opened };
    return opened;
  };

  const runAny = (command: AnyRunCommand, signal: AbortSignal): Promise<EngineEvent> => {
    switch (command.type) {
      case 'runStage': return runStage(command, signal);
      case 'learnMotion': return learn(command, signal);
      case 'traceMotion': return trace(command, signal);
      case 'measureAttention': return measure(command, signal);
      case 'upscale': return runUpscale(command, signal, { send, upscalerFor });
      case 'restyle': return restyling.run(command, signal);
    }
  };

  /** Runs to an end of any kind and reports it; never rejects. */
  const finish = async (command: AnyRunCommand, controller: AbortController): Promise<void> => {
    const { runId } = command;
    try {
      const done = await runAny(command, controller.signal);
      active = null;
      send(done);
    } catch (error) {
      const reason = controller.signal.aborted && error === controller.signal.reason ? (controller.signal.reason as StudioError) : null;
      // Sessions of a failed run are not trusted with the next one.
      if (!reason) await unload().catch(() => {});
      active = null;
      if (reason) send({ type: 'stopped', runId, reason: reason.code === 'PAUSED' ? 'paused' : 'cancelled' });
      else send({ type: 'failed', runId, error: toStudioError(error).toWire() });
    }
  };

  const start = (command: AnyRunCommand): void => {
    const { runId } = command;
    if (active) {
      const error = new StudioError('CONFLICT', `The engine is busy with run ${active.runId}. Wait for it or stop it first.`, { details: { runId: active.runId } });
      send({ type: 'failed', runId, error: error.toWire() });
      return;
    }
    const controller = new AbortController();
    const finished = finish(command, controller);
    active = { runId, controller, finished };
  };

  send({ type: 'ready', engineVersion: ENGINE_VERSION });
  return {
    handle(command) {
      if (command.type === 'runStage' || command.type === 'learnMotion' || command.type === 'traceMotion' || command.type === 'measureAttention' || command.type === 'upscale' || command.type === 'restyle') start(command);
      else if (command.type === 'estimateLearning') send({ type: 'estimated', runId: command.runId, bytes: estimate(command) });
      else if (command.type === 'stop') {
        // A stop that crosses the run's end finds another run, or none: nothing to do.
        if (active?.runId !== command.runId) return;
        active.controller.abort(command.reason === 'paused' ? new StudioError('PAUSED', 'The run was paused.') : new StudioError('CANCELLED', 'The run was cancelled.'));
      } else if (command.type === 'useProviders') void switchProviders(command.plan, command.textCacheDir);
      else if (command.type === 'probeProviders') void probeProviders(command.order).then((result) => send({ type: 'probed', result }));
      else if (command.type === 'look') look(command.id, command.question);
      else {
        promptCache.clear();
        void unloadWhenIdle();
      }
    },
    async close() {
      active?.controller.abort(new StudioError('CANCELLED', 'The engine closes.'));
      await active?.finished;
      await unload();
    },
  };
}
