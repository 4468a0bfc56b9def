import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RecipeSource } from '../../src-shared/contract/recipes.ts';
import type { Variant } from '../../src-shared/contract/scenes.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import type { ClipPart } from '../../src-shared/contract/stylization.ts';
import type { PlaybackQuality } from '../compositor/playback-pace.ts';
import type { TakeOrder } from '../../src-shared/takes/take-order.ts';
import type { Clipboard } from '../../src-shared/timeline/edits/arrange.ts';

/** What the viewer shows: the composed timeline, or one asset on its own. */
export type ViewerSource = { readonly kind: 'timeline' } | { readonly kind: 'asset'; readonly assetId: string };

/** Two takes (by id) against each other at one playhead: beside each other, or `b` wiped over `a`. */
export interface Comparison {
  readonly a: string;
  readonly b: string;
  readonly mode: 'sideBySide' | 'wipe';
  /** Which take is which is not told. */
  readonly blind: boolean;
}

/** One cell of a grid of variations: what was asked for, and the job that makes it. */
export interface VariationCell {
  readonly jobId: string;
  readonly variant: Variant;
}

/**
 * What a press on the timeline does: select and drag, cut, trim while the rest follows (ripple), move a cut (roll), show another part of
 * the source (slip), move between the neighbours (slide).
 */
export type TimelineTool = 'select' | 'blade' | 'ripple' | 'roll' | 'slip' | 'slide';

export type LibraryTab = 'media' | 'takes' | 'motions' | 'models';

/** Where the way to a motion begins: a clip of the library, a file from outside, a job that already learns; null: with a choice of clip. */
export type LearnStart = { readonly assetId: string } | { readonly file: File } | { readonly jobId: string } | null;

export type Dialog = { readonly kind: 'export'; readonly assetId: string } | { readonly kind: 'recipe'; readonly source: RecipeSource; readonly name: string } | { readonly kind: 'learn'; readonly start: LearnStart } | { readonly kind: 'restyle' | 'reimagine'; readonly assetId: string; readonly clipId: string | null; readonly part: ClipPart | null; /** The look that a new style begins from. */ readonly words?: string } | { readonly kind: 'upscale'; readonly assetId: string } | { readonly kind: 'vary'; readonly eventId: string } | { readonly kind: 'rank'; /** Null: whole scenes. */ readonly eventId: string | null } | { readonly kind: 'disk' | 'history' | 'leave' | 'shortcuts' | 'palette' | 'settings' | 'models' | 'clearQueue' | 'exportTimeline' | 'locate' } | null;

/** Everything about the window that is not the document: never undone, partly remembered per project. */
export interface SessionState {
  /** Ids of timeline records, takes or assets; the first one fills the inspector. */
  readonly selectedIds: readonly string[];
  readonly viewerSource: ViewerSource;
  /** Holds while the viewer shows the asset of its take `a`. */
  readonly comparison: Comparison | null;
  /** Quality of the scene, in which the timeline's events are looked at. */
  readonly scenePreset: Preset;
  /** Frame under the playhead of the shown source. */
  readonly playhead: number;
  /** Frames of the source per frame of time; 0 is paused, negative plays backwards. */
  readonly shuttle: number;
  readonly loop: boolean;
  /** The document's marked range as playback reads it; both frames are part of it. Change it in the document. */
  readonly markIn: number | null;
  readonly markOut: number | null;
  readonly snapping: boolean;
  readonly tool: TimelineTool;
  /** What Copy and Cut took; null: nothing yet. */
  readonly clipboard: Clipboard | null;
  readonly pixelsPerFrame: number;
  /** How far the timeline is scrolled to the right, in CSS pixels. */
  readonly timelineLeft: number;
  /** Width of the timeline's scroll area in CSS pixels, for zoom to fit. */
  readonly timelineWidth: number;
  readonly libraryTab: LibraryTab;
  readonly leftOpen: boolean;
  readonly rightOpen: boolean;
  /** The inspector shows the settings that are seldom changed. */
  readonly advancedOpen: boolean;
  /** Panel sizes in CSS pixels. */
  readonly leftWidth: number;
  readonly rightWidth: number;
  readonly timelineHeight: number;
  /** Generate makes drafts first, whatever quality an event asks for. */
  readonly fastPreview: boolean;
  /** How takes are listed. */
  readonly takeOrder: TakeOrder;
  /** The last grid of variations of each event. */
  readonly variations: Readonly<Record<string, readonly VariationCell[]>>;
  readonly queueOpen: boolean;
  /** Frames of safe action and titles over the picture. */
  readonly safeAreas: boolean;
  /** Key frames before and behind shine through while the timeline stands still. */
  readonly onion: boolean;
  /** How large the composed timeline is drawn while it plays. */
  readonly playbackQuality: PlaybackQuality;
  readonly fullScreen: boolean;
  readonly dialog: Dialog;
  /** Grows each time something asks for the keyboard focus to go to the prompt field. */
  readonly promptFocusRequest: number;
}

export type SessionStore = StoreApi<SessionState>;

const REMEMBERED = ['loop', 'safeAreas', 'playbackQuality', 'snapping', 'pixelsPerFrame', 'libraryTab', 'leftOpen', 'rightOpen', 'advancedOpen', 'leftWidth', 'rightWidth', 'timelineHeight', 'timelineLeft', 'selectedIds', 'playhead', 'takeOrder', 'fastPreview'] as const;

type Remembered = Pick<SessionState, (typeof REMEMBERED)[number]>;

/** The part of `Storage` the session needs. */
export interface LayoutStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Pixels per frame: from days in one view to single frames. */
export const clampZoom = (pixelsPerFrame: number): number => Math.max(0.01, Math.min(80, pixelsPerFrame));

/** Of the window's height. */
const TIMELINE_SHARE = 0.37;

const DEFAULTS: SessionState = {
  selectedIds: [],
  viewerSource: { kind: 'timeline' },
  comparison: null,
  scenePreset: 'draft',
  playhead: 0,
  shuttle: 0,
  loop: true,
  markIn: null,
  markOut: null,
  snapping: true,
  tool: 'select',
  clipboard: null,
  pixelsPerFrame: 12,
  timelineLeft: 0,
  timelineWidth: 800,
  libraryTab: 'media',
  leftOpen: true,
  rightOpen: true,
  advancedOpen: false,
  leftWidth: 264,
  rightWidth: 340,
  timelineHeight: 336,
  fastPreview: false,
  takeOrder: 'newest',
  variations: {},
  queueOpen: false,
  safeAreas: false,
  onion: false,
  playbackQuality: 'auto',
  fullScreen: false,
  dialog: null,
  promptFocusRequest: 0,
};

/** A timeline takes its share of a tall window from the first; where there is no window, its least. */
const firstTimelineHeight = (): number => Math.max(DEFAULTS.timelineHeight, Math.round((globalThis.innerHeight ?? 0) * TIMELINE_SHARE));

function readLayout(storage: LayoutStorage, key: string): Partial<Remembered> {
  try {
    const parsed: unknown = JSON.parse(storage.getItem(key) ?? '{}');
    if (parsed === null || typeof parsed !== 'object') return {};
    // A value of another type than the default's comes from another version: leave it.
    return Object.fromEntries(Object.entries(parsed).filter(([name, value]) => REMEMBERED.includes(name as keyof Remembered) && typeof value === typeof DEFAULTS[name as keyof Remembered] && (name !== 'selectedIds' || (Array.isArray(value) && value.every((id) => typeof id === 'string')))));
  } catch {
    return {};
  }
}

/** Creates the session of one open project and remembers its layout in `storage`. */
export function createSessionStore(projectId: string, storage: LayoutStorage): SessionStore {
  const key = `layout:${projectId}`;
  const store = createStore<SessionState>(() => ({ ...DEFAULTS, timelineHeight: firstTimelineHeight(), ...readLayout(storage, key) }));
  store.subscribe((state, before) => {
    if (REMEMBERED.every((name) => state[name] === before[name])) return;
    // Where it stops is remembered, not every frame on the way.
    if (state.shuttle !== 0 && state.playhead !== before.playhead) return;
    try {
      storage.setItem(key, JSON.stringify(Object.fromEntries(REMEMBERED.map((name) => [name, state[name]]))));
    } catch {
      // A full or forbidden storage costs the remembered layout, nothing else.
    }
  });
  return store;
}
