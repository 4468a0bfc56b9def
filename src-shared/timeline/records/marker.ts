import { z } from 'zod';
import { recordId, spanFields } from './span.ts';

/** A place that somebody wants to find again. */
export const Marker = z.object({
  id: recordId('marker'),
  type: z.literal('marker'),
  frame: spanFields.startFrame,
  label: z.string().max(200),
  color: z.enum(['amber', 'red', 'green', 'blue', 'violet']),
});
export type Marker = z.infer<typeof Marker>;
