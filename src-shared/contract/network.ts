import { z } from 'zod';
import { method } from '../rpc/contract-types.ts';

/** One request that left this machine: to whom, for what, and what came of it. */
export const NetworkEntry = z.object({
  at: z.string(),
  host: z.string(),
  /** What was asked for, in words. */
  what: z.string(),
  /** HTTP status; null while there is none: it was refused here, or the line broke. */
  status: z.number().int().nullable(),
  /** False for a request that was refused here because the studio works offline. */
  sent: z.boolean(),
});
export type NetworkEntry = z.infer<typeof NetworkEntry>;

export const NetworkReport = z.object({
  /** Nothing leaves this machine now. */
  offline: z.boolean(),
  /** Said with `--offline` or MOTIF_OFFLINE at the start: the setting cannot undo it. */
  fromStart: z.boolean(),
  /** The newest, newest first, and how many are kept in all. */
  entries: z.array(NetworkEntry),
  total: z.number().int(),
});
export type NetworkReport = z.infer<typeof NetworkReport>;

export const networkContract = {
  /** Every request that the studio made on this machine, as far back as they are kept. It makes none by itself. */
  report: method(z.object({}), NetworkReport),
  setOffline: method(z.object({ offline: z.boolean() }), NetworkReport),
};
