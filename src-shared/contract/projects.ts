import { z } from 'zod';
import { method, stream } from '../rpc/contract-types.ts';

export const ProjectId = z.string().regex(/^project:[0-9a-f-]{36}$/);

export const Project = z.object({
  id: ProjectId,
  name: z.string(),
  path: z.string(),
  createdAt: z.string(),
  sizeBytes: z.number().int(),
  readOnly: z.boolean(),
});
export type Project = z.infer<typeof Project>;

export const RecentProject = z.object({
  path: z.string(),
  name: z.string(),
  openedAt: z.string(),
  /** False when the file is no longer there. */
  exists: z.boolean(),
  /** Poster of the newest take as a data-free media address, or null. */
  posterUrl: z.string().nullable(),
});
export type RecentProject = z.infer<typeof RecentProject>;

/** Tells clients what to read again. Coalesced: at most ten a second. */
export const ProjectChange = z.object({ projectId: ProjectId, topic: z.enum(['project', 'assets', 'takes', 'timeline', 'jobs', 'motions', 'prompts']) });
export type ProjectChange = z.infer<typeof ProjectChange>;

export const projectsContract = {
  recent: method(z.object({}), z.object({ projects: z.array(RecentProject) })),
  /** `path` null: `<projectsFolder>/<name>.motif`, numbered when taken. */
  create: method(z.object({ name: z.string().min(1).max(120), path: z.string().nullable() }), Project),
  open: method(z.object({ path: z.string().min(1) }), Project),
  /** Opens a copy of the project that came with the studio, so that the shipped one stays as it is. */
  openSample: method(z.object({ name: z.string().min(1).max(120) }), Project),
  get: method(z.object({ projectId: ProjectId }), Project),
  rename: method(z.object({ projectId: ProjectId, name: z.string().min(1).max(120) }), Project),
  close: method(z.object({ projectId: ProjectId }), z.object({})),
  forget: method(z.object({ path: z.string() }), z.object({})),
  changes: stream(z.object({ projectId: ProjectId }), ProjectChange),
};
