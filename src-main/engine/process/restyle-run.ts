import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { openPack } from '../pipelines/open-pack.ts';
import type { PromptCache } from '../pipelines/prompt-encoder.ts';
import { decodeAnchor, encodeAnchor } from '../pipelines/restyle/anchor-states.ts';
import { openRestyler } from '../pipelines/restyle/restyler.ts';
import type { RestyleStream, Restyler } from '../pipelines/restyle/restyler.ts';
import type { EngineEvent, RestyleCommand } from './protocol.ts';
import { announceLoading, runSteps } from './run-steps.ts';

/** Restyling in the engine: sessions and the clip under way stay loaded from command to command. */
export interface Restyling {
  /** Takes a clip's next frames. Stops between two forward passes with the signal's reason; the clip must then be begun again. */
  run(command: RestyleCommand, signal: AbortSignal): Promise<EngineEvent>;
  unload(): Promise<void>;
}

export function createRestyling({ send, promptCache, unloadOthers }: {
  readonly send: (event: EngineEvent) => Promise<void>;
  readonly promptCache: PromptCache;
  readonly unloadOthers: () => Promise<void>;
}): Restyling {
  let loaded: { readonly key: string; readonly restyler: Restyler } | null = null;
  let clip: { readonly clipRun: string; readonly stream: RestyleStream; tellsAnchor: boolean } | null = null;

  const restylerFor = async ({ packDir, frames: { width, height }, settings, still, threads, tiles = 1 }: RestyleCommand): Promise<Restyler> => {
    const perFrameText = settings.spans.length > 0;
    const key = JSON.stringify([packDir, width, height, perFrameText, still ?? null, threads, tiles]);
    if (loaded?.key === key) return loaded.restyler;
    await unloadOthers();
    const restyler = await openRestyler(openPack(packDir), { source: { width, height }, perFrameText, threads, promptCache, tiles, ...(still === undefined ? {} : { window: 1, share: still.share }) });
    loaded = { key, restyler };
    return restyler;
  };

  /** The clip's stream; it leaves its place until the command is done, so that a broken one is never gone on with. */
  const takeStream = async (command: RestyleCommand): Promise<NonNullable<typeof clip>> => {
    const { clipRun, firstFrame, begins, anchor, shown, settings } = command;
    const kept = clip;
    clip = null;
    if (begins) {
      const restyler = await restylerFor(command);
      return { clipRun, stream: await restyler.begin(settings, { firstFrame, anchor: anchor === null ? null : decodeAnchor(anchor), shown }), tellsAnchor: anchor === null };
    }
    if (kept?.clipRun === clipRun && kept.stream.nextFrame === firstFrame) return kept;
    throw new StudioError('CONFLICT', 'The engine has done something else since this clip began. Begin it again behind its last stored part.', { retryable: true });
  };

  return {
    async run(command, signal) {
      const { runId, frames, last } = command;
      const stage = 'superResolution2';
      await announceLoading(send, { runId, stage }, signal);
      const taken = await takeStream(command);
      const firstFrame = taken.stream.nextFinished;
      let step = 0;
      const { frames: drawn, shown } = await runSteps(taken.stream.push(frames, last, signal), signal, ({ phase }, stepMs) => send({ type: 'progress', runId, stage, phase, step: (step += 1), total: 0, stepMs }));
      const states = taken.tellsAnchor ? taken.stream.anchor() : null;
      if (states !== null) taken.tellsAnchor = false;
      if (!last) clip = taken;
      return { type: 'restyled', runId, frames: drawn, shown, firstFrame, anchor: states === null ? null : encodeAnchor(states), peakRssBytes: process.resourceUsage().maxRSS * 1024 };
    },
    async unload() {
      const old = loaded?.restyler;
      [loaded, clip] = [null, null];
      await old?.release();
    },
  };
}
