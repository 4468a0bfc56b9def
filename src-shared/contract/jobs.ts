import { z } from 'zod';
import { ERROR_CODES } from '../errors/studio-error.ts';
import { TileNote } from '../pack/tile-choice.ts';
import { Preset } from '../recipe/recipe.ts';
import { STAGE_NAMES } from '../recipe/stage-name.ts';
import { method, stream } from '../rpc/contract-types.ts';
import { ProjectId } from './projects.ts';

export const JobId = z.string().regex(/^job:[0-9a-f-]{36}$/);

/** The written state machine; docs/jobs.md draws it. `paused` keeps its checkpoint and frees memory. */
export const JobState = z.enum(['available', 'running', 'paused', 'retryable', 'completed', 'cancelled', 'discarded']);
export type JobState = z.infer<typeof JobState>;

export const JobKind = z.enum(['generate', 'scene', 'import', 'export', 'learn', 'upscale', 'restyle', 'reimagine', 'verify', 'proxy']);

/** One part of a job's work with its own bar: a cascade stage, or `encode`, `import`, `export`; `prepare`, `learn` and `invert` of a learned motion; `upscale`; `restyle`; `compare` of a clip made again; `proxy`. */
export const JobPart = z.object({
  name: z.enum([...STAGE_NAMES, 'encode', 'import', 'export', 'prepare', 'learn', 'invert', 'upscale', 'restyle', 'compare', 'proxy']),
  state: z.enum(['waiting', 'running', 'done', 'cached']),
  step: z.number().int(),
  total: z.number().int(),
  wallMs: z.number().nullable(),
  /** How its frames are worked on, where whole ones did not fit into memory. */
  tiles: TileNote.optional(),
});
export type JobPart = z.infer<typeof JobPart>;

export const Job = z.object({
  id: JobId,
  kind: JobKind,
  state: JobState,
  title: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  attempt: z.number().int(),
  parts: z.array(JobPart),
  elapsedMs: z.number(),
  /** Null means "estimating": shown until two steps of the running stage are measured and every later stage is known. */
  remainingMs: z.number().nullable(),
  /** Grows with every new preview; fetch `${mediaBase}/preview/PROJECT/JOB?v=N`. 0: none yet. */
  previewVersion: z.number().int(),
  promptEventId: z.string().nullable(),
  /** Quality of what is made; left out where there is none to choose. */
  preset: Preset.optional(),
  resultAssetId: z.string().nullable(),
  resultPath: z.string().nullable(),
  error: z.object({ code: z.enum(ERROR_CODES), message: z.string() }).nullable(),
});
export type Job = z.infer<typeof Job>;

/** Work that goes on without anybody: it runs, or waits for its turn. */
export const goesOn = ({ state }: Pick<Job, 'state'>): boolean => state === 'running' || state === 'available' || state === 'retryable';

/** Work that somebody waits for. Stand-ins were asked for by nobody: they rest when a project is left, and go on when it is opened again. */
export const isAwaited = (job: Pick<Job, 'state' | 'kind'>): boolean => goesOn(job) && job.kind !== 'proxy';

export const jobsContract = {
  list: method(z.object({ projectId: ProjectId }), z.object({ jobs: z.array(Job) })),
  get: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  cancel: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  pause: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  resume: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  retry: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  moveToFront: method(z.object({ projectId: ProjectId, jobId: JobId }), Job),
  /** Puts a waiting job right before another waiting one; `before` null: behind all of them. */
  move: method(z.object({ projectId: ProjectId, jobId: JobId, before: JobId.nullable() }), Job),
  dismiss: method(z.object({ projectId: ProjectId, jobId: JobId }), z.object({})),
  /** Full job rows as they change, at most ten a second per job; begins with every unfinished job. */
  watch: stream(z.object({ projectId: ProjectId }), Job),
};
