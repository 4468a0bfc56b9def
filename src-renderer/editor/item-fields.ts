import type { TimelineDiff } from '../../src-shared/timeline/diff.ts';
import type { TimelineRecord, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { move, setProperties } from '../../src-shared/timeline/edits/arrange.ts';
import { fadeName, fadesOf, type FadeEdge } from '../../src-shared/timeline/edits/fades.ts';
import { moveMarker } from '../../src-shared/timeline/edits/lanes.ts';
import { hasSource, sourceOut } from '../../src-shared/timeline/edits/source-range.ts';
import { setSpeed, slip, trim } from '../../src-shared/timeline/edits/trim.ts';
import { isTrackItem, sequenceOf } from '../../src-shared/timeline/tracks.ts';
import { divideRational, fromDecimal, rational, roundRational, subtractRational, timeToFrames, toDecimal, type Rational } from '../../src-shared/timing/rational.ts';
import type { TextKey } from '../i18n/text.ts';
import { newRecordId } from './edit-actions.ts';

/** How a field's number is written: plainly, as a time code of frames, or with a unit. */
type Kind = 'frames' | 'seconds' | 'percent' | 'number';

/** One number of an item as the inspector shows and changes it. */
export interface ItemField {
  readonly id: string;
  readonly label: TextKey;
  readonly group: 'time' | 'picture' | 'sound' | 'fades' | 'blend' | 'strength' | 'seed' | 'title';
  readonly kind: Kind;
  readonly step: number;
  readonly decimals: number;
  readonly min: number;
  readonly max: number;
  readonly defaultValue?: number;
  /** Shown for one item only: several things cannot stand in one place. */
  readonly single?: boolean;
  /** The value in the field's own unit; null where the item has none. */
  readonly read: (record: TimelineRecord, records: TimelineRecords) => number | null;
  /** The edit that gives the value to all of `ids`. */
  readonly write: (records: TimelineRecords, ids: readonly string[], value: number) => TimelineDiff;
}

const MAX_FRAMES = 1_000_000;

const frames = { kind: 'frames', step: 1, decimals: 0, min: 0, max: MAX_FRAMES } as const;
const percent = { kind: 'percent', step: 1, decimals: 1 } as const;

/** A fraction of a record as a percentage, set as a property. */
function share<Name extends string>(name: Name): Pick<ItemField, 'read' | 'write'> {
  return {
    read: (record) => {
      const value: unknown = name in record ? (record as unknown as Record<string, unknown>)[name] : undefined;
      return typeof value === 'number' ? value * 100 : null;
    },
    write: (records, ids, value) => setProperties(records, ids, { [name]: value / 100 }),
  };
}

/** A fade at one edge of clips and sound, or a blend at one of events. */
function fade(edge: FadeEdge, types: readonly TimelineRecord['type'][]): Pick<ItemField, 'read' | 'write'> {
  const nameOf = (record: TimelineRecord): string | null => (types.includes(record.type) ? fadeName(record.type, edge) : null);
  return {
    read: (record) => (isTrackItem(record) && nameOf(record) !== null ? fadesOf(record)[edge === 'start' ? 0 : 1] : null),
    write: (records, ids, value) => setProperties(records, ids, (record) => {
      const name = nameOf(record);
      return name === null ? {} : { [name]: value };
    }),
  };
}

/** One half of a position, in percent of the frame; the other half of each item stays as it is. */
function place(axis: 'x' | 'y'): Pick<ItemField, 'read' | 'write'> {
  return {
    read: (record) => ('position' in record && typeof record.position === 'object' && !(record.type === 'caption' && record.kind === 'caption') ? record.position[axis] * 100 : null),
    write: (records, ids, value) => setProperties(records, ids, (record) => ('position' in record && typeof record.position === 'object' ? { position: { ...record.position, [axis]: value / 100 } } : {})),
  };
}

const only = (ids: readonly string[]): string => ids[0] ?? '';

/** Frames of the timeline that a stretch of source lasts at an item's speed. */
const framesOf = (records: TimelineRecords, source: Rational, speed: Rational): number => roundRational(timeToFrames(divideRational(source, speed), sequenceOf(records).frameRate));

/** Everything about items that is a number, in the order in which the inspector shows it. */
export const ITEM_FIELDS: readonly ItemField[] = [
  {
    ...frames, id: 'start', label: 'item.start', group: 'time', single: true,
    read: (record) => (isTrackItem(record) ? record.startFrame : record.type === 'marker' ? record.frame : null),
    write: (records, ids, value) => {
      const record = records[only(ids)];
      if (record?.type === 'marker') return moveMarker(records, record.id, value);
      return move(records, { ids, deltaFrames: isTrackItem(record) ? value - record.startFrame : 0, mode: 'free', newId: newRecordId });
    },
  },
  {
    ...frames, id: 'length', label: 'item.length', group: 'time', min: 1, single: true,
    read: (record) => (isTrackItem(record) ? record.durationFrames : null),
    write: (records, ids, value) => {
      const record = records[only(ids)];
      return trim(records, { id: only(ids), edge: 'end', frame: isTrackItem(record) ? record.startFrame + value : 0 });
    },
  },
  {
    id: 'in', label: 'item.in', group: 'time', kind: 'seconds', step: 0.1, decimals: 3, min: 0, max: 1_000_000, single: true,
    read: (record) => (isTrackItem(record) && hasSource(record) && record.sourceDuration !== null ? toDecimal(record.sourceIn) : null),
    write: (records, ids, value) => {
      const record = records[only(ids)];
      return slip(records, { ids, deltaFrames: isTrackItem(record) && hasSource(record) ? framesOf(records, subtractRational(fromDecimal(value), record.sourceIn), record.speed) : 0 });
    },
  },
  {
    id: 'out', label: 'item.out', group: 'time', kind: 'seconds', step: 0.1, decimals: 3, min: 0, max: 1_000_000, single: true,
    read: (record, records) => (isTrackItem(record) && hasSource(record) && record.sourceDuration !== null ? toDecimal(sourceOut(record, sequenceOf(records).frameRate)) : null),
    write: (records, ids, value) => {
      const record = records[only(ids)];
      const frame = isTrackItem(record) && hasSource(record) ? record.startFrame + framesOf(records, subtractRational(fromDecimal(value), record.sourceIn), record.speed) : 0;
      return trim(records, { id: only(ids), edge: 'end', frame });
    },
  },
  {
    ...percent, id: 'speed', label: 'item.speed', group: 'time', min: 5, max: 2000, defaultValue: 100,
    read: (record) => (isTrackItem(record) && hasSource(record) ? toDecimal(record.speed) * 100 : null),
    write: (records, ids, value) => setSpeed(records, { ids, speed: rational(Math.round(value * 10), 1000) }),
  },
  { ...percent, id: 'opacity', label: 'item.opacity', group: 'picture', min: 0, max: 100, defaultValue: 100, ...share('opacity') },
  { ...percent, id: 'scale', label: 'item.scale', group: 'picture', min: 1, max: 10_000, defaultValue: 100, ...share('scale') },
  { ...percent, id: 'x', label: 'item.x', group: 'picture', min: -1000, max: 1000, defaultValue: 0, ...place('x') },
  { ...percent, id: 'y', label: 'item.y', group: 'picture', min: -1000, max: 1000, defaultValue: 0, ...place('y') },
  { ...percent, id: 'size', label: 'item.size', group: 'title', min: 1, max: 100, defaultValue: 6, ...share('size') },
  { ...percent, id: 'volume', label: 'item.volume', group: 'sound', min: 0, max: 400, defaultValue: 100, ...share('volume') },
  { ...frames, id: 'fadeIn', label: 'item.fadeIn', group: 'fades', defaultValue: 0, ...fade('start', ['clip', 'audio']) },
  { ...frames, id: 'fadeOut', label: 'item.fadeOut', group: 'fades', defaultValue: 0, ...fade('end', ['clip', 'audio']) },
  { ...frames, id: 'blendIn', label: 'item.blendIn', group: 'blend', defaultValue: 0, ...fade('start', ['promptEvent']) },
  { ...frames, id: 'blendOut', label: 'item.blendOut', group: 'blend', defaultValue: 0, ...fade('end', ['promptEvent']) },
  {
    id: 'seedOffset', label: 'item.seedOffset', group: 'seed', kind: 'number', step: 1, decimals: 0, min: 0, max: 0xffff_ffff, defaultValue: 0,
    read: (record) => (record.type === 'promptEvent' ? record.seedOffset : null),
    write: (records, ids, value) => setProperties(records, ids, { seedOffset: value }),
  },
  {
    ...percent, id: 'strength', label: 'item.strength', group: 'strength', decimals: 0, min: 0, max: 150, defaultValue: 100, ...share('strength'),
    // A pinned picture is shown as it is: there is nothing to turn down.
    read: (record) => (record.type === 'promptEvent' || record.type === 'motion' ? record.strength * 100 : null),
  },
];

/** One field as it stands for a selection. */
export interface FieldState {
  readonly field: ItemField;
  /** The value that all have; null where they differ. */
  readonly value: number | null;
  /** The first one's value: where a drag begins while they differ. */
  readonly from: number;
}

/** Unlimited in the record, limited by what it lasts: fades. */
function limitedTo(field: ItemField, selected: readonly TimelineRecord[]): ItemField {
  if (field.group === 'fades' || field.group === 'blend') return { ...field, max: Math.min(...selected.map((record) => (isTrackItem(record) ? record.durationFrames : MAX_FRAMES))) };
  return field;
}

/** The fields that every one of the selected records has. */
export function fieldsOf(records: TimelineRecords, ids: readonly string[]): FieldState[] {
  const selected = ids.flatMap((id) => records[id] ?? []);
  if (selected.length === 0) return [];
  return ITEM_FIELDS.flatMap((field) => {
    if (field.single === true && selected.length > 1) return [];
    const values = selected.map((record) => field.read(record, records));
    const [first] = values;
    if (first === undefined || first === null || values.includes(null)) return [];
    return [{ field: limitedTo(field, selected), value: values.every((value) => value === first) ? first : null, from: first }];
  });
}

/** True for what the inspector of items shows, rather than a panel of its own. */
export const isInspected = (record: TimelineRecord | undefined): record is TimelineRecord => record !== undefined && record.type !== 'sequence' && record.type !== 'track';
