import { join } from 'node:path';
import { z } from 'zod';
import { ClipPart } from '../../../src-shared/contract/stylization.ts';
import { assert, StudioError } from '../../../src-shared/errors/studio-error.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import { framesToSeconds } from '../../../src-shared/timing/frame-rate.ts';
import type { FramesMessage } from '../../engine/process/protocol.ts';
import { finishedSize } from '../../engine/pipelines/restyle/restyle-size.ts';
import type { DecodeFramesRequest } from '../../media/decode-frames.ts';
import type { Media } from '../../media/media.ts';
import type { OpenedPack } from '../../models/model-registry.ts';
import type { StepTimeRepository } from '../../store/app-store.ts';
import { isClear, joinFrame, splitFrame } from '../clear-pixels.ts';
import { ClipSegments } from '../clip-segments.ts';
import { completeClip, probedMeta } from '../complete-clip.ts';
import type { EngineClient } from '../engine-client.ts';
import { untilStopped } from '../engine-stop.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import { medianOf } from '../median.ts';
import { copyAsset } from '../asset-file.ts';
import { recordRestyleTime, requireRestylable, restyleShape } from '../restyle-plan.ts';
import { requireSamePack } from '../same-pack.ts';
import { inFittingTiles, type TileChooser } from '../tile-chooser.ts';
import { withScratchFolder } from '../scratch-folder.ts';
import { addClipTake } from '../clip-takes.ts';

export const RestyleClipData = z.object({
  assetId: z.string(),
  /** Name of the clip when the job was asked for. */
  name: z.string(),
  part: ClipPart.nullable(),
  settings: z.object({
    texts: z.array(z.string()).min(1),
    spans: z.array(z.object({ startFrame: z.number().int(), endFrame: z.number().int(), text: z.number().int() })),
    blendFrames: z.number().int(),
    negativePrompt: z.string(),
    strength: z.number(),
    structure: z.number(),
    seed: z.number().int(),
    numInferenceSteps: z.number().int(),
    guidanceScale: z.number(),
    noisiestTimestep: z.number().int(),
  }),
  /** Clip on the timeline of which the result becomes a take. */
  clipId: z.string().nullable(),
  packId: z.string(),
  packSha256: z.string(),
});
export type RestyleClipData = z.infer<typeof RestyleClipData>;

/** What is needed of a pack to restyle clips. */
export type RestylingPack = Pick<OpenedPack, 'dir'> & { readonly pack: Pick<OpenedPack['pack'], 'sha256' | 'sizeBytes'>; readonly index: Pick<OpenedPack['index'], 'name' | 'stages' | 'sizes'> };

export interface RestyleClipOptions {
  readonly engine: Pick<EngineClient, 'restyle' | 'stop'>;
  readonly media: Pick<Media, 'decodeFrames' | 'encodeSegment' | 'joinSegments' | 'encodeClearSegment' | 'joinClearSegments' | 'thumbnail' | 'probe'>;
  readonly packs: { get(packId: string): Promise<RestylingPack> };
  readonly stepTimes: StepTimeRepository;
  readonly tiles: TileChooser;
  readonly threads: number;
  readonly temporaryFolder: string;
}

/** The decoder waits while the model draws; a long clip takes days. */
const DECODE_TIMEOUT_MS = 14 * 24 * 60 * 60_000;
/** What of the clip's beginning every later part needs. */
const ANCHOR = 'first frame';

/**
 * Restyles a clip: frames stream through the engine, finished ones are encoded in segments that stay in the project until all are joined.
 * After a kill the work begins again some frames ahead of the first missing one and gives the very same frames.
 */
export function createRestyleClipHandler(options: RestyleClipOptions): JobHandler<RestyleClipData> {
  const { engine, media, packs, stepTimes, tiles, threads, temporaryFolder } = options;

  return {
    kind: 'restyle',
    lane: 'compute',
    data: RestyleClipData,
    title: ({ name, settings }) => `${name}: ${settings.texts[0]}`,
    parts: () => [waitingPart('restyle'), waitingPart('encode', 1)],
    run: async (data, context) => {
      const { store, signal, job } = context;
      const { settings, part } = data;
      const opened = await packs.get(data.packId);
      const { dir, pack, index } = opened;
      requireSamePack(data.packId, pack.sha256, data.packSha256, 'restyling');
      const asset = store.assets.get(data.assetId);
      const clip = requireRestylable(asset, index);
      const { frameRate } = asset;
      assert(frameRate !== null, 'a video has a frame rate');
      const size = { width: clip.width, height: clip.height };
      const finished = finishedSize(size);
      const startFrame = part?.startFrame ?? 0;
      const frames = Math.min(part?.frames ?? clip.frames, clip.frames - startFrame);
      const shape = restyleShape(index, settings);
      const segments = new ClipSegments(store, { kind: 'restyle', jobId: job.id, name: data.name, stage: 'superResolution2' });
      const [passMs, otherMs]: [number[], number[]] = [[], []];

      await withScratchFolder(temporaryFolder, async (folder) => {
        const source = join(folder, 'clip');
        await copyAsset(store, asset, source, signal);
        const decoding = { ...size, fit: 'stretch', startFrame, frames, signal, timeoutMs: DECODE_TIMEOUT_MS } as const;
        const isTransparent = await showsThrough(source, decoding);
        /** Opacity of the frames that are under way, by their number. */
        const opacities = new Map<number, Uint8Array>();
        // Passes and frames both take their time; each counts as one unit.
        const unitsFrom = (begin: number) => shape.passesFor(frames - begin) + frames - begin;
        const total = unitsFrom(0);
        context.beginPart('restyle', total, 0);

        /** Runs from behind the last stored segment to the clip's end. */
        const runOn = async (attempt: string, count: TileCount): Promise<void> => {
          const firstMissing = segments.count * shape.framesPerSegment;
          if (firstMissing >= frames) return;
          const begin = Math.max(0, Math.floor((firstMissing - shape.reach) / shape.stride) * shape.stride);
          const anchor = begin === 0 ? null : segments.aside(ANCHOR);
          const clipRun = `${job.id}/${job.attempt}/${attempt}`;
          let units = total - unitsFrom(begin);
          const lead = segments.lead();
          let gathered: Uint8Array[] = [];
          /** The last gathered frame at the model's size. */
          let lastShown: { readonly frames: FramesMessage; readonly at: number } | null = null;
          const saveSegment = async () => {
            const encode = isTransparent ? media.encodeClearSegment : media.encodeSegment;
            segments.save(context, await encode({ ...finished, frameRate, frames: gathered, signal }), { frames: gathered.length, ...finished }, lastShown && encodeFrame(lastShown.frames, lastShown.at));
            gathered = [];
          };
          opacities.clear();
          const decoded = isTransparent ? coloursOf(media.decodeFrames(source, { ...decoding, alpha: true }), settings.strength > 0, (number, opacity) => { if (number >= firstMissing) opacities.set(number, opacity); }) : media.decodeFrames(source, decoding);
          for await (const chunk of chunksFrom(decoded, size, begin, shape.stride)) {
            signal.throwIfAborted();
            const { frames: drawn, shown, firstFrame, anchor: told } = await restyle(context, {
              ...chunk, packDir: dir, clipRun, settings, begins: chunk.firstFrame === begin, anchor, shown: lead === null ? null : { number: firstMissing - 1, frame: decodeFrame(lead) }, tiles: count, threads,
            }, (phase, stepMs) => {
              (phase === 'denoising' ? passMs : otherMs).push(stepMs);
              units += 1;
              context.advance(Math.min(units, total), total, stepMs);
            });
            if (told !== null && segments.aside(ANCHOR) === null) segments.saveAside(context, ANCHOR, told);
            const bytes = drawn.width * drawn.height * 3;
            for (let at = 0; at < drawn.count; at += 1) {
              // What was drawn again only leads up to the first missing frame.
              if (firstFrame + at < firstMissing) continue;
              const colour = drawn.data.slice(at * bytes, (at + 1) * bytes);
              const opacity = opacities.get(firstFrame + at);
              opacities.delete(firstFrame + at);
              if (shown.count > 0) lastShown = { frames: shown, at };
              gathered.push(opacity === undefined ? colour : joinFrame(colour, finished, opacity, size));
              if (gathered.length === shape.framesPerSegment) await saveSegment();
            }
            if (drawn.count > 0) context.preview({ count: 1, width: drawn.width, height: drawn.height, data: drawn.data.slice(0, bytes) });
          }
          if (gathered.length > 0) await saveSegment();
        };
        await inFittingTiles(context, tiles, { opened, stage: 'superResolution2', inScene: true, onlyDecoding: true, part: 'restyle' }, async (count) => {
          for (let attempt = 0; ; attempt += 1) {
            try {
              await runOn(`${count}.${attempt}`, count);
              break;
            } catch (error) {
              // The engine did something else in between, a preview say: begin again behind what is stored.
              if (!(StudioError.is(error, 'CONFLICT') && attempt < MOST_BEGINNINGS) || signal.aborted) throw error;
            }
          }
        });
        const pass = medianOf(passMs);
        if (pass !== null) recordRestyleTime(stepTimes, pack.sha256, pass, medianOf(otherMs) ?? 0);
        context.finishPart('restyle', 'done');

        context.beginPart('encode', 1, 0);
        // MP4 holds no transparency.
        const [extension, mimeType] = isTransparent ? ['webm', 'video/webm'] as const : ['mp4', 'video/mp4'] as const;
        const result = join(folder, `restyled.${extension}`);
        const soundSpan = part === null ? {} : { soundSpan: { fromSeconds: framesToSeconds(startFrame, frameRate), seconds: framesToSeconds(frames, frameRate) } };
        const joining = { path: result, frameRate, segments: segments.read(), soundOf: asset.hasAudio ? source : null, ...soundSpan, signal };
        await (isTransparent ? media.joinClearSegments({ ...joining, framesPerSegment: shape.framesPerSegment }) : media.joinSegments(joining));
        await completeClip(context, media, { path: result, name: restyledName(data, extension), mimeType, meta: await probedMeta(media, result, frameRate, signal) }, (made) => {
          segments.remove(ANCHOR);
          if (data.clipId !== null) addClipTake(store, data.clipId, asset, startFrame, made);
        });
      });
    },
  };

  /** Whether any frame lets something through: files with room for transparency often do not use it. */
  async function showsThrough(source: string, decoding: DecodeFramesRequest): Promise<boolean> {
    if (!(await media.probe(source, decoding.signal)).hasAlpha) return false;
    for await (const frame of media.decodeFrames(source, { ...decoding, alpha: true })) if (isClear(frame)) return true;
    return false;
  }

  /** One command; a stop ends it between two forward passes. */
  async function restyle(context: JobContext, command: Omit<Parameters<EngineClient['restyle']>[0], 'runId'>, onUnit: (phase: string, stepMs: number) => void) {
    const runId = `${command.clipRun}/${command.firstFrame}`;
    const running = engine.restyle({ ...command, runId }, { onProgress: ({ phase, stepMs }) => { if (stepMs !== null) onUnit(phase, stepMs); } });
    return untilStopped(engine, context, runId, running);
  }
}

/** How often a run begins again because the engine lost its state, before the queue is told. */
const MOST_BEGINNINGS = 50;

interface Chunk {
  readonly frames: FramesMessage;
  readonly firstFrame: number;
  readonly last: boolean;
}

/** Decoded frames from number `begin` on, `stride` at a time; the last chunk says so. */
async function* chunksFrom(decoded: AsyncIterable<Uint8Array>, size: { readonly width: number; readonly height: number }, begin: number, stride: number): AsyncGenerator<Chunk> {
  let held: Uint8Array[] = [];
  let [number, firstFrame] = [0, begin];
  const cut = (last: boolean): Chunk => {
    const chunk = { frames: { count: held.length, ...size, data: Buffer.concat(held) }, firstFrame, last };
    firstFrame += held.length;
    held = [];
    return chunk;
  };
  for await (const frame of decoded) {
    if (number >= begin) {
      // One frame more says that the chunk is not the last.
      if (held.length === stride) yield cut(false);
      held.push(frame);
    }
    number += 1;
  }
  if (held.length > 0) yield cut(true);
}

/** One frame as bytes: width and height as 32-bit numbers, then RGB. */
function encodeFrame({ width, height, data }: FramesMessage, index: number): Uint8Array {
  const bytes = width * height * 3;
  const out = new Uint8Array(8 + bytes);
  new DataView(out.buffer).setUint32(0, width, true);
  new DataView(out.buffer).setUint32(4, height, true);
  out.set(data.subarray(index * bytes, (index + 1) * bytes), 8);
  return out;
}

/** The frame of {@link encodeFrame}. */
function decodeFrame(bytes: Uint8Array): FramesMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { count: 1, width: view.getUint32(0, true), height: view.getUint32(4, true), data: bytes.slice(8) };
}

/** The colours of RGBA frames; what is told is the opacity of each. */
async function* coloursOf(frames: AsyncIterable<Uint8Array>, fill: boolean, tell: (number: number, opacity: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  let number = 0;
  for await (const frame of frames) {
    const { colour, opacity } = splitFrame(frame, fill);
    tell(number, opacity);
    number += 1;
    yield colour;
  }
}

/** `shark.mp4` becomes `shark, watercolor.mp4`. */
const restyledName = ({ name, settings }: RestyleClipData, extension: string): string => `${name.replace(/\.[A-Za-z0-9]{2,4}$/, '').slice(0, 120)}, ${settings.texts[0]!.slice(0, 60)}.${extension}`;
