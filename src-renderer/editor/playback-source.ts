import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { framesToSeconds, secondsToFrame, type FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { activeTake, placeInTake } from '../../src-shared/takes/take-of-event.ts';
import type { Editor } from './editor.ts';
import { sequenceOf, timelineEnd } from './timeline-edits.ts';

/** What the viewer plays: its length in frames and its rate. */
export interface PlaybackSource {
  readonly lengthFrames: number;
  readonly frameRate: FrameRate;
}

/** Frames of an asset, from its own count or its duration. */
export function assetFrames(asset: Asset, frameRate: FrameRate): number {
  return asset.frames ?? (asset.durationMs === null ? 1 : Math.max(1, secondsToFrame(asset.durationMs / 1000, frameRate)));
}

export function sourceOf(editor: Pick<Editor, 'document' | 'session' | 'asset'>): PlaybackSource {
  const { records } = editor.document.getState();
  const { frameRate } = sequenceOf(records);
  const { viewerSource } = editor.session.getState();
  if (viewerSource.kind === 'timeline') return { lengthFrames: timelineEnd(records), frameRate };
  const asset = editor.asset(viewerSource.assetId);
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

/** The event at a frame, of events in order. */
export const eventAt = (events: readonly PromptEvent[], frame: number): PromptEvent | null => events.find(({ startFrame, durationFrames }) => startFrame <= frame && frame < startFrame + durationFrames) ?? null;

/** Which frame of which take is shown at `frame`, of events in order; nothing where no event is or its take has ended. */
export function pictureAt(events: readonly PromptEvent[], takes: readonly Take[], frameRate: FrameRate, frame: number): TimelinePicture {
  const event = eventAt(events, frame);
  const take = event ? activeTake(takes, event) : null;
  if (!event || !take) return { event, take: null, asset: null, assetFrame: 0 };
  const own = take.asset.frameRate ?? frameRate;
  const { startFrame, frames } = placeInTake(take, event.id);
  const assetFrame = secondsToFrame(framesToSeconds(frame - event.startFrame + startFrame, frameRate), own);
  const isOver = assetFrame >= assetFrames(take.asset, own) || frame - event.startFrame >= frames;
  return { event, take, asset: isOver ? null : take.asset, assetFrame };
}
