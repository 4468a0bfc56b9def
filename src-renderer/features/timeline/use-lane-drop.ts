import { useCallback, useEffect, useState, type DragEvent } from 'react';
import type { TrackItem } from '../../../src-shared/timeline/document.ts';
import { addItems, pinImage } from '../../../src-shared/timeline/edits/arrange.ts';
import { LOOK_STRENGTH } from '../../../src-shared/timeline/records/keyframe-image.ts';
import { endFrame } from '../../../src-shared/timeline/records/span.ts';
import { sequenceOf, trackById } from '../../../src-shared/timeline/tracks.ts';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import { importCaptions, importScript } from '../../editor/caption-commands.ts';
import { draggedThing, kindOfFile, thingOfItems, type DraggedThing } from '../../editor/dragged-thing.ts';
import { meaningOfDrop, type DropMeaning } from '../../editor/drop-meaning.ts';
import { editAndSelect, newRecordId } from '../../editor/edit-actions.ts';
import type { Editor } from '../../editor/editor.ts';
import { importFile } from '../../editor/import-files.ts';
import { ASSET_DRAG } from '../../editor/motion-commands.ts';
import { notify, notifyError } from '../../editor/notices.ts';
import { assetDuration, itemOfAsset } from '../../editor/place-asset.ts';
import { snapEdges, snapPoints } from '../../editor/snapping.ts';
import { floorRational, timeToFrames } from '../../../src-shared/timing/rational.ts';
import { t } from '../../i18n/text.ts';

/** Where something would land, or why it would not. Frames of the timeline. */
export interface DropGhost {
  readonly meaning: DropMeaning;
  /** The row under the pointer. */
  readonly laneId: string;
  readonly startFrame: number;
  readonly durationFrames: number;
  readonly label: string;
  readonly snapLine: number | null;
}

/** A file that was dropped and is still being imported. */
export interface ArrivingItem {
  readonly id: string;
  readonly laneId: string;
  readonly startFrame: number;
  readonly durationFrames: number;
  readonly name: string;
}

const SNAP_PIXELS = 8;
/** Seconds that a ghost lasts whose length nobody knows before it is imported. */
const UNKNOWN_SECONDS = 3;

interface Place {
  /** With the part of a frame that lies left of the pointer. */
  readonly frame: (clientX: number) => number;
  readonly laneId: (clientY: number) => string | null;
}

function lengthOf(editor: Editor, thing: DraggedThing): number {
  const { frameRate } = sequenceOf(editor.document.getState().records);
  const asset = thing.assetId === null ? null : editor.asset(thing.assetId);
  const duration = asset === null ? null : assetDuration(asset);
  return Math.max(1, duration === null ? Math.round((UNKNOWN_SECONDS * frameRate.num) / frameRate.den) : floorRational(timeToFrames(duration, frameRate)));
}

/** Takes library files and files from outside onto the lanes: a ghost shows where they land, a line where they snap, words why they do not. */
export function useLaneDrop(editor: Editor, at: Place) {
  const [ghost, setGhost] = useState<DropGhost | null>(null);
  const [arriving, setArriving] = useState<readonly ArrivingItem[]>([]);
  const leave = useCallback((event: DragEvent<HTMLElement>) => {
    // From one thing on the lanes to the next is no leaving.
    if (!(event.relatedTarget instanceof Node) || !event.currentTarget.contains(event.relatedTarget)) setGhost(null);
  }, []);

  // Escape ends a drag that began here without it ever leaving.
  useEffect(() => {
    const end = () => setGhost(null);
    window.addEventListener('dragend', end);
    return () => window.removeEventListener('dragend', end);
  }, []);

  const ghostOf = (event: DragEvent, thing: DraggedThing): DropGhost | null => {
    const laneId = at.laneId(event.clientY);
    if (laneId === null) return null;
    const { records } = editor.document.getState();
    const { pixelsPerFrame, snapping, playhead } = editor.session.getState();
    const exact = at.frame(event.clientX);
    const pointer = Math.floor(exact);
    const durationFrames = lengthOf(editor, thing);
    const snap = snapping && !event.ctrlKey ? snapEdges([exact, exact + durationFrames], snapPoints(records, { exclude: new Set(), playhead }), SNAP_PIXELS / pixelsPerFrame) : { offset: 0, line: null };
    const place = { track: trackById(records, laneId), frame: pointer };
    const meaning = editor.project.readOnly ? ({ kind: 'refused', reason: 'drop.readOnly' } as const) : meaningOfDrop(records, thing, place);
    if (meaning.kind === 'item') {
      const startFrame = Math.max(0, Math.floor(exact + snap.offset + 1e-6));
      return { meaning: { ...meaning, startFrame }, laneId, startFrame, durationFrames, label: thing.name ?? t('drop.file'), snapLine: snap.line };
    }
    if (meaning.kind === 'image') return { meaning, laneId, startFrame: meaning.event.startFrame, durationFrames: meaning.event.durationFrames, label: t(`drop.image.${meaning.position}`), snapLine: null };
    const label = meaning.kind === 'refused' ? t(meaning.reason) : t(meaning.kind === 'captions' ? 'drop.captions' : 'drop.script');
    return { meaning, laneId, startFrame: meaning.kind === 'captions' ? 0 : pointer, durationFrames, label, snapLine: null };
  };

  const isOurs = (event: DragEvent): boolean => !event.defaultPrevented && (event.dataTransfer.types.includes(ASSET_DRAG) || event.dataTransfer.types.includes('Files'));

  const onDragOver = (event: DragEvent): void => {
    if (!isOurs(event)) return;
    const next = ghostOf(event, event.dataTransfer.types.includes(ASSET_DRAG) ? (draggedThing() ?? { kind: 'other', name: null, assetId: null }) : thingOfItems(event.dataTransfer.items));
    setGhost(next);
    event.preventDefault();
    event.dataTransfer.dropEffect = next === null || next.meaning.kind === 'refused' ? 'none' : 'copy';
  };

  const place = (meaning: DropMeaning, asset: Asset): void => {
    if (meaning.kind === 'image') {
      editor.document.edit(t('drop.edit.image'), (records) => pinImage(records, { id: newRecordId('keyframe'), type: 'keyframeImage', promptEventId: meaning.event.id, position: meaning.position, assetId: asset.id, strength: meaning.position === 'reference' ? LOOK_STRENGTH : 1 }));
      return;
    }
    if (meaning.kind !== 'item') return;
    const item: TrackItem | null = itemOfAsset(asset, { takes: editor.takes(), frame: meaning.startFrame, trackId: meaning.trackId, rate: sequenceOf(editor.document.getState().records).frameRate, id: newRecordId });
    if (item === null) return;
    editAndSelect(editor, t('timeline.edit.addClip'), (records) => addItems(records, { items: [item], mode: 'overwrite', newId: newRecordId }));
    editor.session.setState({ viewerSource: { kind: 'timeline' } });
  };

  /** Imports a file, then puts it where it was dropped. Resolves with the frame behind it. */
  const placeFile = async (file: File, dropped: DropGhost, startFrame: number): Promise<number> => {
    const { meaning, laneId, durationFrames } = dropped;
    const id = crypto.randomUUID();
    setArriving((all) => [...all, { id, laneId, startFrame, durationFrames, name: file.name }]);
    try {
      const asset = await importFile(editor, file);
      // What the system called a film may be a sound, once somebody has looked into it.
      const found = meaningOfDrop(editor.document.getState().records, { kind: kindOfAsset(asset), name: asset.name, assetId: asset.id }, { track: trackById(editor.document.getState().records, laneId), frame: startFrame });
      if (found.kind === 'refused') throw new Error(t(found.reason));
      place(meaning.kind === 'item' ? { ...meaning, startFrame } : meaning, asset);
      const { selectedIds } = editor.session.getState();
      const made = editor.document.getState().records[selectedIds[0] ?? ''];
      return made !== undefined && 'durationFrames' in made && 'assetId' in made && made.assetId === asset.id ? endFrame(made) : startFrame;
    } finally {
      setArriving((all) => all.filter((item) => item.id !== id));
    }
  };

  const placeFiles = async (files: readonly File[], dropped: DropGhost): Promise<void> => {
    let frame = dropped.startFrame;
    // One after the other, so that they lie in the order in which they were chosen.
    for (const file of files) frame = await placeFile(file, dropped, frame);
  };

  const onDrop = (event: DragEvent): void => {
    if (!isOurs(event)) return;
    event.preventDefault();
    setGhost(null);
    const files = [...event.dataTransfer.files];
    const [first] = files;
    const assetId = event.dataTransfer.getData(ASSET_DRAG);
    const asset = assetId === '' ? null : editor.asset(assetId);
    const thing: DraggedThing = asset !== null ? { kind: kindOfAsset(asset), name: asset.name, assetId: asset.id } : { kind: first === undefined ? 'other' : kindOfFile(first.name, first.type), name: first?.name ?? null, assetId: null };
    const dropped = ghostOf(event, thing);
    if (dropped === null) return;
    if (dropped.meaning.kind === 'refused') notify('error', dropped.label);
    else if (asset !== null) place(dropped.meaning, asset);
    else if (dropped.meaning.kind === 'captions' && first !== undefined) void importCaptions(editor, first, dropped.meaning.trackId);
    else if (dropped.meaning.kind === 'script' && first !== undefined) void importScript(editor, first, dropped.meaning.frame);
    else void placeFiles(files, dropped).catch(notifyError);
  };

  return { ghost, arriving, handlers: { onDragOver, onDragLeave: leave, onDrop } };
}

const kindOfAsset = (asset: Asset): DraggedThing['kind'] => (asset.kind === 'video' || asset.kind === 'image' || asset.kind === 'audio' ? asset.kind : 'other');
