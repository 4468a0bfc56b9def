import { z } from 'zod';
import { recordId, spanFields, TrackId } from './span.ts';

/** Words on the picture: a caption at the bottom, or a title wherever it was put. */
export const Caption = z.object({
  id: recordId('caption'),
  type: z.literal('caption'),
  trackId: TrackId,
  ...spanFields,
  kind: z.enum(['caption', 'title']),
  text: z.string().max(2000),
  /** Middle of a title away from the middle of the frame, in frame widths and heights; captions ignore it. */
  position: z.object({ x: z.number().min(-1).max(1), y: z.number().min(-1).max(1) }),
  /** Height of a line as a share of the frame's height. */
  size: z.number().min(0.01).max(1),
  color: z.string().regex(/^#[0-9a-f]{6}$/),
});
export type Caption = z.infer<typeof Caption>;

/** A caption as it comes from a file. */
export const CAPTION_DEFAULTS = { trackId: 'track:caption', kind: 'caption', position: { x: 0, y: 0 }, size: 0.06, color: '#ffffff' } as const satisfies Partial<Caption>;
