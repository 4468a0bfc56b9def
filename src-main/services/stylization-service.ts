import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RestyleRequest, StyledSpan } from '../../src-shared/contract/stylization.ts';
import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import { layOutScene } from '../../src-shared/build/scene-layout.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { MAX_SCENE_FRAMES, SceneEvent } from '../../src-shared/recipe/scene-script.ts';
import { framesToSeconds } from '../../src-shared/timing/frame-rate.ts';
import { UNTRAINED_RESTYLING, type ModelIndex } from '../../src-shared/pack/model-index.ts';
import type { RestyleSettings } from '../engine/pipelines/restyle/restyle-request.ts';
import { finishedSize } from '../engine/pipelines/restyle/restyle-size.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import { joinFrame, overBlack, splitFrame } from '../jobs/clear-pixels.ts';
import type { EngineClient } from '../jobs/engine-client.ts';
import type { LearnMotionData } from '../jobs/handlers/learn-motion.ts';
import { motionOfClip, type ReimagineClipData } from '../jobs/handlers/reimagine-clip.ts';
import type { RestyleClipData } from '../jobs/handlers/restyle-clip.ts';
import { copyAsset } from '../jobs/asset-file.ts';
import { requireMotionsFit } from '../jobs/recipe-motions.ts';
import { sceneGrid } from '../jobs/scene-cost.ts';
import { expectedRestyleMs, requireClip, requireRestylable, restyleShape } from '../jobs/restyle-plan.ts';
import { withScratchFolder } from '../jobs/scratch-folder.ts';
import { expectedTiles, type TileChooser } from '../jobs/tile-chooser.ts';
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

/** A decoded frame and, where the file has room for transparency, its opacity. */
interface SeenFrame {
  readonly frames: FramesMessage;
  readonly opacity: Uint8Array | null;
}

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
  return index.restyling?.styles.some(({ name, prompt, alsoCalled }) => [name, prompt, ...alsoCalled].some((words) => asked.includes(words.toLowerCase()))) === true;
};

/** A clip may last so many times a window's time before it is generated in several: that much slower looks natural still. */
const MOST_STRETCH = 1.25;

/** A clip that is longer than one window of the model: a scene of one event as long as it, its key frames, and the window in its middle. */
function longClip(fromSeconds: number, toSeconds: number, recipe: Recipe, index: ModelIndex): (NonNullable<ReimagineClipData['long']> & { readonly recipe: Recipe; readonly learned: { readonly fromSeconds: number; readonly toSeconds: number } }) | null {
  const grid = sceneGrid(index);
  const { num, den } = recipe.frameRate;
  const windowSeconds = (((grid.window - 1) * grid.stride + 1) * den) / num;
  const seconds = toSeconds - fromSeconds;
  if (seconds <= MOST_STRETCH * windowSeconds) return null;
  const durationFrames = Math.min(MAX_SCENE_FRAMES, Math.round((seconds * num) / den));
  const event = SceneEvent.parse({ id: 'reimagined', durationFrames, prompt: recipe.prompt, negativePrompt: recipe.negativePrompt, strength: 1, blendIn: 0, blendOut: 0, seedOffset: 0 });
  const middle = (fromSeconds + toSeconds) / 2;
  return {
    fromSeconds, toSeconds, keyframes: layOutScene([event], grid).keyframes, recipe: { ...recipe, negativePrompt: '', scene: { globalPrompt: '', events: [event] } },
    learned: { fromSeconds: middle - windowSeconds / 2, toSeconds: middle + windowSeconds / 2 },
  };
}

export function createStylizationService(parts: {
  readonly projects: OpenProjects;
  readonly models: ModelRegistry;
  readonly engine: EngineClient;
  readonly media: Pick<Media, 'decodeFrames' | 'probe'>;
  readonly strips: ClipStrips;
  readonly stepTimes: AppStore['stepTimes'];
  readonly tiles: TileChooser;
  readonly threads: number;
  readonly temporaryFolder: string;
  readonly mediaBase: string;
  /** What recipes call the engine. */
  readonly identity: () => Promise<EngineIdentity>;
}): StudioHandlers['stylization'] {
  const { projects, models, engine, media, strips, stepTimes, tiles, threads, temporaryFolder, mediaBase, identity } = parts;
  const kept = new Map<string, SeenFrame>();

  const resolve = async (request: z.output<typeof RestyleRequest>) => {
    const opened = await models.get(request.packId);
    const asset = projects.get(request.projectId).store.assets.get(request.assetId);
    const clip = requireRestylable(asset, opened.index);
    const { part } = request;
    if (part !== null && part.startFrame >= clip.frames) throw new StudioError('INVALID_INPUT', `"${asset.name}" has ${clip.frames} frames; the chosen part begins at frame ${part.startFrame}. Choose a part inside the clip.`, { details: { startFrame: part.startFrame } });
    const frames = Math.min(part?.frames ?? clip.frames, clip.frames - (part?.startFrame ?? 0));
    return { opened, asset, clip, frames, settings: settingsOf(request, opened.index, inOrder(request.spans), request.blendFrames) };
  };

  const frameOf = async (store: ProjectStore, asset: AssetRow, size: { readonly width: number; readonly height: number }, frame: number, signal: AbortSignal): Promise<SeenFrame> => {
    const key = `${asset.id}/${frame}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const { colour, opacity } = await withScratchFolder(temporaryFolder, async (folder): Promise<{ colour: Uint8Array; opacity: Uint8Array | null }> => {
      const path = join(folder, 'clip');
      await copyAsset(store, asset, path, signal);
      // What shows through is filled as it will be in the run.
      const alpha = (await media.probe(path, signal)).hasAlpha;
      for await (const decoded of media.decodeFrames(path, { ...size, fit: 'stretch', startFrame: frame, frames: 1, signal, alpha })) return alpha ? splitFrame(decoded, true) : { colour: decoded, opacity: null };
      throw new StudioError('MEDIA_UNREADABLE', `Frame ${frame} of "${asset.name}" cannot be decoded. Choose another frame.`);
    });
    const decoded: SeenFrame = { frames: { count: 1, ...size, data: colour }, opacity };
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
        tiles: await expectedTiles(tiles, opened, ['superResolution2'], { inScene: true, onlyDecoding: true }),
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
      const fromSeconds = framesToSeconds(part?.startFrame ?? 0, rate);
      const toSeconds = framesToSeconds(Math.min(frames, (part?.startFrame ?? 0) + (part?.frames ?? frames)), rate);
      const base = plainRecipe({ ...request, prompt }, opened, await identity());
      const long = longClip(fromSeconds, toSeconds, base, opened.index);
      const learned = long === null ? (part === null ? { fromSeconds: null, toSeconds: null } : { fromSeconds, toSeconds }) : long.learned;
      const learn: LearnMotionData = {
        clip: { assetId: asset.id }, ...learned,
        crop: null, reversed: false, packId: request.packId, modelSha256: opened.keyframesSha256, caption, name: caption.slice(0, 200), settings: request.learning,
      };
      const known = request.motionId === null ? motionOfClip(store, learn, asset.name, long) : store.motions.get(request.motionId);
      if (known !== null) requireMotionsFit(store, [{ sha256: known.asset.sha256, strength: request.strength, noiseMix: request.noiseMix }], opened);
      const data: ReimagineClipData = {
        assetId: asset.id, name: asset.name, part, recipe: long?.recipe ?? base, long: long === null ? null : { fromSeconds, toSeconds, keyframes: long.keyframes }, strength: request.strength, noiseMix: request.noiseMix,
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
      const { frames: source, opacity } = await frameOf(store, asset, { width, height }, Math.min(request.frame, frames - 1), signal);
      const seen = (drawn: FramesMessage): FramesMessage => (opacity === null ? drawn : { ...drawn, data: overBlack(joinFrame(drawn.data, drawn, opacity, source)) });
      const answer = (made: FramesMessage, drawn = seen(made)) => ({ url: `${mediaBase}/strip/${encodeURIComponent(request.projectId)}/${strips.add(request.projectId, drawn)}`, width: drawn.width, height: drawn.height, wallMs: performance.now() - began });
      // The frame as it is: nothing has to be loaded for that.
      if (request.strength === 0) return answer(source);
      const runId = `preview/${randomUUID()}`;
      const stop = () => engine.stop(runId, 'cancelled');
      const running = engine.restyle({
        runId, packDir: opened.dir, clipRun: runId, settings: settingsOf(request, opened.index, [], 0), frames: source, firstFrame: 0, begins: true, last: true, anchor: null, shown: null,
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
