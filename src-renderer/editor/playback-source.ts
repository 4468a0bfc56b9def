import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { framesToSeconds, secondsToFrame, type FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { activeTake, placeInTake } from '../../src-shared/takes/take-of-event.ts';
import type { Editor } from './editor.ts';
import { eventAt, sequenceOf, timelineEnd } from './timeline-edits.ts';

/** What the viewer plays: its length in frames and its rate. */
export interface PlaybackSource {
  readonly lengthFrames: number;
  readonly frameRate: FrameRate;
}

/** Frames of an asset, from its own count or its duration. */
export function assetFrames(asset: Asset, frameRate: FrameRate): number {
  return asset.frames ?? (asset.durationMs === null ? 1 : Math.max(1, secondsToFrame(asset.durationMs / 1000, frameRate)));
}

export function sourceOf(editor: Pick<Editor, 'document' | 'session' | 'assets' | 'takes'>): PlaybackSource {
  const { records } = editor.document.getState();
  const { frameRate } = sequenceOf(records);
  const { viewerSource } = editor.session.getState();
  if (viewerSource.kind === 'timeline') return { lengthFrames: timelineEnd(records), frameRate };
  const asset = editor.assets().find(({ id }) => id === viewerSource.assetId) ?? editor.takes().find((take) => take.asset.id === viewerSource.assetId)?.asset;
  if (!asset) return { lengthFrames: 0, frameRate };
  const own = asset.frameRate ?? frameRate;
  return { lengthFrames: assetFrames(asset, own), frameRate: own };
}

/** The picture under a frame of the timeline. */
export interface TimelinePicture {
  readonly event: PromptEvent | null;
  readonly take: Take | null;
  readonly asset: Asset | null;
  /** Frame within the asset, in the asset's own rate. */
  readonly assetFrame: number;
}

/** Which asset frame the composed timeline shows at `frame`; nothing where no event is or its take has ended. */
export function pictureAt(records: Parameters<typeof eventAt>[0], takes: readonly Take[], frame: number): TimelinePicture {
  const event = eventAt(records, frame);
  const take = event ? activeTake(takes, event) : null;
  if (!event || !take) return { event, take: null, asset: null, assetFrame: 0 };
  const { frameRate } = sequenceOf(records);
  const own = take.asset.frameRate ?? frameRate;
  const { startFrame, frames } = placeInTake(take, event.id);
  const assetFrame = secondsToFrame(framesToSeconds(frame - event.startFrame + startFrame, frameRate), own);
  const isOver = assetFrame >= assetFrames(take.asset, own) || frame - event.startFrame >= frames;
  return { event, take, asset: isOver ? null : take.asset, assetFrame };
}
