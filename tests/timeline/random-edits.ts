import * as fc from 'fast-check';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { TimelineDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecords } from '../../src-shared/timeline/document.ts';
import { addItems, copyItems, duplicate, move, nudge, paste, pinImage, remove, rippleRemove, setProperties, split } from '../../src-shared/timeline/edits/arrange.ts';
import type { NewId } from '../../src-shared/timeline/edits/edit-batch.ts';
import { addMarker, addTrack, moveMarker, moveTrack, removeTrack, setInOut, setTrack } from '../../src-shared/timeline/edits/lanes.ts';
import { replaceSource } from '../../src-shared/timeline/edits/replace-source.ts';
import { rippleTrim, roll, setSpeed, slide, slip, trim, trimMany } from '../../src-shared/timeline/edits/trim.ts';
import { isTrackItem, tracksOf } from '../../src-shared/timeline/tracks.ts';
import { rational } from '../../src-shared/timing/rational.ts';
import { audioRecord, captionRecord, clipRecord, eventRecord, imageRecord } from './sample-document.ts';

/** One edit as numbers, so that a failure shrinks to something that can be read. */
export interface RandomEdit {
  readonly kind: (typeof KINDS)[number];
  readonly which: number;
  readonly other: number;
  readonly frame: number;
  readonly delta: number;
}

const KINDS = [
  'add', 'add', 'add', 'add', 'move', 'moveInsert', 'moveFree', 'moveTrack', 'duplicate', 'paste', 'nudge', 'trim', 'trimMany', 'rippleTrim', 'roll', 'slip', 'slide', 'replace', 'speed', 'split', 'splitAll', 'remove', 'rippleRemove',
  'properties', 'pin', 'addTrack', 'removeTrack', 'reorder', 'track', 'marker', 'moveMarker', 'range',
] as const;

export const randomEdits = (maxLength: number): fc.Arbitrary<RandomEdit[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...KINDS), which: fc.nat(1000), other: fc.nat(1000), frame: fc.integer({ min: -20, max: 240 }), delta: fc.integer({ min: -60, max: 60 }) }), { maxLength, size: 'max' });

const MODES = ['overwrite', 'insert', 'free'] as const;
const pick = <Value>(values: readonly Value[], index: number): Value | undefined => values[index % Math.max(1, values.length)];

/** What a random edit changes in a document. Edits that find nothing to work on, and those that are refused, change nothing. */
export function runRandomEdit(records: TimelineRecords, step: RandomEdit, newId: NewId): TimelineDiff {
  try {
    return attempt(records, step, newId);
  } catch (error) {
    if (StudioError.is(error, 'INVALID_INPUT')) return { added: [], updated: [], removed: [] };
    throw error;
  }
}

function attempt(records: TimelineRecords, step: RandomEdit, newId: NewId): TimelineDiff {
  const { which, other, frame, delta } = step;
  const items = Object.values(records).filter(isTrackItem);
  const id = pick(items, which)?.id ?? 'clip:none';
  const ids = [id, pick(items, other)?.id ?? id];
  const edge = which % 2 === 0 ? 'start' : 'end';
  const mode = MODES[other % 3] ?? 'free';
  const tracks = tracksOf(records);
  const track = pick(tracks, other)?.id ?? 'track:video';
  switch (step.kind) {
    case 'add': {
      const [start, length] = [Math.max(0, frame), 1 + Math.abs(delta)];
      const fades = Math.min(length, which % 5);
      const videoTrack = pick(tracks.filter(({ kind }) => kind === 'video'), other)?.id ?? 'track:video';
      const made = [
        { ...eventRecord(0, start, length), id: newId('promptEvent'), blendInFrames: fades },
        { ...clipRecord(0, start, length, { trackId: videoTrack }), id: newId('clip'), crossfadeOutFrames: fades, sourceIn: rational(which % 20, 3), sourceDuration: other % 2 === 0 ? rational(which % 20, 3).num > 0 ? rational(24, 1) : rational(61, 7) : null },
        { ...audioRecord(0, start, length), id: newId('audio'), fadeInFrames: fades },
        { ...captionRecord(0, start, length), id: newId('caption') },
      ][which % 4];
      return addItems(records, { items: made ? [made] : [], mode, newId });
    }
    case 'move': return move(records, { ids, deltaFrames: delta, mode: 'overwrite', newId });
    case 'moveInsert': return move(records, { ids, deltaFrames: delta, mode: 'insert', newId });
    case 'moveFree': return move(records, { ids, deltaFrames: delta, mode: 'free', newId });
    case 'moveTrack': return move(records, { ids: [id], deltaFrames: delta, mode, trackId: track, newId });
    case 'duplicate': return duplicate(records, { ids, deltaFrames: delta, mode, newId });
    case 'paste': return items.length === 0 ? addItems(records, { items: [], mode, newId }) : paste(records, { clipboard: copyItems(records, ids), frame, mode, newId });
    case 'nudge': return nudge(records, { ids, deltaFrames: Math.sign(delta), newId });
    case 'trim': return trim(records, { id, edge, frame });
    case 'trimMany': return trimMany(records, { ids, edge, deltaFrames: delta });
    case 'rippleTrim': return rippleTrim(records, { id, edge, frame });
    case 'roll': return roll(records, { id, edge, frame });
    case 'slip': return slip(records, { ids, deltaFrames: delta });
    case 'slide': return slide(records, { id, deltaFrames: delta });
    case 'replace': return replaceSource(records, { id, assetId: 'asset:9', sourceDuration: which % 3 === 0 ? null : rational(1 + (which % 40), 3) });
    case 'speed': return setSpeed(records, { ids, speed: rational(1 + (other % 400), 100) });
    case 'split': return split(records, { ids: [id], frame, newId });
    case 'splitAll': return split(records, { ids: [], frame, newId });
    case 'remove': return remove(records, ids);
    case 'rippleRemove': return rippleRemove(records, ids);
    case 'properties': return setProperties(records, [id], id.startsWith('clip') ? { opacity: (other % 11) / 10, crossfadeInFrames: Math.abs(delta) } : id.startsWith('promptEvent') ? { prompt: `words ${other}`, blendOutFrames: Math.abs(delta) } : {});
    case 'pin': return pinImage(records, { ...imageRecord(0, id, (['start', 'end', 'reference'] as const)[other % 3]), id: newId('keyframe') });
    case 'addTrack': return addTrack(records, { id: newId('track'), kind: (['video', 'audio', 'caption'] as const)[other % 3] ?? 'video', name: `Lane ${which}` });
    case 'removeTrack': return removeTrack(records, track);
    case 'reorder': return moveTrack(records, { id: track, index: which % 8 });
    // Unlocking is as likely as locking, or soon nothing could be edited.
    case 'track': return setTrack(records, track, which % 3 === 0 ? { locked: other % 4 === 0 } : { muted: other % 2 === 0, solo: other % 3 === 0, hidden: which % 2 === 0 });
    case 'marker': return addMarker(records, { id: newId('marker'), type: 'marker', frame: Math.max(0, frame), label: '', color: 'amber' });
    case 'moveMarker': return moveMarker(records, Object.values(records).find(({ type }) => type === 'marker')?.id ?? 'marker:none', frame);
    case 'range': return setInOut(records, which % 2 === 0 ? { inFrame: Math.max(0, frame) } : { outFrame: Math.max(1, frame) });
  }
}
