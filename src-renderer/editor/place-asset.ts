import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import type { TrackItem } from '../../src-shared/timeline/document.ts';
import { addItems } from '../../src-shared/timeline/edits/arrange.ts';
import type { PlaceMode } from '../../src-shared/timeline/edits/place-items.ts';
import { AUDIO_DEFAULTS, CLIP_DEFAULTS } from '../../src-shared/timeline/records/clip.ts';
import { sequenceOf, tracksOf } from '../../src-shared/timeline/tracks.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';
import { floorRational, framesToTime, rational, timeToFrames, type Rational } from '../../src-shared/timing/rational.ts';
import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';

/** Seconds that a still is shown when nobody says how long. */
const STILL_SECONDS = 3;

/** Exact length of an asset; null for stills. */
export function assetDuration(asset: Asset): Rational | null {
  if (asset.kind === 'image') return null;
  if (asset.frames !== null && asset.frameRate !== null) return framesToTime(asset.frames, asset.frameRate);
  return asset.durationMs === null ? null : rational(Math.floor(asset.durationMs), 1000);
}

/** A library file as an item that begins at `frame`: all of it, on `trackId`; what was generated names its take. Null for what cannot lie on a track. */
export function itemOfAsset(asset: Asset, input: { readonly takes: readonly Take[]; readonly frame: number; readonly trackId: string; readonly rate: FrameRate; readonly id: (prefix: string) => string }): TrackItem | null {
  const sourceDuration = assetDuration(asset);
  const frames = sourceDuration === null ? floorRational(timeToFrames(rational(STILL_SECONDS), input.rate)) : floorRational(timeToFrames(sourceDuration, input.rate));
  const place = { trackId: input.trackId, assetId: asset.id, startFrame: input.frame, durationFrames: Math.max(1, frames), sourceDuration: frames < 1 ? null : sourceDuration };
  if (asset.kind === 'video' || asset.kind === 'image') return { id: input.id('clip'), type: 'clip', ...CLIP_DEFAULTS, ...place, takes: input.takes.filter((take) => take.asset.id === asset.id).map(({ id, starred }) => ({ takeId: id, assetId: asset.id, starred })) };
  return asset.kind === 'audio' ? { id: input.id('audio'), type: 'audio', ...AUDIO_DEFAULTS, ...place } : null;
}

/** Puts the selected or shown library file at the playhead, on the first unlocked track of its kind. */
export function placeAsset(editor: Editor, mode: PlaceMode, input: { readonly assetId?: string; readonly frame?: number; readonly trackId?: string } = {}): void {
  const { selectedIds, viewerSource, playhead } = editor.session.getState();
  const selected = selectedIds.find((id) => id.startsWith('asset:'));
  const takeAsset = editor.takes().find((take) => selectedIds.includes(take.id))?.asset;
  const assetId = input.assetId ?? selected ?? takeAsset?.id ?? (viewerSource.kind === 'asset' ? viewerSource.assetId : undefined);
  const asset = assetId === undefined ? null : editor.asset(assetId);
  if (asset === null) return;
  const { records } = editor.document.getState();
  const kind = asset.kind === 'audio' ? 'audio' : 'video';
  const trackId = input.trackId ?? tracksOf(records).find((track) => track.kind === kind && !track.locked)?.id;
  if (trackId === undefined) return;
  const newId = (prefix: string) => `${prefix}:${crypto.randomUUID()}`;
  const item = itemOfAsset(asset, { takes: editor.takes(), frame: input.frame ?? (viewerSource.kind === 'timeline' ? playhead : 0), trackId, rate: sequenceOf(records).frameRate, id: newId });
  if (item === null) return;
  editor.document.edit(t('timeline.edit.addClip'), (current) => addItems(current, { items: [item], mode, newId }));
  editor.session.setState({ selectedIds: [item.id], viewerSource: { kind: 'timeline' } });
}
