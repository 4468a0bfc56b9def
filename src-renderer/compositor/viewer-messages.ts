import type { CompositionPlan } from '../../src-shared/compose/composition-plan.ts';
import type { FrameRate } from '../../src-shared/timing/frame-rate.ts';

/** A clip or a picture as the compositor reads it. */
export interface CompositorSource {
  readonly assetId: string;
  readonly url: string;
  /** A smaller one with the same frames and more key frames: shown in haste and in motion, and where the page cannot decode the clip itself. Null while there is none. */
  readonly standInUrl: string | null;
  readonly name: string;
  /** Counts its frames; null for a picture. */
  readonly rate: FrameRate | null;
  /** The asset's own size, which a stand-in need not have. */
  readonly width: number;
  readonly height: number;
  /** How many it has; null where nobody knows. */
  readonly frames: number | null;
}

/** Another frame that shines through the one that is shown. */
export interface Ghost {
  readonly frame: number;
  /** What it is tinted with, as `#rrggbb`, so that before and after are told apart. */
  readonly tint: string;
}

/** How many times smaller than the canvas a picture is drawn. */
export type Shrink = 1 | 2 | 4;

export interface ShowWish {
  readonly frame: number;
  /** While it plays, forwards or backwards, frames are made ready beforehand and scaled in haste; 0 stands still. */
  readonly direction: 1 | 0 | -1;
  /** Frames of the timeline per frame of time: the shuttle's. */
  readonly speed: number;
  readonly shrink: Shrink;
  /** When the playhead was there, and how long pictures are on their way to the window, in ms; `pageTime`. */
  readonly atMs: number;
  readonly wayMs: number;
  readonly ghosts: readonly Ghost[];
}

/** Time in ms that means the same in the window and in its workers. */
export const pageTime = (): number => performance.timeOrigin + performance.now();

/** What could not be shown, for whom to say it. */
export type ViewerProblem = { readonly kind: 'undecodable' | 'unreadable'; readonly name: string } | { readonly kind: 'other'; readonly message: string };

/** To the compositor's worker. */
export type ToCompositor =
  | { readonly type: 'begin'; readonly fonts: readonly string[] }
  /** A null plan stays as it was: only its sources have changed, as they do when a preview has come. */
  | { readonly type: 'plan'; readonly plan: CompositionPlan | null; readonly sources: readonly CompositorSource[] }
  | { readonly type: 'show'; readonly wish: ShowWish }
  /** Pixels that were drawn, for the next picture. */
  | { readonly type: 'used'; readonly pixels: ArrayBuffer };

/** One composed picture: RGBA `[height, width, 4]`. */
export interface ComposedPicture {
  readonly frame: number;
  /** Composed in motion: to be seen when the playhead is there. */
  readonly isMoving: boolean;
  /** When it was sent; `pageTime`. */
  readonly sentMs: number;
  readonly width: number;
  readonly height: number;
  readonly shrink: Shrink;
  readonly pixels: ArrayBuffer;
  /** Null when all of it could be read. */
  readonly problem: ViewerProblem | null;
}

/** From it. */
export type FromCompositor =
  | { readonly type: 'shown'; readonly picture: ComposedPicture }
  /** A clip needs a stand-in: this page cannot decode it, or not soon enough. */
  | { readonly type: 'standIn'; readonly assetId: string };
