import type { TimelineRecord, TimelineRecords, TrackItem } from './document.ts';
import { DEFAULT_SEQUENCE, type Sequence } from './records/sequence.ts';
import { DEFAULT_TRACKS, type Track, type TrackKind } from './records/track.ts';

const KIND_OF_ITEM: Readonly<Record<TrackItem['type'], TrackKind>> = { promptEvent: 'prompt', motion: 'motion', clip: 'video', audio: 'audio', caption: 'caption' };

/** Whether a record lies on a track. */
export const isTrackItem = (record: TimelineRecord | undefined): record is TrackItem => record !== undefined && record.type in KIND_OF_ITEM;

/** The kind of track that a type of item lies on. */
export const trackKindOf = (type: TrackItem['type']): TrackKind => KIND_OF_ITEM[type];

/** What holds for the whole timeline. */
export function sequenceOf(records: TimelineRecords): Sequence {
  const record = records['sequence:main'];
  return record?.type === 'sequence' ? record : DEFAULT_SEQUENCE;
}

const byOrder = (a: Track, b: Track): number => a.order - b.order || (a.id < b.id ? -1 : 1);

/** All lanes from top to bottom: the six that always exist, as they were changed, and the added ones. */
export function tracksOf(records: TimelineRecords): Track[] {
  const tracks = new Map<string, Track>(DEFAULT_TRACKS.map((track) => [track.id, track]));
  for (const record of Object.values(records)) if (record.type === 'track') tracks.set(record.id, record);
  return [...tracks.values()].sort(byOrder);
}

/** The lane called `id`, or null. */
export function trackById(records: TimelineRecords, id: string): Track | null {
  const record = records[id];
  if (record?.type === 'track') return record;
  return DEFAULT_TRACKS.find((track) => track.id === id) ?? null;
}

/** Whether a lane is one of those that cannot be removed. */
export const isDefaultTrack = (id: string): boolean => DEFAULT_TRACKS.some((track) => track.id === id);

/** Lanes whose sound is heard, in their order: those that are not muted, and of them only the solo ones while there is any, muted or not. Pictures are seen either way. */
export function heardTracks(tracks: readonly Track[]): Track[] {
  const sounding = tracks.filter(({ kind }) => kind === 'video' || kind === 'audio');
  const isSolo = sounding.some(({ solo }) => solo === true);
  return sounding.filter(({ muted, solo }) => !muted && (!isSolo || solo === true));
}

const byStart = (a: TrackItem, b: TrackItem): number => a.startFrame - b.startFrame;

/** Every track's items from left to right, by track id; made in one pass over the records. */
export function itemsByTrack(records: TimelineRecords): ReadonlyMap<string, readonly TrackItem[]> {
  const lanes = new Map<string, TrackItem[]>();
  for (const record of Object.values(records)) {
    if (!isTrackItem(record)) continue;
    const lane = lanes.get(record.trackId);
    if (lane === undefined) lanes.set(record.trackId, [record]);
    else lane.push(record);
  }
  for (const lane of lanes.values()) lane.sort(byStart);
  return lanes;
}
