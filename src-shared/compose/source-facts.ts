import type { FrameRate } from '../timing/frame-rate.ts';

/** What composing needs to know of an asset. Sizes are as shown: after rotation, with square pixels. */
export interface SourceFacts {
  readonly kind: 'video' | 'image' | 'audio';
  readonly width: number;
  readonly height: number;
  /** Null for stills and sound. */
  readonly frameRate: FrameRate | null;
  readonly frames: number | null;
  readonly hasAudio: boolean;
  /** Whether pixels may be transparent. */
  readonly hasAlpha: boolean;
}
