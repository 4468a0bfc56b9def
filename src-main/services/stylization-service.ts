import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RestyleRequest, StyledSpan } from '../../src-shared/contract/stylization.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { framesToSeconds } from '../../src-shared/timing/frame-rate.ts';
import { UNTRAINED_RESTYLING, type ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { RestyleSettings } from '../engine/pipelines/restyle/restyle-request.ts';
import { finishedSize } from '../engine/pipelines/restyle/restyle-size.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import type { EngineClient } from '../jobs/engine-client.ts';
import type { LearnMotionData } from '../jobs/handlers/learn-motion.ts';
import { motionOfClip, type ReimagineClipData } from '../jobs/handlers/reimagine-clip.ts';
import type { RestyleClipData } from '../jobs/handlers/restyle-clip.ts';
import { copyAsset } from '../jobs/motion-clip.ts';
import { requireMotionsFit } from '../jobs/recipe-motions.ts';
import { expectedRestyleMs, requireClip, requireRestylable, restyleShape } from '../jobs/restyle-plan.ts';
import { withScratchFolder } from '../jobs/scratch-folder.ts';
import type { Media } from '../media/media.ts';
import type { ModelRegistry } from '../models/model-registry.ts';
import type { AppStore } from '../store/app-store.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { ClipStrips } from './clip-strips.ts';
import { plainRecipe, type EngineIdentity } from './generation-service.ts';
import { proposeCaption } from './motion-caption.ts';
import type { OpenProjects } from './open-projects.ts';

/** Share of the trained pixels that a picture of the gallery is drawn with. */
const SMALL_SHARE = 0.25;
/** Decoded frames that are kept: the gallery asks for the same one again and again. */
const KEPT_FRAMES = 4;

/** What a pack is restyled with: its own settings, or those of one that was not trained to. */
const restylingOf = (index: ModelIndex) => ({ ...UNTRAINED_RESTYLING, ...index.restyling });

type Look = Pick<z.output<typeof RestyleRequest>, 'style' | 'strength' | 'structure' | 'seed' | 'negativePrompt'>;

function settingsOf(look: Look, index: ModelIndex, spans: readonly StyledSpan[], blendFrames: number): RestyleSettings {
  const own = restylingOf(index);
  const texts = [...new Set([look.style, ...spans.map(({ style }) => style)])];
  return {
    texts, spans: spans.map(({ startFrame, endFrame, style }) => ({ startFrame, endFrame, text: texts.indexOf(style) })), blendFrames, negativePrompt: look.negativePrompt,
    strength: look.strength ?? own.strength, structure: look.structure ?? own.structure, seed: look.seed,
    numInferenceSteps: own.numInferenceSteps, guidanceScale: own.guidanceScale, noisiestTimestep: own.noisiestTimestep,
  };
}

/** Spans in order; overlapping ones have no meaning. */
function inOrder(spans: readonly StyledSpan[]): readonly StyledSpan[] {
  const sorted = spans.toSorted((a, b) => a.startFrame - b.startFrame);
  const clash = sorted.find((span, index) => index > 0 && sorted[index - 1]!.endFrame > span.startFrame);
  if (clash !== undefined) throw new StudioError('INVALID_INPUT', `The span of "${clash.style}" begins before the one in front of it ends. Let spans follow each other.`, { details: { startFrame: clash.startFrame } });
  return sorted;
}

const isKnown = (index: ModelIndex, style: string): boolean => {
  const asked = style.toLowerCase();
  return index.restyling?.styles.some(({ name, prompt }) => asked.includes(prompt.toLowerCase()) || asked.includes(name.toLowerCase())) === true;
};

export function createStylizationService(parts: {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly engine: EngineClient;
  readonly media: Pick<Media, 'decodeFrames'>;
  readonly strips: ClipStrips;
  readonly stepTimes: AppStore['stepTimes'];
  readonly threads: number;
  readonly temporaryFolder: string;
  readonly mediaBase: string;
  /** What recipes call the engine. */
  readonly identity: () => Promise<EngineIdentity>;
}): StudioHandlers['stylization'] {
  const { projects, models, engine, media, strips, stepTimes, threads, temporaryFolder, mediaBase, identity } = parts;
  const kept = new Map<string, FramesMessage>();

  const resolve = async (request: z.output<typeof RestyleRequest>) => {
    const opened = await models.get(request.packId);
    const asset = projects.get(request.projectId).store.assets.get(request.assetId);
    const clip = requireRestylable(asset, opened.index);
    const { part } = request;
    if (part !== null && part.startFrame >= clip.frames) throw new StudioError('INVALID_INPUT', `"${asset.name}" has ${clip.frames} frames; the chosen part begins at frame ${part.startFrame}. Choose a part inside the clip.`, { details: { startFrame: part.startFrame } });
    const frames = Math.min(part?.frames ?? clip.frames, clip.frames - (part?.startFrame ?? 0));
    return { opened, asset, clip, frames, settings: settingsOf(request, opened.index, inOrder(request.spans), request.blendFrames) };
  };

  const frameOf = async (store: ProjectStore, asset: AssetRow, size: { readonly width: number; readonly height: number }, frame: number, signal: AbortSignal): Promise<FramesMessage> => {
    const key = `${asset.id}/${frame}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const data = await withScratchFolder(temporaryFolder, async (folder) => {
      const path = join(folder, 'clip');
      copyAsset(store, asset, path);
      for await (const decoded of media.decodeFrames(path, { ...size, fit: 'stretch', startFrame: frame, frames: 1, signal })) return decoded;
      throw new StudioError('MEDIA_UNREADABLE', `Frame ${frame} of "${asset.name}" cannot be decoded. Choose another frame.`);
    });
    const decoded = { count: 1, ...size, data };
    kept.set(key, decoded);
    if (kept.size > KEPT_FRAMES) kept.delete(kept.keys().next().value!);
    return decoded;
  };

  return {
    gallery: async ({ packId }) => {
      const { index } = await models.get(packId);
      const { strength, structure } = restylingOf(index);
      return { trained: index.restyling !== undefined, styles: index.restyling?.styles ?? [], strength, structure };
    },
    plan: async (request) => {
      const { opened, clip, frames, settings } = await resolve(request);
      const shape = restyleShape(opened.index, settings);
      return {
        ...finishedSize(clip), frames, expectedMs: expectedRestyleMs(stepTimes, opened.pack.sha256, shape, frames),
        trained: opened.index.restyling !== undefined, known: settings.texts.every((text) => isKnown(opened.index, text)),
      };
    },
    restyle: async (request) => {
      const { opened, asset, settings } = await resolve(request);
      const data: RestyleClipData = {
        assetId: asset.id, name: asset.name, part: request.part, clipId: request.clipId, packId: request.packId, packSha256: opened.pack.sha256,
        settings: { ...settings, texts: [...settings.texts], spans: settings.spans.map((span) => ({ ...span })) },
      };
      return { jobId: projects.get(request.projectId).queue.enqueue('restyle', data).id };
    },
    reimagine: async (request) => {
      const opened = await models.get(request.packId);
      const { store, queue } = projects.get(request.projectId);
      const asset = store.assets.get(request.assetId);
      const { frames } = requireClip(asset);
      const rate = asset.frameRate!;
      const { part, prompt } = request;
      const caption = request.caption ?? proposeCaption(asset.name, asset.recipe?.prompt ?? null);
      const learn: LearnMotionData = {
        clip: { assetId: asset.id }, fromSeconds: part === null ? null : framesToSeconds(part.startFrame, rate), toSeconds: part === null ? null : framesToSeconds(Math.min(frames, part.startFrame + part.frames), rate),
        crop: null, reversed: false, packId: request.packId, modelSha256: opened.keyframesSha256, caption, name: caption.slice(0, 200), settings: request.learning,
      };
      const known = request.motionId === null ? motionOfClip(store, learn, asset.name) : store.motions.get(request.motionId);
      if (known !== null) requireMotionsFit(store, [{ sha256: known.asset.sha256, strength: request.strength, noiseMix: request.noiseMix }], opened);
      const data: ReimagineClipData = {
        assetId: asset.id, name: asset.name, part, recipe: plainRecipe({ ...request, prompt }, opened, await identity()), strength: request.strength, noiseMix: request.noiseMix,
        motionId: known?.asset.id ?? null, learn, clipId: request.clipId,
      };
      return { jobId: queue.enqueue('reimagine', data).id, motionId: known?.asset.id ?? null };
    },
    preview: async (request, { signal }) => {
      const began = performance.now();
      const opened = await models.get(request.packId);
      const { store } = projects.get(request.projectId);
      const asset = store.assets.get(request.assetId);
      const { width, height, frames } = requireRestylable(asset, opened.index);
      const source = await frameOf(store, asset, { width, height }, Math.min(request.frame, frames - 1), signal);
      const answer = (drawn: FramesMessage) => ({ url: `${mediaBase}/strip/${encodeURIComponent(request.projectId)}/${strips.add(request.projectId, drawn)}`, width: drawn.width, height: drawn.height, wallMs: performance.now() - began });
      // The frame as it is: nothing has to be loaded for that.
      if (request.strength === 0) return answer(source);
      const runId = `preview/${randomUUID()}`;
      const stop = () => engine.stop(runId, 'cancelled');
      const running = engine.restyle({
        runId, packDir: opened.dir, clipRun: runId, settings: settingsOf(request, opened.index, [], 0), frames: source, firstFrame: 0, begins: true, last: true, anchor: null,
        still: { share: request.small ? SMALL_SHARE : 1 }, threads,
      });
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      try {
        return answer((await running).frames);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
