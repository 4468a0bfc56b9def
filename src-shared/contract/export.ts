import { z } from 'zod';
import { ExportFormat } from '../export/formats.ts';
import { MissingMedia, MissingMediaChoice } from '../export/missing-media.ts';
import { ExportPreset, ExportSettings } from '../export/settings.ts';
import { SigningKeys, SigningState } from '../export/signing.ts';
import { method } from '../rpc/contract-types.ts';
import { AssetId } from './assets.ts';
import { JobId } from './jobs.ts';
import { ProjectId } from './projects.ts';

/** What is exported and where to. The file's name may hold tokens: {project}, {event}, {take}, {seed}, {date}, {resolution}, {n}. */
const TimelineExport = z.object({
  projectId: ProjectId,
  settings: ExportSettings,
  /** A whole path on the host's disk; the format's ending is added where it is missing. */
  path: z.string().min(1).max(4000),
  /** Clips and events to be exported each to a file of its own, instead of the range. */
  clipIds: z.array(z.string().max(100)).max(500).default([]),
  /** Media that are gone: end the job with BLOB_MISSING, show a still picture with the name, or leave the clips out. */
  missingMedia: MissingMediaChoice.default('refuse'),
});

/** What an export would be, before it is started. */
export const ExportEstimate = z.object({
  /** The files that would be written, tokens filled in. */
  paths: z.array(z.string()),
  /** Those of them that are there already. */
  present: z.array(z.string()),
  width: z.number().int(),
  height: z.number().int(),
  frames: z.number().int(),
  durationMs: z.number(),
  sizeBytes: z.number(),
  /** Null where the disk does not tell. */
  freeBytes: z.number().nullable(),
  hasSound: z.boolean(),
  /** A clip that nothing was done to is copied instead of being encoded again. */
  copies: z.boolean(),
  /** What the timeline shows and the project no longer has, in order of time. */
  missing: z.array(MissingMedia),
  /** Characters of titles and captions that no built-in font has. */
  missingCharacters: z.array(z.string()),
});
export type ExportEstimate = z.infer<typeof ExportEstimate>;

export const exportContract = {
  /** Writes a clip to a file on the host's disk (temporary name, then rename), with its recipe inside unless told otherwise. */
  start: method(
    z.object({
      projectId: ProjectId,
      assetId: AssetId,
      path: z.string().min(1),
      embedRecipe: z.enum(['all', 'withoutPrompts', 'none']).default('all'),
    }),
    z.object({ jobId: JobId }),
  ),
  /** Renders the timeline, or some of its clips each to a file of its own, as it is now; later edits do not reach the job. */
  startTimeline: method(TimelineExport, z.object({ jobs: z.array(z.object({ jobId: JobId, path: z.string() })) })),
  /** What `startTimeline` would do: size, place, and what stands in its way. */
  estimate: method(TimelineExport, ExportEstimate),
  /** Formats that the ffmpeg at hand can write. */
  formats: method(z.object({}), z.object({ formats: z.array(ExportFormat) })),
  presets: method(z.object({}), z.object({ builtIn: z.array(ExportPreset), own: z.array(ExportPreset) })),
  /** Keeps settings under a name, in place of own ones of that name. */
  savePreset: method(ExportPreset, z.object({ own: z.array(ExportPreset) })),
  removePreset: method(z.object({ name: z.string() }), z.object({ own: z.array(ExportPreset) })),
  /** Whether exports can be signed (C2PA), and with whose certificate. */
  signing: method(z.object({}), SigningState),
  /** Keeps where certificate and key lie, once they were found to belong together; null forgets them. The files stay where they are. */
  setSigningKeys: method(z.object({ keys: SigningKeys.nullable() }), SigningState),
  /** For pages without file dialogs: an address that downloads the clip as MP4. */
  downloadUrl: method(z.object({ projectId: ProjectId, assetId: AssetId }), z.object({ url: z.string(), fileName: z.string() })),
};
