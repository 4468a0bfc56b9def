import type { Shrink } from './viewer-messages.ts';

/** How large the composed timeline is drawn while it plays; standing still it is always whole. */
export const PLAYBACK_QUALITIES = ['auto', 'full', 'half', 'quarter'] as const;
export type PlaybackQuality = (typeof PLAYBACK_QUALITIES)[number];

const SHRINK_OF: Readonly<Record<Exclude<PlaybackQuality, 'auto'>, Shrink>> = { full: 1, half: 2, quarter: 4 };

/** Frames of travel after which is looked whether the pictures kept up, and the share of them that has to be seen. */
const LOOK_FRAMES = 24;
const ENOUGH = 0.75;

/** Chooses the size of pictures in one playback. */
export interface PlaybackPace {
  /** Playback begins. `canvasWidth` and `seenWidth` are in device pixels: more than is seen is never drawn. */
  begin(quality: PlaybackQuality, canvasWidth: number, seenWidth: number): void;
  /** The playhead came to `playhead`. */
  travelled(playhead: number): void;
  /** A picture was drawn. */
  shown(): void;
  readonly shrink: Shrink;
}

/** Within one playback pictures only become smaller: a size that goes up and down is worse to look at than a small one. */
export function createPlaybackPace(): PlaybackPace {
  let shrink: Shrink = 1;
  let isAuto = false;
  let last: number | null = null;
  let travel = 0;
  let seen = 0;
  return {
    begin: (quality, canvasWidth, seenWidth) => {
      isAuto = quality === 'auto';
      shrink = quality !== 'auto' ? SHRINK_OF[quality] : canvasWidth / 4 >= seenWidth ? 4 : canvasWidth / 2 >= seenWidth ? 2 : 1;
      [last, travel, seen] = [null, 0, 0];
    },
    travelled: (playhead) => {
      // A leap (a loop, a hand on the bar) is no travel.
      if (last !== null && Math.abs(playhead - last) <= LOOK_FRAMES) travel += Math.abs(playhead - last);
      last = playhead;
      if (travel < LOOK_FRAMES) return;
      if (isAuto && seen < travel * ENOUGH && shrink < 4) shrink = shrink === 1 ? 2 : 4;
      [travel, seen] = [0, 0];
    },
    shown: () => {
      seen += 1;
    },
    get shrink() {
      return shrink;
    },
  };
}
