import type { NewId } from '../../src-shared/timeline/edits/edit-batch.ts';
import { DEFAULT_SEQUENCE, PROMPT_EVENT_DEFAULTS, type PromptEvent, type TimelineRecord, type TimelineRecords } from '../../src-shared/timeline/document.ts';
import { CAPTION_DEFAULTS, type Caption } from '../../src-shared/timeline/records/caption.ts';
import { AUDIO_DEFAULTS, CLIP_DEFAULTS, type AudioClip, type Clip } from '../../src-shared/timeline/records/clip.ts';
import type { KeyframeImage } from '../../src-shared/timeline/records/keyframe-image.ts';

const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

/** Ids in a row, starting behind those that the makers below are given. */
export function countingIds(from = 100_000): NewId {
  let next = from;
  return (prefix) => `${prefix}:${uuid((next += 1))}`;
}

export const eventRecord = (index: number, startFrame: number, durationFrames: number, more: Partial<PromptEvent> = {}): PromptEvent => ({
  id: `promptEvent:${uuid(index)}`, type: 'promptEvent', startFrame, durationFrames, prompt: `event ${index}`, negativePrompt: '', seed: 1, seedLocked: false, preset: 'draft', activeTakeId: null, ...PROMPT_EVENT_DEFAULTS, ...more,
});

export const clipRecord = (index: number, startFrame: number, durationFrames: number, more: Partial<Clip> = {}): Clip => ({
  id: `clip:${uuid(index)}`, type: 'clip', trackId: 'track:video', assetId: 'asset:1', startFrame, durationFrames, ...CLIP_DEFAULTS, sourceDuration: { num: 60, den: 1 }, ...more,
});

export const audioRecord = (index: number, startFrame: number, durationFrames: number, more: Partial<AudioClip> = {}): AudioClip => ({
  id: `audio:${uuid(index)}`, type: 'audio', trackId: 'track:audio', assetId: 'asset:2', startFrame, durationFrames, ...AUDIO_DEFAULTS, sourceDuration: { num: 60, den: 1 }, ...more,
});

export const captionRecord = (index: number, startFrame: number, durationFrames: number, text = `caption ${index}`): Caption => ({
  id: `caption:${uuid(index)}`, type: 'caption', ...CAPTION_DEFAULTS, startFrame, durationFrames, text,
});

export const imageRecord = (index: number, promptEventId: string, position: KeyframeImage['position'] = 'start'): KeyframeImage => ({
  id: `keyframe:${uuid(index)}`, type: 'keyframeImage', promptEventId, position, assetId: 'asset:3', strength: 1,
});

export const documentOf = (...records: TimelineRecord[]): TimelineRecords => Object.fromEntries([DEFAULT_SEQUENCE, ...records].map((record) => [record.id, record]));
