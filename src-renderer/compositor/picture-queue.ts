import { LEAP_FRAMES } from './motion-clock.ts';

/** Pictures that were composed before they are due. What is shown is chosen when it is shown, by where the playhead is then. */
export interface PictureQueue<Picture extends { readonly frame: number }> {
  put(picture: Picture): void;
  /** Takes the picture that is to be seen when the playhead is at `frame` and travels in `direction`; null where the one that is seen stays. */
  due(frame: number, direction: 1 | -1): Picture | null;
  /** Nothing of it is shown any more. */
  clear(): void;
}

/** `drop` is given what is never shown. */
export function createPictureQueue<Picture extends { readonly frame: number }>(drop: (picture: Picture) => void): PictureQueue<Picture> {
  let waiting: Picture[] = [];
  /** The frame that was taken last; null after a leap. */
  let taken: number | null = null;
  return {
    put: (picture) => {
      waiting.push(picture);
    },
    due: (frame, direction) => {
      /** How long a picture of `of` has been due, in frames. */
      const past = (of: number): number => (frame - of) * direction;
      if (taken !== null && (past(taken) < 0 || past(taken) > LEAP_FRAMES)) taken = null;
      const newest = taken === null ? Infinity : past(taken);
      let best: Picture | null = null;
      for (const picture of waiting) {
        const by = past(picture.frame);
        if (by >= 0 && by <= LEAP_FRAMES && by < newest && (best === null || by < past(best.frame))) best = picture;
      }
      const later: Picture[] = [];
      for (const picture of waiting) {
        if (picture === best) continue;
        const by = past(picture.frame);
        if (by < 0 && by >= -LEAP_FRAMES) later.push(picture);
        else drop(picture);
      }
      waiting = later;
      if (best !== null) taken = best.frame;
      return best;
    },
    clear: () => {
      for (const picture of waiting) drop(picture);
      waiting = [];
      taken = null;
    },
  };
}
