import type { TimelineRecords } from '../../../src-shared/timeline/document.ts';
import type { Track, TrackKind } from '../../../src-shared/timeline/records/track.ts';
import { tracksOf } from '../../../src-shared/timeline/tracks.ts';
import { t } from '../../i18n/text.ts';

export const RULER_HEIGHT = 26;
export const LANE_HEADER_WIDTH = 164;

/** CSS pixels. */
const HEIGHTS = { global: 34, prompt: 58, result: 60, motion: 26, keyframe: 30, video: 44, audio: 34, caption: 26 } as const satisfies Record<TrackKind | 'global' | 'result', number>;

/** One row of the timeline: a track, or what goes with one. */
export interface Lane {
  readonly id: string;
  readonly kind: TrackKind | 'global' | 'result';
  readonly track: Track | null;
  readonly label: string;
  /** CSS pixels below the ruler. */
  readonly top: number;
  readonly height: number;
}

const LABELS = {
  global: 'lane.global', prompt: 'lane.events', result: 'lane.result', motion: 'timeline.lane.motion', keyframe: 'timeline.lane.keyframe', video: 'timeline.lane.video', audio: 'timeline.lane.audio', caption: 'timeline.lane.caption',
} as const;

/** A track's name, or its kind and its number among those of its kind. */
function labelOf(track: Track, tracks: readonly Track[]): string {
  if (track.name !== '') return track.name;
  const alike = tracks.filter(({ kind }) => kind === track.kind);
  const name = t(LABELS[track.kind]);
  return alike.length === 1 ? name : t('timeline.track.numbered', { name, number: alike.indexOf(track) + 1 });
}

/** Rows from top to bottom: the global words, the tracks, and below the events the takes that they made. */
export function lanesOf(records: TimelineRecords): Lane[] {
  const tracks = tracksOf(records);
  const lanes: Lane[] = [];
  let top = 0;
  const add = (id: string, kind: Lane['kind'], track: Track | null, label: string) => {
    lanes.push({ id, kind, track, label, top, height: HEIGHTS[kind] });
    top += HEIGHTS[kind];
  };
  add('global', 'global', null, t(LABELS.global));
  for (const track of tracks) {
    add(track.id, track.kind, track, labelOf(track, tracks));
    if (track.kind === 'prompt') add('result', 'result', null, t(LABELS.result));
  }
  return lanes;
}
