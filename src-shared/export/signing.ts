import { z } from 'zod';
import { ExportFormat } from './formats.ts';

/** Formats in which a C2PA manifest has a place. */
const SIGNED: ReadonlySet<ExportFormat> = new Set<ExportFormat>(['mp4-h264', 'mp4-hevc', 'mp4-av1', 'prores-422hq', 'prores-4444', 'gif', 'wav', 'mp3', 'aac']);

export const canSign = (format: ExportFormat): boolean => SIGNED.has(format);

/** A creator's own certificate chain and the key that belongs to it, as PEM files on the host's disk. The studio brings none. */
export const SigningKeys = z.object({ certificate: z.string().trim().min(1).max(4000), privateKey: z.string().trim().min(1).max(4000) });
export type SigningKeys = z.infer<typeof SigningKeys>;

/** Whether exports can be signed here. */
export const SigningState = z.object({
  /** Version of the c2patool that was found; null when there is none. */
  tool: z.string().nullable(),
  keys: SigningKeys.nullable(),
  /** Whom the certificate names; null without one. */
  signer: z.string().nullable(),
});
export type SigningState = z.infer<typeof SigningState>;
