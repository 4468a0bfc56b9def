import type { FrameRate } from '../../timing/frame-rate.ts';
import type { Rational } from '../../timing/rational.ts';

/** A media file that an edit points at. */
export interface InterchangeMedia {
  /** `file:` address. */
  readonly url: string;
  readonly name: string;
  readonly kind: 'video' | 'image' | 'audio';
  readonly frameRate: FrameRate | null;
  readonly frames: number | null;
  readonly durationMs: number | null;
  readonly hasAudio: boolean;
  readonly width: number | null;
  readonly height: number | null;
}

/** One clip of an edit; times in seconds, exact, from the start of the exported range. */
export interface InterchangeClip {
  readonly name: string;
  readonly assetId: string;
  readonly media: InterchangeMedia;
  readonly start: Rational;
  readonly duration: Rational;
  readonly sourceIn: Rational;
  readonly speed: Rational;
  readonly opacity: number;
  /** Relative to fitting the frame; offset of its middle in frame widths and heights. */
  readonly scale: number;
  readonly position: { readonly x: number; readonly y: number };
  readonly volume: number;
  /** Dissolve with the clip before it: length before and after the cut. */
  readonly dissolveIn: { readonly before: Rational; readonly after: Rational } | null;
}

/** An edit as both formats take it. Lanes from below. */
export interface InterchangeEdit {
  readonly name: string;
  readonly rate: FrameRate;
  readonly width: number;
  readonly height: number;
  readonly duration: Rational;
  readonly pictureLanes: readonly (readonly InterchangeClip[])[];
  readonly soundLanes: readonly (readonly InterchangeClip[])[];
  readonly titles: readonly { readonly text: string; readonly start: Rational; readonly duration: Rational; readonly color: string; readonly size: number }[];
}
