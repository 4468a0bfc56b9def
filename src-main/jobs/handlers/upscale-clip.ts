import { join } from 'node:path';
import { z } from 'zod';
import { UPSCALE_STEPS, UpscaleDetail, UpscaleFactor } from '../../../src-shared/contract/footage.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import type { FramesMessage } from '../../engine/process/protocol.ts';
import type { Media } from '../../media/media.ts';
import type { OpenedPack } from '../../models/model-registry.ts';
import type { StepTimeRepository } from '../../store/app-store.ts';
import { ClipSegments } from '../clip-segments.ts';
import { completeClip, probedMeta } from '../complete-clip.ts';
import type { EngineClient } from '../engine-client.ts';
import { untilStopped } from '../engine-stop.ts';
import { waitingPart, type JobContext, type JobHandler } from '../job-handler.ts';
import { medianOf } from '../median.ts';
import { copyAsset } from '../asset-file.ts';
import { requireSamePack } from '../same-pack.ts';
import { inFittingTiles, type TileChooser } from '../tile-chooser.ts';
import { withScratchFolder } from '../scratch-folder.ts';
import { recordUpscaleTime, requireUpscalable, upscaleShape, type UpscaleShape } from '../upscale-plan.ts';
import { clipWindows, finishWindow } from '../upscale-windows.ts';

export const UpscaleClipData = z.object({
  assetId: z.string(),
  /** Name of the clip when the job was asked for. */
  name: z.string(),
  factor: UpscaleFactor,
  detail: UpscaleDetail,
  packId: z.string(),
  packSha256: z.string(),
});
export type UpscaleClipData = z.infer<typeof UpscaleClipData>;

/** What is needed of a pack to enlarge clips. */
export type UpscalingPack = Pick<OpenedPack, 'dir'> & { readonly pack: Pick<OpenedPack['pack'], 'sha256' | 'sizeBytes'>; readonly index: Pick<OpenedPack['index'], 'name' | 'stages' | 'sizes'> };

export interface UpscaleClipOptions {
  readonly engine: Pick<EngineClient, 'upscale' | 'stop'>;
  readonly media: Pick<Media, 'decodeFrames' | 'encodeSegment' | 'joinSegments' | 'thumbnail' | 'probe'>;
  readonly packs: { get(packId: string): Promise<UpscalingPack> };
  readonly stepTimes: StepTimeRepository;
  readonly tiles: TileChooser;
  readonly threads: number;
  readonly temporaryFolder: string;
}

/** The noise is drawn from this seed: the same clip, factor and detail give the same frames. */
const SEED = 1;
/** The decoder waits while windows are enlarged; a long clip takes days. */
const DECODE_TIMEOUT_MS = 14 * 24 * 60 * 60_000;

/**
 * Enlarges a clip window by window. Finished windows are encoded in segments that stay in the project until all are joined:
 * after a kill, the work goes on behind the last stored segment and gives the very same frames.
 */
export function createUpscaleClipHandler(options: UpscaleClipOptions): JobHandler<UpscaleClipData> {
  const { engine, media, packs, stepTimes, tiles, threads, temporaryFolder } = options;

  /** Runs one window in the engine; a stop ends it between two tiles. */
  const enlarge = async (data: UpscaleClipData, context: JobContext, dir: string, window: { readonly index: number; readonly frames: FramesMessage }, shape: UpscaleShape, count: TileCount, onTile: (share: number, stepMs: number | null) => void): Promise<FramesMessage> => {
    const runId = `${context.job.id}/${context.job.attempt}/${window.index}/${count}`;
    const running = engine.upscale(
      { runId, packDir: dir, frames: window.frames, firstFrame: window.index * shape.stride, factor: data.factor, numInferenceSteps: UPSCALE_STEPS[data.detail]!, seed: SEED, tiles: count, threads },
      { onProgress: ({ phase, step, total, stepMs }) => { if (phase !== 'loading' && total > 0) onTile(step / total, stepMs); } },
    );
    return (await untilStopped(engine, context, runId, running)).frames;
  };

  return {
    kind: 'upscale',
    lane: 'compute',
    data: UpscaleClipData,
    title: ({ name, factor }) => `${name} ${factor}×`,
    parts: () => [waitingPart('upscale'), waitingPart('encode', 1)],
    run: async (data, context) => {
      const { store, signal } = context;
      const { factor, detail } = data;
      const opened = await packs.get(data.packId);
      const { dir, pack, index } = opened;
      requireSamePack(data.packId, pack.sha256, data.packSha256, 'enlargement');
      const asset = store.assets.get(data.assetId);
      const clip = requireUpscalable(asset, factor, index);
      const { frameRate } = asset;
      assert(frameRate !== null, 'a video has a frame rate');
      const shape = upscaleShape(clip, index.sizes);
      const segments = new ClipSegments(store, { kind: 'upscale', jobId: context.job.id, name: data.name, stage: 'superResolution1' });

      await withScratchFolder(temporaryFolder, async (folder) => {
        const source = join(folder, 'clip');
        await copyAsset(store, asset, source, signal);
        const total = shape.windows * shape.tilesPerWindow;
        context.beginPart('upscale', total, 0);
        const size = { width: clip.width, height: clip.height };
        const tileMs: number[] = [];
        const saveSegment = async (frames: readonly Uint8Array[]) => {
          const large = { width: clip.width * factor, height: clip.height * factor };
          segments.save(context, await media.encodeSegment({ ...large, frameRate, frames, signal }), { frames: frames.length, ...large });
        };
        // The window before the first missing one is enlarged again, for the frames that the two share.
        const firstMissing = segments.count * shape.windowsPerSegment;
        let left: readonly Uint8Array[] = [];
        let gathered: Uint8Array[] = [];
        let hasBegun = false;
        const decoded = media.decodeFrames(source, { ...size, fit: 'stretch', signal, timeoutMs: DECODE_TIMEOUT_MS });
        for await (const window of clipWindows(decoded, size, shape, Math.max(0, firstMissing - 1))) {
          signal.throwIfAborted();
          const repeated = window.index < firstMissing;
          // A clip whose end lay in the last stored segment: nothing is missing.
          if (repeated && window.isLast) break;
          const enlarged = await inFittingTiles(context, tiles, { opened, stage: 'superResolution1', inScene: false, part: 'upscale', hasBegun }, (count) =>
            enlarge(data, context, dir, window, shape, count, (share, stepMs) => {
              // Times are told for tiles of the model's own size.
              if (stepMs !== null && count === 1) tileMs.push(stepMs);
              if (!repeated) context.advance(Math.min(Math.round((window.index + share) * shape.tilesPerWindow), total), total, count === 1 ? stepMs : null);
            }));
          const finished = finishWindow(window, enlarged, left, shape.stride);
          left = finished.left;
          hasBegun = true;
          if (repeated) continue;
          gathered.push(...finished.frames);
          context.preview({ count: 1, width: enlarged.width, height: enlarged.height, data: finished.frames[0]! });
          if ((window.index + 1) % shape.windowsPerSegment === 0 || window.isLast) {
            await saveSegment(gathered);
            gathered = [];
          }
        }
        const median = medianOf(tileMs);
        if (median !== null) recordUpscaleTime(stepTimes, pack.sha256, median / UPSCALE_STEPS[detail]!);
        context.finishPart('upscale', 'done');

        context.beginPart('encode', 1, 0);
        const result = join(folder, 'enlarged.mp4');
        await media.joinSegments({ path: result, frameRate, segments: segments.read(), soundOf: asset.hasAudio ? source : null, signal });
        await completeClip(context, media, { path: result, name: upscaledName(data), meta: await probedMeta(media, result, frameRate, signal) }, () => {
          segments.remove();
        });
      });
    },
  };
}

/** `shark.mp4` becomes `shark 4×.mp4`. */
const upscaledName = ({ name, factor }: UpscaleClipData): string => `${name.replace(/\.[A-Za-z0-9]{2,4}$/, '').slice(0, 190)} ${factor}×.mp4`;

