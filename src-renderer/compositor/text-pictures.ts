import type { CompositionPlan, TextShot } from '../../src-shared/compose/composition-plan.ts';
import { pictureFromRgba, type PlanarPicture } from '../../src-shared/compose/planar/planar-picture.ts';
import { drawText } from '../../src-shared/compose/text/draw-text.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';

/** Words as a picture and where it lies; null where nothing of them is seen. */
export type TextPicture = { readonly picture: PlanarPicture; readonly x: number; readonly y: number } | null;

/** Titles and captions, drawn once for each size of the canvas. */
export interface TextPictures {
  get(shot: TextShot, canvas: CompositionPlan): TextPicture;
  has(shot: TextShot, canvas: CompositionPlan): boolean;
  prepare(shot: TextShot, canvas: CompositionPlan): Promise<void>;
  /** Forgets what a plan no longer says: every letter typed in a title makes another picture of it. */
  keep(texts: readonly TextShot[]): void;
}

export function createTextPictures(fonts: () => Promise<FontChain>): TextPictures {
  const words = new Map<string, { readonly said: string; readonly drawn: TextPicture }>();
  const saidBy = ({ kind, text, position, size, color }: TextShot): string => JSON.stringify([kind, text, position, size, color]);
  const keyOf = (shot: TextShot, { width, height }: CompositionPlan): string => `${width}x${height} ${saidBy(shot)}`;
  return {
    get: (shot, canvas) => words.get(keyOf(shot, canvas))?.drawn ?? null,
    has: (shot, canvas) => words.has(keyOf(shot, canvas)),
    prepare: async (shot, canvas) => {
      const key = keyOf(shot, canvas);
      if (words.has(key)) return;
      const drawn = drawText(await fonts(), shot, canvas);
      words.set(key, { said: saidBy(shot), drawn: drawn && { picture: pictureFromRgba(drawn.rgba, drawn.width, drawn.height), x: drawn.x, y: drawn.y } });
    },
    keep: (texts) => {
      const said = new Set(texts.map(saidBy));
      for (const [key, drawn] of words) if (!said.has(drawn.said)) words.delete(key);
    },
  };
}
