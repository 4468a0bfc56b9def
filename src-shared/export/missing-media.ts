import { z } from 'zod';

/** What an export does about media that the timeline shows and the project no longer has. */
export const MissingMediaChoice = z.enum(['refuse', 'placeholder', 'leaveOut']);
export type MissingMediaChoice = z.infer<typeof MissingMediaChoice>;

/** Media that the timeline shows and the project no longer has. */
export const MissingMedia = z.object({
  assetId: z.string(),
  /** What the file was called when it came in; null where nobody knows any more. */
  name: z.string().nullable(),
  /** Items of the timeline that show or play it. */
  uses: z.number().int(),
  /** Where the first of them begins, in frames of the timeline. */
  firstFrame: z.number().int(),
});
export type MissingMedia = z.infer<typeof MissingMedia>;
